import type { EpochMicros } from '../../core/time.ts';
import type { Windowing } from '../../view/kind.ts';
import { type CalendarWindow, calendarWindow } from './calendar.ts';

/** The windows that an instant falls in. @example a time at 00:07 lies in the sliding windows 00:00-00:10 and 00:05-00:15 */
export function windowsAt(at: EpochMicros, windowing: Windowing, zone: string): readonly CalendarWindow[] {
  if (windowing.shape === 'calendar') return [calendarWindow(at, windowing.unit, zone)];
  const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
  const last = Math.floor(at / step) * step;
  return Array.from({ length: windowing.size / step }, (_, i) => ({
    start: last - i * step,
    end: last - i * step + windowing.size,
  }));
}

/**
 * For windows of a fixed width: the first start that is not yet due at a watermark. All windows that start before it
 * have ended (semantics 12: due is the end).
 */
export function firstOpenStart(
  watermark: EpochMicros,
  windowing: Exclude<Windowing, { shape: 'calendar' }>,
): EpochMicros {
  const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
  return Math.floor((watermark - windowing.size) / step) * step + step;
}

/**
 * Ingest's rule for windows: dirty if and only if it was due at the watermark of the batch before (semantics 18).
 * It never asks what is closed.
 */
export const isDirty = (window: CalendarWindow, previous: EpochMicros | null): boolean =>
  previous !== null && window.end <= previous;
