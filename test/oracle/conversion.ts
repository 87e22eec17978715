import type { CanonicalEvent } from '../../src/core/event.ts';
import type { Calendar } from './calendar.ts';
import type { OracleFacts } from './input.ts';
import type { EpochMicros } from './instant.ts';
import type { Units } from './money.ts';

const TEN_DECIMALS = 10n ** 10n;
const LIMIT = 1_000_000_000n * 10_000n;

/** Turns an event's money into the shop's; null without a rate, and where it would be 1e9 or more. */
export type Conversion = (money: Units | null, event: CanonicalEvent, at: EpochMicros) => Units | null;

/** Money at the newest rate dated on or before the event's day; money of the shop's currency, or of none, as it is. */
export function conversionOf({ rates = [] }: OracleFacts, calendar: Calendar, own: string): Conversion {
  return (money, { currency }, at) => {
    if (money === null || currency == null || currency === own) return money;
    let newest: { date: string; rate: string } | null = null;
    for (const rate of rates) {
      if (rate.currency !== currency || calendar.dayStart(rate.date) > at) continue;
      if (newest === null || rate.date >= newest.date) newest = rate;
    }
    if (newest === null) return null;
    const [whole = '', fraction = ''] = newest.rate.split('.');
    const exact = money * BigInt(whole + fraction.padEnd(10, '0'));
    const converted = halfEven(exact, TEN_DECIMALS);
    return converted >= LIMIT || converted <= -LIMIT ? null : converted;
  };
}

/** The whole number nearest to a / b; of two equally near, the even one. */
function halfEven(a: bigint, b: bigint): bigint {
  let floor = a / b;
  if (a < 0n && floor * b !== a) floor -= 1n;
  const above = a - floor * b;
  const below = (floor + 1n) * b - a;
  if (above === below) return floor % 2n === 0n ? floor : floor + 1n;
  return above < below ? floor : floor + 1n;
}
