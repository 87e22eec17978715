import type { Period } from './question.ts';

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/**
 * Number, from 0, of the period that a time falls in, null outside of all. Periods follow each other without gaps. A
 * night in which the clock changes makes a day shorter or longer: then a table of the pieces of which all periods are
 * made (hours, mostly) says which piece is in which.
 */
export function periodSql(time: string, periods: readonly Period[]): string {
  const [first] = periods;
  const last = periods.at(-1);
  if (first === undefined || last === undefined) return 'NULL::BIGINT';
  const lengths = periods.map(({ start, end }) => end - start);
  const piece = lengths.reduce(gcd);
  const number = `(epoch_us(${time}) - ${first.start}) // ${piece}`;
  const index = lengths.every((length) => length === piece)
    ? number
    : `[${lengths.flatMap((length, i) => Array.from({ length: length / piece }, () => i)).join(', ')}][${number} + 1]`;
  return `CASE WHEN epoch_us(${time}) >= ${first.start} AND epoch_us(${time}) < ${last.end} THEN ${index} END`;
}
