import type { EpochMicros } from './instant.ts';

/** What the clock on the shop's wall shows at an instant. */
export interface WallClock {
  /** `YYYY-MM` */
  readonly month: string;
  /** 0-23 */
  readonly hour: number;
  /** 1 = Sunday .. 7 = Saturday */
  readonly weekday: number;
}

export interface Calendar {
  wallClock(at: EpochMicros): WallClock;
  /** First instant of a day `YYYY-MM-DD`, or of the next one where it was skipped. */
  dayStart(date: string): EpochMicros;
  /** The day that an instant lies in, counted from 1970: the new one, where the clock was turned back over its midnight. */
  dayOf(at: EpochMicros): number;
  /** First instant of a month and of the month after it. */
  monthWindow(month: string): { readonly start: EpochMicros; readonly end: EpochMicros };
  /** The month whose window an instant lies in: the new one, where the clock was turned back over its first midnight. */
  monthOf(at: EpochMicros): string;
}

const DAY_MILLIS = 86_400_000;
const QUARTER = 15 * 60 * 1_000_000;

/** A month's start takes a hundred questions to Intl: asked once, however often there is an oracle. */
const calendars = new Map<string, Calendar>();

/**
 * The calendar of an IANA zone, answered by Intl alone. A day's start is searched for, not computed from an offset: it
 * is the first quarter of an hour that shows the day, which stays true where midnight is skipped or shown twice.
 *
 * @throws RangeError when the zone is unknown
 */
export function calendarOf(zone: string): Calendar {
  const known = calendars.get(zone);
  if (known !== undefined) return known;

  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
  });

  const wallClock = (at: EpochMicros): WallClock => {
    const part = new Map(format.formatToParts(Math.floor(at / 1000)).map(({ type, value }) => [type, value]));
    const [year = '', month = '', day = '', hour = ''] = (['year', 'month', 'day', 'hour'] as const).map((type) =>
      part.get(type),
    );
    return {
      month: `${year.padStart(4, '0')}-${month}`,
      hour: Number(hour),
      weekday: new Date(`${year.padStart(4, '0')}-${month}-${day}T00:00:00Z`).getUTCDay() + 1,
    };
  };

  const days = new Map<string, EpochMicros>();
  const dateAt = (at: EpochMicros): string => {
    const part = new Map(format.formatToParts(at / 1000).map(({ type, value }) => [type, value]));
    return `${part.get('year')}-${part.get('month')}-${part.get('day')}`;
  };

  const windows = new Map<string, { start: EpochMicros; end: EpochMicros }>();
  const calendar: Calendar = {
    wallClock,
    dayStart(date) {
      const known = days.get(date);
      if (known !== undefined) return known;
      // No zone is further than 14 hours from UTC, and its midnights are whole quarters of an hour from those of UTC.
      let at = (Date.parse(`${date}T00:00:00Z`) - 15 * 3_600_000) * 1000;
      while (dateAt(at) < date) at += QUARTER;
      days.set(date, at);
      return at;
    },
    dayOf(at) {
      const shown = Date.parse(`${dateAt(at)}T00:00:00Z`) / DAY_MILLIS;
      const next = new Date((shown + 1) * DAY_MILLIS).toISOString().slice(0, 10);
      return at >= calendar.dayStart(next) ? shown + 1 : shown;
    },
    monthWindow(text) {
      const known = windows.get(text);
      if (known !== undefined) return known;
      const window = { start: calendar.dayStart(`${text}-01`), end: calendar.dayStart(`${monthAfter(text)}-01`) };
      windows.set(text, window);
      return window;
    },
    monthOf(at) {
      const shown = wallClock(at).month;
      return at >= calendar.monthWindow(shown).end ? monthAfter(shown) : shown;
    },
  };
  calendars.set(zone, calendar);
  return calendar;
}

function monthAfter(text: string): string {
  const [year = 0, month = 0] = text.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7);
}
