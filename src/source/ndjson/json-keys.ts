import { decodeText } from '../validate/event-writer.ts';
import { JsonScanner } from './json-scanner.ts';

/** Keys of the first object that can be read among the lines of `head`, in order; `start` is where its first line is. */
export const jsonKeys = (head: Uint8Array, start: number): readonly string[] => {
  for (let at = start; at < head.length; ) {
    const found = head.indexOf(0x0a, at);
    const end = found < 0 ? head.length : found;
    const keys = keysOf(head, at, end);
    if (keys !== undefined) return keys;
    at = end + 1;
  }
  return [];
};

const keysOf = (head: Uint8Array, start: number, end: number): readonly string[] | undefined => {
  const text = decodeText(head, start, end)?.trim();
  if (text === undefined || !text.startsWith('{')) return undefined;
  const scanner = new JsonScanner();
  const padded = new Uint8Array(end + 8);
  padded.set(head.subarray(0, end));
  scanner.over(padded, new DataView(padded.buffer), end);
  const first = scanner.space(start);
  if (scanner.space(scanner.value(first, 0)) !== end) return undefined;
  return Object.keys(JSON.parse(text) as object);
};
