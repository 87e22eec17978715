import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import type { EpochMicros } from '../core/time.ts';
import { days, minutes } from '../core/time.ts';
import { type Cut, cutOf } from '../view/kind.ts';
import type { ViewPlan } from '../view/view.ts';
import { ABSENT } from './columns.ts';
import { dirtyMarks } from './dirty.ts';
import type { Intake } from './intake.ts';
import { type CalendarWindow, calendarWindows } from './protocol/calendar.ts';

const START = Date.UTC(2020, 2, 29) * 1000;
const ZONE = 'Europe/Berlin';

function intake(times: readonly EpochMicros[]): Intake {
  return {
    count: times.length,
    time: Float64Array.from(times),
    columns: {},
    categoryName: ABSENT,
    partition: new Uint16Array(times.length),
    position: new Float64Array(times.length),
    late: new Uint8Array(times.length),
    lateRows: [],
  };
}

/** Every window that could hold or reach one of the times below. */
function windowsAround({ windowing }: Cut): readonly CalendarWindow[] {
  const [from, until] = [START - days(1), START + days(1)];
  if (windowing.shape === 'calendar') return calendarWindows(from, until, windowing.unit, ZONE);
  const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
  return Array.from({ length: (until - from) / step }, (_, i) => ({
    start: from + i * step,
    end: from + i * step + windowing.size,
  }));
}

const time = fc.integer({ min: 0, max: 120 }).map((minute) => START + minutes(minute));

test('what was due at the watermark before is marked, once, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(time, { maxLength: 8 }), time, (times, previous) => {
      const marks = dirtyMarks(intake(times), catalog, previous, ZONE);
      const expected = new Set<string>();
      for (const { name, kind } of catalog) {
        const cut = cutOf(kind);
        if (cut === null) continue;
        for (const { start, end } of windowsAround(cut))
          if (end + cut.reach <= previous && times.some((at) => start <= at && at < end + cut.reach))
            expected.add(`${name} ${start} ${end}`);
      }
      const found = marks.windows.map(({ view, start, end }) => `${view} ${start} ${end}`);
      expect(found.sort()).toEqual([...expected].sort());
      expect(marks.sessionRows).toEqual(times.flatMap((at, row) => (at < previous ? [row] : [])));
      const before = times.filter((at) => at < previous);
      expect(marks.entered).toEqual(before.length === 0 ? null : Math.min(...before));
      const told = ['cart_abandonment', 'transaction_anomalies'];
      const batches = told.map((view) => ({ view, first: Math.min(...before), last: Math.max(...before) }));
      expect(marks.batches).toEqual(before.length === 0 ? [] : batches);
    }),
  );
});

test('nothing is marked before there is a watermark, nor keys of sessions and ledgers, nor whole batches, where no view needs them', () => {
  expect(dirtyMarks(intake([START]), catalog, null, ZONE)).toEqual({
    windows: [],
    sessionRows: [],
    entered: null,
    batches: [],
  });
  const windows: readonly ViewPlan[] = catalog.filter(({ kind }) => kind.kind === 'window');
  const {
    sessionRows,
    entered,
    batches,
    windows: marked,
  } = dirtyMarks(intake([START]), windows, START + minutes(60), ZONE);
  expect(sessionRows).toEqual([]);
  expect(entered).toBe(null);
  expect(batches).toEqual([]);
  expect(marked.length).toBeGreaterThan(0);
});
