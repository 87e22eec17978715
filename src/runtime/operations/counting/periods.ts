import { z } from 'zod';
import { FootfallError } from '../../../core/errors/footfall-error.ts';
import { calendarWindows } from '../../../engine/protocol/calendar.ts';
import type { ShopSnapshot } from '../../../engine/shop.ts';
import type { Period, Scope } from '../../../journey/question.ts';

export const intervalInput = z.literal(['hour', 'day', 'week', 'month']);
export type Interval = z.infer<typeof intervalInput>;

/** More than a year of hours, or a thousand days, are no answer that anybody reads. */
const MOST: Readonly<Record<Interval, number>> = { hour: 9000, day: 1100, week: 1100, month: 1100 };
const SHORTEST: Readonly<Record<Interval, number>> = {
  hour: 1800e6,
  day: 82_800e6,
  week: 600_000e6,
  month: 2_400_000e6,
};

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(zone);
  } catch {
    return false;
  }
};

/**
 * The calendar periods of a zone (default: the shop's) that the range touches, whole ones; the range is all events
 * where it is open.
 * @throws FootfallError `cli.usage` for a zone that is none, and for more periods than anybody reads
 */
export function periodsOf(
  { extent, settings }: ShopSnapshot,
  { from, to }: Scope,
  interval: Interval,
  zone = settings.zone,
): readonly Period[] {
  if (!isZone(zone))
    throw new FootfallError('cli.usage', { reason: `"${zone}" is no IANA time zone such as Europe/Athens` });
  if (extent === null) return [];
  const start = Math.max(from ?? extent.start, extent.start);
  const end = Math.min(to ?? Number.POSITIVE_INFINITY, extent.end + 1);
  if ((end - start) / SHORTEST[interval] > MOST[interval])
    throw new FootfallError('cli.usage', {
      reason: `the range has more than ${MOST[interval]} periods of one ${interval}: choose a longer interval or a shorter range`,
    });
  return calendarWindows(start, end, interval, zone);
}
