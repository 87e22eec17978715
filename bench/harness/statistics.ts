/** Smallest, middle and largest of some runs. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  return { min: quantile(values, 0), median: quantile(values, 0.5), max: quantile(values, 1) };
}

/** An element of the set: the smallest that at least the share `p` does not exceed. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = Math.max(0, Math.ceil(p * sorted.length) - 1);
  const value = sorted[at];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

/** Three significant digits: more would pretend to a precision that a shared machine does not have. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

/** @example range({ min: 1, median: 2, max: 3 }) // '1.00 / 2.00 / 3.00' */
export const range = ({ min, median, max }: Spread): string =>
  [min, median, max].map((each) => each.toFixed(2)).join(' / ');

export const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
