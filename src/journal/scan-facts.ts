import { decodeFact } from './fact-line.ts';
import type { Fact } from './fact-log.ts';

/** What the bytes of a log come to. */
export type FactScan =
  | {
      readonly found: 'facts';
      readonly facts: readonly Fact[];
      /** Bytes up to which it is whole. */
      readonly end: number;
      /** What a crash left of a line that was being written; empty when there is none. */
      readonly torn: Uint8Array;
      /** False when only the end of the last line is missing. */
      readonly ended: boolean;
    }
  | { readonly found: 'lost'; readonly number: number; readonly reason: string }
  | { readonly found: 'newer'; readonly number: number; readonly format: number };

const NEWLINE = 0x0a;
const NOTHING = new Uint8Array();

/**
 * Reads a log. A last line that is cut off was being written when the process died: it is torn. Any other line that does
 * not hold is lost, and nothing is read past it.
 *
 * @param acted how many facts are known to have acted: none of them can be torn or missing
 */
export function scanFacts(bytes: Buffer, acted: number): FactScan {
  const facts: Fact[] = [];
  let ended = true;
  for (let start = 0; start < bytes.length; ) {
    const number = facts.length + 1;
    const newline = bytes.indexOf(NEWLINE, start);
    ended = newline >= 0;
    const end = ended ? newline : bytes.length;
    const line = bytes.subarray(start, end);
    const decoded = decodeFact(line, number);
    if (decoded.found === 'newer') return { ...decoded, number };
    if (decoded.found === 'damaged') {
      if (ended || number <= acted || isOverlong(line, number))
        return { found: 'lost', number, reason: decoded.reason };
      return { found: 'facts', facts, end: start, torn: line, ended: true };
    }
    facts.push(decoded.fact);
    start = end + 1;
  }
  const reason = `its line is gone; ${acted} facts were in force`;
  if (facts.length < acted) return { found: 'lost', number: facts.length + 1, reason };
  return { found: 'facts', facts, end: bytes.length, torn: NOTHING, ended };
}

/** A whole fact with something after it is not cut off: the end of its line was damaged. */
const isOverlong = (line: Buffer, number: number): boolean => decodeFact(line.subarray(0, -1), number).found === 'fact';
