import { BLOCK_SLACK } from '../block.ts';
import { JsonScanner } from '../ndjson/json-scanner.ts';
import { decodeText } from '../validate/event-writer.ts';

/** A JSON number as it was written: no digit is lost on the way to the parser of events. */
export interface Digits {
  readonly rawJSON: string;
}

/** A JSON value of a message, with its numbers as they were written. */
export type WireValue = string | boolean | null | Digits | readonly WireValue[] | WireObject;

export interface WireObject {
  readonly [key: string]: WireValue;
}

declare global {
  /** Of the language, and not yet of the compiler's library. */
  interface JSON {
    rawJSON(text: string): Digits;
    isRawJSON(value: unknown): value is Digits;
    parse(
      text: string,
      reviver: (this: unknown, key: string, value: unknown, context: { readonly source: string }) => unknown,
    ): unknown;
  }
}

/**
 * The value of a body; undefined where it is no JSON, no UTF-8 or nested deeper than an event may be.
 * @example parseWire(encode('{"price":1.10}')) // {price: JSON.rawJSON('1.10')}
 */
export function parseWire(body: Uint8Array): WireValue | undefined {
  // The scanner looks ahead by whole words.
  const bytes = new Uint8Array(body.length + BLOCK_SLACK);
  bytes.set(body);
  for (let at = 0; at < body.length; at += 1) if (bytes[at] === LF) bytes[at] = SPACE_FOR_LF;
  const scanner = new JsonScanner();
  scanner.over(bytes, new DataView(bytes.buffer), body.length);
  const end = scanner.value(scanner.space(0), 0);
  if (end < 0 || scanner.space(end) < body.length) return undefined;
  const text = decodeText(body, 0, body.length);
  if (text === undefined) return undefined;
  return JSON.parse(text, (_, value, { source }) =>
    typeof value === 'number' ? JSON.rawJSON(source) : value,
  ) as WireValue;
}

const LF = 0x0a;
/** To the scanner a line break ends an event; between the tokens of a body it is as good as a carriage return. */
const SPACE_FOR_LF = 0x0d;

/** @example isObject(JSON.rawJSON('1')) // false */
export const isObject = (value: WireValue | undefined): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

export const isList = (value: WireValue | undefined): value is readonly WireValue[] => Array.isArray(value);

/** A member of an object, never one that all objects have. @example member({ a: '1' }, 'a') // '1' */
export const member = (value: WireValue | undefined, name: string): WireValue | undefined =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** Text, or the digits of a number; undefined for anything else and for nothing. @example textOf('') // undefined */
export const textOf = (value: WireValue | undefined): string | undefined => {
  const text = typeof value === 'string' ? value : JSON.isRawJSON(value) ? value.rawJSON : '';
  return text === '' ? undefined : text;
};
