import { FootfallError } from '../../core/errors/footfall-error.ts';
import { days, type EpochMicros, hours } from '../../core/time.ts';
import { type CalendarUnit, calendarWindow, localMicros } from '../../engine/protocol/calendar.ts';
import type { Period } from '../../journey/question.ts';
import type { Range } from './range.ts';
import { instantIn } from './zoned-time.ts';

interface Bounds {
  readonly from: EpochMicros;
  readonly to: EpochMicros;
}

/** Two stretches of time, and how a calendar period of the one finds its partner in the other. */
export interface Comparison {
  readonly own: Bounds;
  readonly other: Bounds;
  /** What lies between partners: whole days by the calendar, or whole months; null where periods are not told apart. */
  readonly apart: { readonly unit: 'day' | 'month'; readonly by: number } | null;
  readonly zone: string;
}

const WEEK = 7;
/** As many weeks as a year has: so that each day meets one of its own weekday. */
const YEAR = 52 * WEEK;

/**
 * What a range is compared with: `previous`, the same length before it; `week` and `year`, the same weekdays one and 52
 * weeks before (by months: the same months a year before); or `FROM..TO`. Days are those of the zone, whatever its
 * clock does between.
 *
 * @param unit in which partners are looked for; null where the two stretches are compared as wholes
 * @throws FootfallError `query.compare`, `cli.usage` for a time that is none
 */
export function comparisonOf(text: string, { from, to }: Range, unit: CalendarUnit | null, zone: string): Comparison {
  if (from === null || to === null || from >= to) throw wrong('what is compared has a beginning and a later end');
  const own = { from, to };
  const given = /^(.+)\.\.(.+)$/.exec(text);
  const other =
    given === null
      ? null
      : { from: instantIn(given[1] ?? '', '--compare', zone), to: instantIn(given[2] ?? '', '--compare', zone) };
  if (other !== null && other.from >= other.to) throw wrong(`${text} ends before it begins`);
  if (other === null && !['previous', 'week', 'year'].includes(text))
    throw wrong(`"${text}" is nothing to compare with`);
  if (unit === 'month') return byMonths(text, own, other, zone);
  const [first, last] = [dayOf(from, zone), dayOf(to, zone)];
  const start = other === null ? null : dayOf(other.from, zone);
  if (first === null || last === null || (other !== null && start === null)) {
    if (unit !== null) throw wrong(`by ${unit}, ranges begin and end with a day of ${zone}`);
    const length = text === 'previous' ? to - from : days(text === 'week' ? WEEK : YEAR);
    return { own, other: other ?? { from: from - length, to: to - length }, apart: null, zone };
  }
  const by = start === null ? (text === 'previous' ? last - first : text === 'week' ? WEEK : YEAR) : first - start;
  if (unit === 'week' && by % WEEK !== 0) throw wrong('by week, the two ranges have to be whole weeks apart');
  const before = other ?? { from: startOf(first - by, zone), to: startOf(last - by, zone) };
  return { own, other: before, apart: unit === null ? null : { unit: 'day', by }, zone };
}

function byMonths(text: string, own: Bounds, other: Bounds | null, zone: string): Comparison {
  const [first, last] = [monthOf(own.from, zone), monthOf(own.to, zone)];
  const start = other === null ? null : monthOf(other.from, zone);
  if (text === 'week') throw wrong('months are not a week apart: compare them with previous or year');
  if (first === null || last === null || (other !== null && start === null))
    throw wrong(`by month, ranges begin and end with a month of ${zone}`);
  const by = start === null ? (text === 'previous' ? last - first : 12) : first - start;
  const before = other ?? { from: monthStart(first - by, zone), to: monthStart(last - by, zone) };
  return { own, other: before, apart: { unit: 'month', by }, zone };
}

/** The number of the own period that each of the other ones is compared with; null for one without a partner. */
export function partners(
  { apart, zone }: Comparison,
  unit: CalendarUnit,
  own: readonly Period[],
  other: readonly Period[],
): readonly (number | null)[] {
  const by = apart?.by ?? 0;
  const step = unit === 'hour' ? 24 : 1;
  const places = new Map(labels(own, unit, zone).map((label, i) => [label, i]));
  const shifted = unit === 'week' ? by / WEEK : by * step;
  return labels(other, unit, zone, shifted).map((label) => places.get(label) ?? null);
}

/** Local names of periods: of an hour that the clock repeats there is a first and a second. */
function labels(periods: readonly Period[], unit: CalendarUnit, zone: string, shift = 0): readonly string[] {
  const seen = new Map<number, number>();
  return periods.map(({ start, end }) => {
    // The middle: where the clock is set at midnight, the first minutes of a day may have the name of another.
    const local = localMicros(unit === 'hour' ? start : start + (end - start) / 2, zone);
    const number =
      (unit === 'month'
        ? monthNumber(local)
        : unit === 'week'
          ? Math.floor((local / days(1) + 3) / WEEK)
          : Math.floor(local / (unit === 'hour' ? hours(1) : days(1)))) + shift;
    const times = (seen.get(number) ?? 0) + 1;
    seen.set(number, times);
    return `${number}/${times}`;
  });
}

function monthNumber(local: EpochMicros): number {
  const date = new Date(Math.floor(local / 1000));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Number of the local day that begins at an instant; null where none does. */
function dayOf(at: EpochMicros, zone: string): number | null {
  const { start, end } = calendarWindow(at, 'day', zone);
  return start === at ? Math.floor(localMicros(start + (end - start) / 2, zone) / days(1)) : null;
}

/** The instant at which a numbered local day begins. */
const startOf = (day: number, zone: string): EpochMicros => {
  const noon = days(day) + hours(12);
  return calendarWindow(noon - (localMicros(noon, zone) - noon), 'day', zone).start;
};

function monthOf(at: EpochMicros, zone: string): number | null {
  const { start, end } = calendarWindow(at, 'month', zone);
  return start === at ? monthNumber(localMicros(start + (end - start) / 2, zone)) : null;
}

const monthStart = (month: number, zone: string): EpochMicros =>
  startOf(Date.UTC(Math.floor(month / 12), month % 12, 1) / 86_400_000, zone);

const wrong = (reason: string): FootfallError => new FootfallError('query.compare', { reason });
