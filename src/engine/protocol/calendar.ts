import { days, type EpochMicros, formatInstant, hours } from '../../core/time.ts';

export type CalendarUnit = 'hour' | 'day' | 'week' | 'month';
export interface CalendarWindow {
  readonly start: EpochMicros;
  readonly end: EpochMicros;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Local wall time of an instant as microseconds on an imaginary UTC clock: exact, from the zone database. */
export function localMicros(at: EpochMicros, zone: string): EpochMicros {
  if (zone === 'UTC') return at;
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(new Date(Math.floor(at / 1000))).map(({ type, value }) => [type, Number(value)]),
  );
  const whole = Date.UTC(
    parts['year'] ?? 0,
    (parts['month'] ?? 1) - 1,
    parts['day'],
    parts['hour'],
    parts['minute'],
    parts['second'],
  );
  return whole * 1000 + (((at % 1_000_000) + 1_000_000) % 1_000_000);
}

/** Number of the calendar unit that a local time lies in: grows by one from unit to unit. */
function ordinal(local: EpochMicros, unit: CalendarUnit): number {
  const day = Math.floor(local / days(1));
  if (unit === 'hour') return Math.floor(local / hours(1));
  if (unit === 'day') return day;
  if (unit === 'week') return Math.floor((day + 3) / 7);
  const date = new Date(Math.floor(local / 1000));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

const LONGEST: Readonly<Record<CalendarUnit, number>> = {
  hour: hours(3),
  day: days(2),
  week: days(9),
  month: days(33),
};

/**
 * The calendar window that contains `at` in a zone, over daylight saving: from the first to past the last instant
 * of an unbroken stretch with the same local unit. An hour that the clock repeats is two windows (semantics, "Kinds").
 *
 * @example windowOf(at, 'day', 'Europe/Berlin') // 25 hours long on the last Sunday of October
 */
export function calendarWindow(at: EpochMicros, unit: CalendarUnit, zone: string): CalendarWindow {
  const here = key(at, unit, zone);
  const inside = (instant: EpochMicros) => key(instant, unit, zone) === here;
  return { start: edge(at, -LONGEST[unit], inside), end: edge(at, LONGEST[unit], inside) };
}

/** Within a repeated hour the offset tells the two apart; longer units run through it. */
function key(at: EpochMicros, unit: CalendarUnit, zone: string): string {
  const local = localMicros(at, zone);
  return unit === 'hour' ? `${ordinal(local, unit)}/${local - at}` : String(reached(at, local, unit, zone));
}

/** No zone turns its clock back by more, nor twice within it. */
const TURNED_BACK = hours(3);

/**
 * The unit that the local clock has reached. In St. John's it was turned back at 00:01, so that a minute of the new
 * day came before the last hour of the old: that hour is in the new day, which thus stays one window.
 */
function reached(at: EpochMicros, local: EpochMicros, unit: CalendarUnit, zone: string): number {
  const now = ordinal(local, unit);
  const offset = (instant: EpochMicros) => localMicros(instant, zone) - instant;
  if (offset(at - TURNED_BACK) <= local - at) return now;
  const turned = edge(at, -TURNED_BACK, (instant) => offset(instant) === local - at);
  return Math.max(now, ordinal(localMicros(turned - 1, zone), unit));
}

/** First instant of the window going back, or first instant after it going on, to the second. */
function edge(at: EpochMicros, reach: number, inside: (instant: EpochMicros) => boolean): EpochMicros {
  const second = 1_000_000;
  let near = Math.floor(at / second) * second;
  let far = near + reach;
  while (Math.abs(far - near) > second) {
    const middle = near + Math.round((far - near) / 2 / second) * second;
    if (inside(middle)) near = middle;
    else far = middle;
  }
  return reach < 0 ? near : far;
}

/** The windows, in order, that begin with the one containing `from` and start before `until`. */
export function calendarWindows(
  from: EpochMicros,
  until: EpochMicros,
  unit: CalendarUnit,
  zone: string,
): readonly CalendarWindow[] {
  const windows: CalendarWindow[] = [];
  for (let at = from; at < until; ) {
    const window = calendarWindow(at, unit, zone);
    if (window.end <= at) throw new Error(`calendar does not advance at ${formatInstant(at)} in ${zone}`);
    windows.push(window);
    at = window.end;
  }
  return windows;
}
