import { days, type EpochMicros, hours } from '../../core/time.ts';
import { calendarWindow, localMicros } from './calendar.ts';

/** Decimals that a rate may have; it is held as a whole count of the last of them. */
export const RATE_DECIMALS = 10;
export const RATE_SCALE = 10n ** BigInt(RATE_DECIMALS);

/** Converted money is as bounded as money that comes in: below 1e9, in units of 1/10,000. */
export const MONEY_BOUND = 10n ** 13n;

/** What one unit of a currency is worth in the shop's, from the first instant of a shop day on. */
export interface RateVersion {
  readonly from: EpochMicros;
  /** In units of 1e-10. */
  readonly rate: bigint;
}

/**
 * A rate from decimal text: above 0, below 10,000,000, at most ten decimals.
 * @returns null where the text is none
 * @example parseRate('1.1') // 11_000_000_000n
 */
export function parseRate(text: string): bigint | null {
  const [, whole, decimals = ''] = /^(\d{1,7})(?:\.(\d{1,10}))?$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const rate = BigInt(whole + decimals.padEnd(RATE_DECIMALS, '0'));
  return rate > 0n ? rate : null;
}

/**
 * Money at a rate: exact, rounded once, half to even, to four decimals.
 *
 * @param units of 1/10,000
 * @returns null from 1e9 on: such an amount stays unconverted
 * @example convert(5n, parseRate('0.5')) // 2n
 */
export function convert(units: bigint, rate: bigint): bigint | null {
  const product = (units < 0n ? -units : units) * rate;
  const down = product / RATE_SCALE;
  const twice = (product % RATE_SCALE) * 2n;
  const up = twice > RATE_SCALE || (twice === RATE_SCALE && down % 2n === 1n);
  const rounded = up ? down + 1n : down;
  if (rounded >= MONEY_BOUND) return null;
  return units < 0n ? -rounded : rounded;
}

/** The rate that holds at a time: the last version that is not after it. Versions in order of `from`. */
export function rateAt(versions: readonly RateVersion[], at: EpochMicros): bigint | null {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((versions[middle] as RateVersion).from <= at) low = middle + 1;
    else high = middle;
  }
  return versions[low - 1]?.rate ?? null;
}

/**
 * First instant of a calendar day in a zone; of the next day that there is, where the zone skipped it.
 * @param date midnight of the day as if it were UTC
 */
export function startOfDay(date: EpochMicros, zone: string): EpochMicros {
  const guess = date - (localMicros(date, zone) - date);
  const steady = [-hours(3), 0, hours(3)].every((away) => localMicros(guess + away, zone) === date + away);
  if (steady) return guess;
  const dayOf = (start: EpochMicros) => Math.floor(localMicros(start, zone) / days(1)) * days(1);
  let { start, end } = calendarWindow(date, 'day', zone);
  while (dayOf(start) >= date) ({ start, end } = calendarWindow(start - 1, 'day', zone));
  while (dayOf(start) < date) ({ start, end } = calendarWindow(end, 'day', zone));
  return start;
}
