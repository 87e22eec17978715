import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EpochMicros, hours, minutes } from '../../core/time.ts';
import { calendar, sliding, tumbling, type Windowing } from '../../view/kind.ts';
import { closedBefore, heldWindows } from './frontier.ts';
import { firstOpenStart, isDirty, stretchOf, touchedWindows } from './windows.ts';

type Fixed = Exclude<Windowing, { shape: 'calendar' }>;

function fixed(each: Windowing): Fixed {
  if (each.shape === 'calendar') throw new Error('not of a fixed width');
  return each;
}

/** Small numbers, so that bounds are met exactly again and again. */
const windowing: fc.Arbitrary<Fixed> = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }), fc.boolean())
  .map(([step, panes, tumbles]) => fixed(tumbles ? tumbling(step) : sliding(step * panes, step)));
const reach = fc.nat(12);
const instant = fc.integer({ min: -60, max: 60 });

const stepOf = (each: Fixed) => (each.shape === 'sliding' ? each.step : each.size);
/** All windows near zero, by trying every whole number as a start. */
const everyWindow = (each: Fixed) =>
  Array.from({ length: 401 }, (_, i) => i - 200)
    .filter((start) => Math.abs(start % stepOf(each)) === 0)
    .map((start) => ({ start, end: start + each.size }));
const ascending = (a: { start: EpochMicros }, b: { start: EpochMicros }) => a.start - b.start;

test('an instant falls in the windows that contain it, and in no other', () => {
  fc.assert(
    fc.property(windowing, instant, (each, at) => {
      const containing = everyWindow(each).filter(({ start, end }) => start <= at && at < end);
      expect([...touchedWindows({ windowing: each, reach: 0 }, at, at, 'UTC')].sort(ascending)).toEqual(containing);
    }),
  );
  const day = { windowing: calendar('day'), reach: 0 };
  expect(touchedWindows(day, hours(25), hours(25), 'UTC')).toEqual([{ start: hours(24), end: hours(48) }]);
});

test('a stretch of time touches what its instants do, and windows that it reaches back into', () => {
  fc.assert(
    fc.property(windowing, instant, reach, fc.nat(20), (each, from, before, length) => {
      const meeting = everyWindow(each).filter(({ start, end }) => start <= from + length && from - before < end);
      expect(touchedWindows({ windowing: each, reach: before }, from, from + length, 'UTC')).toEqual(meeting);
    }),
  );
  const day = { windowing: calendar('day'), reach: hours(2) };
  expect(touchedWindows(day, hours(25), hours(48), 'UTC').map(({ start }) => start / hours(1))).toEqual([0, 24, 48]);
});

test('instants of one stretch touch the same windows, whatever the reach', () => {
  fc.assert(
    fc.property(windowing, instant, reach, fc.nat(100), (each, from, before, share) => {
      const width = stretchOf(each);
      const start = Math.floor(from / width) * width;
      const touched = (at: number) => touchedWindows({ windowing: each, reach: before }, at, at, 'UTC');
      const whole = touchedWindows({ windowing: each, reach: before }, start, start + width - 1, 'UTC');
      const at = start + Math.floor((share / 101) * width);
      for (const window of touched(at)) expect(whole).toContainEqual(window);
      if (before === 0) expect(touched(at)).toEqual(whole);
    }),
  );
});

test('windows before the first open start have ended, the others have not', () => {
  fc.assert(
    fc.property(windowing, instant, (each, watermark) => {
      const open = firstOpenStart(watermark, each);
      for (const { start, end } of everyWindow(each)) expect(start < open).toBe(end <= watermark);
    }),
  );
});

test('a window is dirty if and only if it was due at the watermark before', () => {
  fc.assert(
    fc.property(windowing, reach, instant, instant, (each, after, at, previous) => {
      const cut = { windowing: each, reach: after };
      for (const window of touchedWindows(cut, at, at, 'UTC')) {
        expect(isDirty(window, cut, null)).toBe(false);
        expect(isDirty(window, cut, previous)).toBe(window.start < firstOpenStart(previous - after, each));
        if (at >= previous) expect(isDirty(window, cut, previous)).toBe(false);
      }
    }),
  );
});

test('what is due is bounded by the watermark, and by the first window that can hold an event', () => {
  fc.assert(
    fc.property(windowing, instant, instant, (each, watermark, begin) => {
      const { until, first } = closedBefore(each, watermark, { start: begin, end: begin + 10 }, 'UTC');
      expect(until).toBe(firstOpenStart(watermark, each));
      expect(first).toBe(everyWindow(each).find(({ end }) => end > begin)?.start);
      expect(closedBefore(each, Number.NEGATIVE_INFINITY, { start: begin, end: begin }, 'UTC')).toEqual({
        until: Number.NEGATIVE_INFINITY,
        first,
      });
    }),
  );
});

test('of the calendar, the window with the watermark is the first that is open', () => {
  const extent = { start: hours(30), end: hours(40) };
  const bound = (watermark: number) => closedBefore(calendar('day'), watermark, extent, 'Asia/Tokyo');
  // Days of Tokyo begin at 15:00 UTC.
  expect(bound(hours(64))).toEqual({ until: hours(63), first: hours(15) });
  expect(bound(hours(63))).toEqual({ until: hours(63), first: hours(15) });
  expect(bound(hours(63) - 1)).toEqual({ until: hours(39), first: hours(15) });
  expect(bound(Number.NEGATIVE_INFINITY)).toEqual({ until: Number.NEGATIVE_INFINITY, first: hours(15) });
});

test('a window is held while a session that began in it is open, for at most a day', () => {
  fc.assert(
    fc.property(windowing, fc.array(instant, { maxLength: 4 }), instant, (each, open, until) => {
      const expected = everyWindow(each).filter(
        ({ start, end }) => start < until && open.some((at) => start <= at && at < end),
      );
      expect(heldWindows(open, until, each, 100)).toEqual(expected.map(({ start }) => start));
    }),
  );
  const held = (watermark: number) => heldWindows([minutes(20)], hours(100), fixed(tumbling(minutes(15))), watermark);
  expect(held(minutes(20) + hours(24) - 1)).toEqual([minutes(15)]);
  expect(held(minutes(20) + hours(24))).toEqual([]);
});
