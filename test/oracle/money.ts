/** Money as an exact count of 1/10,000, so that sums and products never round. */
export type Units = bigint;

const UNITS_PER_ONE = 10_000n;

/**
 * Reads decimal text with at most four decimals.
 *
 * @example parseMoney('33.20') // 332000n
 * @throws Error when the text is no such decimal
 */
export function parseMoney(text: string): Units {
  const match = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(text);
  if (match === null) throw new Error(`not money with at most four decimals: ${text}`);
  const [, sign, whole = '', fraction = ''] = match;
  const units = BigInt(whole) * UNITS_PER_ONE + BigInt(fraction.padEnd(4, '0'));
  return sign === '-' ? -units : units;
}

/** @example formatMoney(7734500n) // '773.4500' */
export function formatMoney(units: Units): string {
  const size = units < 0n ? -units : units;
  const text = `${size / UNITS_PER_ONE}.${String(size % UNITS_PER_ONE).padStart(4, '0')}`;
  return units < 0n ? `-${text}` : text;
}
