import { type EpochMicros, type Micros, minutes } from '../../core/time.ts';
import type { Cut, Windowing } from '../../view/kind.ts';
import { type CalendarWindow, calendarWindows } from './calendar.ts';

/**
 * The windows whose rows events from `from` to `to`, both inclusive, may change: those that they fall in, and those
 * whose events they may follow. An event may also take a follower away from an earlier one, which lies in the same reach.
 *
 * @example an event at 00:07 touches the sliding windows 00:00-00:10 and 00:05-00:15
 */
export function touchedWindows(
  { windowing, reach }: Cut,
  from: EpochMicros,
  to: EpochMicros,
  zone: string,
): readonly CalendarWindow[] {
  const earliest = from - reach;
  if (windowing.shape === 'calendar') return calendarWindows(earliest, to + 1, windowing.unit, zone);
  const { size } = windowing;
  const step = windowing.shape === 'sliding' ? windowing.step : size;
  const first = firstOpenStart(earliest, windowing);
  const count = Math.floor((to - first) / step) + 1;
  return Array.from({ length: count }, (_, i) => ({ start: first + i * step, end: first + i * step + size }));
}

/** Times within one stretch of this length, counted from 1970, touch the same windows. */
export function stretchOf(windowing: Windowing): Micros {
  if (windowing.shape === 'sliding') return windowing.step;
  // No zone is apart from UTC by other than quarters of an hour.
  return windowing.shape === 'tumbling' ? windowing.size : minutes(15);
}

/**
 * For windows of a fixed width: the first start that is not yet due at a watermark. All windows that start before it
 * have ended (semantics, "Time and finality": due is the end).
 */
export function firstOpenStart(
  watermark: EpochMicros,
  windowing: Exclude<Windowing, { shape: 'calendar' }>,
): EpochMicros {
  const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
  return Math.floor((watermark - windowing.size) / step) * step + step;
}

/**
 * Ingest's rule for windows: dirty if and only if it was due, at its end + `reach`, at the watermark of the batch before
 * (semantics, "Transactions"). It never asks what is closed.
 */
export const isDirty = (window: CalendarWindow, { reach }: Cut, previous: EpochMicros | null): boolean =>
  previous !== null && window.end + reach <= previous;
