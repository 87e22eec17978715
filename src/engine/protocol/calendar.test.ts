import fc from 'fast-check';
import { expect, test } from 'vitest';
import { days, type EpochMicros, formatInstant, hours, minutes, seconds } from '../../core/time.ts';
import { type CalendarUnit, calendarWindow, calendarWindows, localMicros } from './calendar.ts';

const at = (text: string): EpochMicros => Date.parse(text) * 1000;
const shown = ({ start, end }: { start: EpochMicros; end: EpochMicros }) =>
  [formatInstant(start), formatInstant(end)].map((text) => text.replace('.000000Z', 'Z').replace(':00Z', 'Z'));

/** Local year, month, day, hour as text: written by another formatter than the one under test. */
const formats = new Map<string, Intl.DateTimeFormat>();
function localText(instant: EpochMicros, zone: string): string {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' });
  formats.set(zone, format);
  return format.format(new Date(Math.floor(instant / 1000)));
}

const dayOf = (instant: EpochMicros, zone: string) => localText(instant, zone).slice(0, 10);
const unitText: Readonly<Record<CalendarUnit, (instant: EpochMicros, zone: string) => string>> = {
  hour: (instant, zone) => localText(instant, zone).slice(0, 13),
  day: dayOf,
  week: (instant, zone) => {
    const date = new Date(`${dayOf(instant, zone)}T00:00:00Z`);
    return new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 86_400_000).toISOString().slice(0, 10);
  },
  month: (instant, zone) => localText(instant, zone).slice(0, 7),
};
const units: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month'];

/** A zone and an instant at which its clock changes, or does something rare. */
const changes: readonly (readonly [string, string])[] = [
  ['Europe/Berlin', '2020-03-29T01:00:00Z'],
  ['Europe/Berlin', '2020-10-25T01:00:00Z'],
  ['America/New_York', '2021-11-07T06:00:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00:00Z'],
  ['Australia/Lord_Howe', '2021-04-03T15:00:00Z'],
  ['Australia/Lord_Howe', '2021-10-02T15:30:00Z'],
  ['Asia/Kathmandu', '2020-05-31T18:15:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ['Africa/Casablanca', '2020-04-19T02:00:00Z'],
  ['Africa/Casablanca', '2020-05-31T02:00:00Z'],
  ['Asia/Beirut', '2020-03-28T22:00:00Z'],
  ['America/Havana', '2020-11-01T05:00:00Z'],
  ['America/St_Johns', '2009-11-01T02:31:00Z'],
  ['America/St_Johns', '2010-03-14T03:31:00Z'],
  ['Antarctica/Troll', '2020-10-25T01:00:00Z'],
  ['UTC', '1970-01-01T00:00:00Z'],
  ['UTC', '2020-12-31T23:59:59Z'],
];

const moment = fc
  .tuple(
    fc.constantFrom(...changes),
    fc.constantFrom(minutes(5), hours(4), days(3), days(200)),
    fc.double({ min: -1, max: 1, noNaN: true }),
  )
  .map(([[zone, change], reach, part]) => ({ zone, instant: at(change) + Math.round(reach * part) }));

test.each(units)('%ss tile time without holes, and every instant of one finds the same one', (unit) => {
  fc.assert(
    fc.property(moment, fc.double({ min: 0, max: 1, noNaN: true }), ({ zone, instant }, part) => {
      const until = instant + { hour: hours(8), day: days(4), week: days(20), month: days(90) }[unit];
      const windows = calendarWindows(instant, until, unit, zone);
      const [first] = windows;
      expect(first && first.start <= instant && instant < first.end).toBe(true);
      windows.forEach((window, i) => {
        const next = windows[i + 1];
        if (next !== undefined) expect(next.start).toBe(window.end);
        for (const inside of [
          window.start,
          window.end - 1,
          window.start + Math.floor((window.end - window.start - 1) * part),
        ])
          expect(calendarWindow(inside, unit, zone)).toEqual(window);
      });
      const last = windows.at(-1);
      expect(last && last.start < until && last.end >= until).toBe(true);
    }),
    { numRuns: 60, seed: 11 },
  );
});

test.each(units)('a %s is what the wall calendar says, away from clocks that jump back over midnight', (unit) => {
  const text = unitText[unit];
  fc.assert(
    fc.property(moment, fc.double({ min: 0, max: 1, noNaN: true }), ({ zone, instant }, part) => {
      fc.pre(zone !== 'America/St_Johns' || instant > at('2012-01-01T00:00:00Z'));
      const { start, end } = calendarWindow(instant, unit, zone);
      const here = text(instant, zone);
      for (const inside of [start, end - 1, start + Math.floor((end - start - 1) * part)])
        expect(text(inside, zone)).toBe(here);
      // A repeated hour has the same text on both sides, but another offset.
      const other = (outside: EpochMicros) =>
        text(outside, zone) !== here ||
        (unit === 'hour' && localMicros(outside, zone) - outside !== localMicros(instant, zone) - instant);
      expect([other(start - 1), other(end)]).toEqual([true, true]);
    }),
    { numRuns: 60, seed: 12 },
  );
});

test('local time is the wall clock, to the microsecond', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 999_999 }), ({ zone, instant }, rest) => {
      const exact = Math.floor(instant / 1e6) * 1e6 + rest;
      expect(formatInstant(localMicros(exact, zone)).slice(0, 19).replace('T', ' ')).toBe(localText(exact, zone));
      expect(((localMicros(exact, zone) % 1e6) + 1e6) % 1e6).toBe(rest);
    }),
    { numRuns: 60, seed: 13 },
  );
  expect(localMicros(-1, 'Asia/Kathmandu')).toBe(hours(5) + minutes(30) - 1);
});

test.each<[CalendarUnit, string, string, readonly string[]]>([
  ['day', 'Europe/Berlin', '2020-03-29T12:00:00Z', ['2020-03-28T23:00Z', '2020-03-29T22:00Z']],
  ['day', 'Europe/Berlin', '2020-10-25T12:00:00Z', ['2020-10-24T22:00Z', '2020-10-25T23:00Z']],
  ['hour', 'Europe/Berlin', '2020-10-25T00:30:00Z', ['2020-10-25T00:00Z', '2020-10-25T01:00Z']],
  ['hour', 'Europe/Berlin', '2020-10-25T01:30:00Z', ['2020-10-25T01:00Z', '2020-10-25T02:00Z']],
  ['hour', 'Australia/Lord_Howe', '2021-04-03T15:10:00Z', ['2021-04-03T15:00Z', '2021-04-03T15:30Z']],
  ['hour', 'Asia/Kathmandu', '2020-06-01T00:00:00Z', ['2020-05-31T23:15Z', '2020-06-01T00:15Z']],
  ['day', 'America/Sao_Paulo', '2018-11-04T12:00:00Z', ['2018-11-04T03:00Z', '2018-11-05T02:00Z']],
  ['day', 'Pacific/Apia', '2011-12-30T09:00:00Z', ['2011-12-29T10:00Z', '2011-12-30T10:00Z']],
  ['day', 'Pacific/Apia', '2011-12-30T11:00:00Z', ['2011-12-30T10:00Z', '2011-12-31T10:00Z']],
  ['week', 'UTC', '2020-01-05T23:59:59Z', ['2019-12-30T00:00Z', '2020-01-06T00:00Z']],
  ['week', 'UTC', '2020-01-06T00:00:00Z', ['2020-01-06T00:00Z', '2020-01-13T00:00Z']],
  ['month', 'Europe/Athens', '2020-02-10T00:00:00Z', ['2020-01-31T22:00Z', '2020-02-29T22:00Z']],
  ['month', 'UTC', '1969-12-31T23:59:59Z', ['1969-12-01T00:00Z', '1970-01-01T00:00Z']],
  ['day', 'America/St_Johns', '2009-11-01T02:30:30Z', ['2009-11-01T02:30Z', '2009-11-02T03:30Z']],
  ['day', 'America/St_Johns', '2009-11-01T03:00:00Z', ['2009-11-01T02:30Z', '2009-11-02T03:30Z']],
  ['day', 'America/St_Johns', '2009-11-01T02:29:59Z', ['2009-10-31T02:30Z', '2009-11-01T02:30Z']],
  ['month', 'Africa/Casablanca', '2020-05-31T12:00:00Z', ['2020-05-01T00:00Z', '2020-05-31T23:00Z']],
])('the %s of %s at %s', (unit, zone, instant, expected) => {
  expect(shown(calendarWindow(at(instant), unit, zone))).toEqual(expected);
});

test('nothing lies between two equal bounds', () => {
  expect(calendarWindows(seconds(5), seconds(5), 'day', 'UTC')).toEqual([]);
});
