import { type EpochMicros, hours } from '../../core/time.ts';
import type { Windowing } from '../../view/kind.ts';
import { calendarWindow } from './calendar.ts';
import { firstOpenStart } from './windows.ts';

export interface Bound {
  /** Windows that start before this are due. */
  readonly until: EpochMicros;
  /** Start of the first window that can hold an event. */
  readonly first: EpochMicros;
}

/** Which windows are due at a watermark, given the first and last event time that there is. */
export function closedBefore(
  windowing: Windowing,
  watermark: EpochMicros,
  extent: { readonly start: EpochMicros; readonly end: EpochMicros },
  zone: string,
): Bound {
  if (windowing.shape === 'calendar') {
    const first = calendarWindow(extent.start, windowing.unit, zone).start;
    if (!Number.isFinite(watermark)) return { until: Number.NEGATIVE_INFINITY, first };
    // The window that contains the watermark is the first that has not ended.
    return { until: calendarWindow(watermark, windowing.unit, zone).start, first };
  }
  const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
  const first = Math.floor(extent.start / step) * step - (windowing.size - step);
  return { until: Number.isFinite(watermark) ? firstOpenStart(watermark, windowing) : Number.NEGATIVE_INFINITY, first };
}

/**
 * After this long, an open session no longer holds back the window that it began in (semantics, "Time and finality").
 */
export const HOLD_LIMIT = hours(24);

/** Windows before `until` that sessions still open, given by their starts, keep from closing. */
export function heldWindows(
  open: readonly EpochMicros[],
  until: EpochMicros,
  windowing: Exclude<Windowing, { shape: 'calendar' }>,
  watermark: EpochMicros,
): readonly EpochMicros[] {
  const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
  const held = new Set<EpochMicros>();
  for (const start of open) {
    if (watermark - start >= HOLD_LIMIT) continue;
    const last = Math.floor(start / step) * step;
    for (let at = last; at > start - windowing.size; at -= step) if (at < until) held.add(at);
  }
  return [...held].sort((a, b) => a - b);
}

/**
 * Up to which event time rows may be stored beyond the frontier, once a close by end has written them; null when there
 * are none any more, because the frontier of every view has passed them.
 */
export function provisionalAfter(
  byEnd: boolean,
  before: EpochMicros | null,
  lastEvent: EpochMicros | null,
  frontiers: readonly { readonly until: EpochMicros }[],
): EpochMicros | null {
  const reached = Math.max(lastEvent ?? Number.NEGATIVE_INFINITY, before ?? Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(reached)) return null;
  const stillAhead = before !== null && frontiers.some(({ until }) => until <= reached);
  return byEnd || stillAhead ? reached : null;
}
