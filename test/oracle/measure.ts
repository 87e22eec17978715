import type { CountedEvent } from './counted-event.ts';
import { formatMoney, type Units } from './money.ts';

export const present = <T>(values: Iterable<T | null>): T[] => [...values].filter((value) => value !== null);

export const distinct = (values: Iterable<string | null>): number => new Set(present(values)).size;

/** Distinct values without null, by the bytes of their UTF-8. */
export const sortedSet = (values: Iterable<string | null>): string[] =>
  [...new Set(present(values))].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

export const ofType = (events: readonly CountedEvent[], type: string): CountedEvent[] =>
  events.filter((event) => event.type === type);

export const sum = (values: Iterable<Units | null>): Units =>
  present(values).reduce((total, value) => total + value, 0n);

export const ratio = (numerator: number, denominator: number): number | null =>
  denominator === 0 ? null : numerator / denominator;

/** Mean of money as a double: the exact sum, divided once. */
export function average(values: Iterable<Units | null>): number | null {
  const known = present(values);
  return ratio(Number(sum(known)) / 10_000, known.length);
}

/** Standard deviation of the sample; the variance's numerator is exact, so nothing cancels. */
export function sampleDeviation(values: Iterable<Units | null>): number | null {
  const known = present(values);
  const n = BigInt(known.length);
  if (n < 2n) return null;
  const squares = known.reduce((total, value) => total + value * value, 0n);
  const numerator = n * squares - sum(known) ** 2n;
  return Math.sqrt(Number(numerator) / Number(n * (n - 1n))) / 10_000;
}

const least = (a: Units, b: Units): Units => (a < b ? a : b);
const greatest = (a: Units, b: Units): Units => (a > b ? a : b);

export const minMoney = (values: Iterable<Units | null>): string | null => pick(values, least);
export const maxMoney = (values: Iterable<Units | null>): string | null => pick(values, greatest);

function pick(values: Iterable<Units | null>, better: (a: Units, b: Units) => Units): string | null {
  const known = present(values);
  return known.length === 0 ? null : formatMoney(known.reduce(better));
}
