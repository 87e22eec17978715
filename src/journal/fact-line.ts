import { createHash } from 'node:crypto';
import type { Fact } from './fact-log.ts';

/**
 * Format of the lines of each kind of fact: `format number checksum JSON`. A new kind has a higher one than those before
 * it, so that no older Footfall passes over what it does not know. Format 1, `checksum JSON`, is read as well.
 */
const FORMAT: Readonly<Record<Fact['kind'], number>> = {
  dimension: 2,
  definitions: 3,
  repair: 4,
  'repair-undone': 4,
  people: 5,
  erasure: 6,
  vocabulary: 7,
};
/** The highest format that is known. */
export const FACT_FORMAT = Math.max(...Object.values(FORMAT));

/** What a line turns out to be. */
export type FactLine =
  | { readonly found: 'fact'; readonly fact: Fact }
  | { readonly found: 'newer'; readonly format: number }
  | { readonly found: 'damaged'; readonly reason: string };

/** A fact as the line of its number, counted from 1, without the end of the line. */
export function encodeFact(fact: Fact, number: number): Buffer {
  const text = JSON.stringify(fact);
  const format = FORMAT[fact.kind];
  const sum = checksum(Buffer.from(`${format} ${number} ${text}`));
  return Buffer.from(`${format} ${number} ${sum} ${text}`);
}

/**
 * Reads the bytes of the line of a number. Every byte is covered by the checksum, and the number tells lines that were
 * taken out, doubled or put in another order.
 */
export function decodeFact(line: Buffer, number: number): FactLine {
  // One character a byte: bytes that are no UTF-8 must not become alike before they are summed.
  const text = line.toString('latin1');
  const [, format = '', given = '', sum, rest = ''] = /^(\d{1,9}) (\d{1,15}) ([0-9a-f]{16}) (.*)$/s.exec(text) ?? [];
  if (sum === undefined) return decodeFirstFormat(text);
  if (sum !== checksum(bytesOf(`${format} ${given} ${rest}`))) return damaged(text);
  if (Number(format) > FACT_FORMAT) return { found: 'newer', format: Number(format) };
  if (Number(given) !== number) return { found: 'damaged', reason: `its line holds fact ${given}` };
  return factOf(rest);
}

function decodeFirstFormat(text: string): FactLine {
  const [, sum, rest = ''] = /^([0-9a-f]{16}) (.*)$/s.exec(text) ?? [];
  return sum === checksum(bytesOf(rest)) ? factOf(rest) : damaged(text);
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const factOf = (text: string): FactLine => ({
  found: 'fact',
  fact: JSON.parse(bytesOf(text).toString('utf8')) as Fact,
});
/** 64 bits of SHA-256. */
const checksum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

/** Says what can still be read of a line, to tell which fact it was. */
function damaged(text: string): FactLine {
  const dimension = /"dimension":"(\w{1,20})"/.exec(text)?.[1];
  const file = /"file":"([\w.]{1,80})"/.exec(text)?.[1];
  const legible = [dimension, file === undefined ? undefined : `facts/${file}`].filter((part) => part !== undefined);
  const told = legible.length === 0 ? '' : `; what can be read of it says ${legible.join(', ')}`;
  return { found: 'damaged', reason: `its line does not fit its checksum${told}` };
}
