import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hours, minutes, seconds } from '../../core/time.ts';
import {
  type ClockProgress,
  FOLLOWING,
  partitionClocks,
  type QuietShop,
  SILENCE,
  STEP,
  silentPartitions,
  tickedWatermark,
} from './silence.ts';

const NOON = Date.UTC(2026, 0, 1, 12) * 1000;
const LATENESS = minutes(10);

const near = fc.integer({ min: -hours(2), max: hours(2) }).map((away) => NOON + away);
const progress = fc.uniqueArray(
  fc.record<ClockProgress>({
    partition: fc.constantFrom('a', 'b', 'c', 'd'),
    clock: fc.option(near, { freq: 8 }),
    ended: fc.boolean(),
    load: fc.option(fc.constant(1), { freq: 2 }),
  }),
  { selector: ({ partition }) => partition, maxLength: 4 },
);
const quietShop: fc.Arbitrary<QuietShop> = fc.record({
  watermark: fc.option(near, { freq: 8 }),
  progress,
  silent: fc.subarray(['a', 'b', 'c', 'd']).map((names) => new Set(names)),
  heard: fc.option(near, { freq: 8 }),
  lateness: fc.constantFrom(0, LATENESS),
});

test('a tick moves the watermark on by at least a step, and never past the wall clock', () => {
  fc.assert(
    fc.property(quietShop, near, (shop, now) => {
      const ticked = tickedWatermark(shop, now);
      if (ticked === null) return;
      expect(ticked - (shop.watermark ?? Number.NaN)).toBeGreaterThanOrEqual(STEP);
      const clocks = [...shop.progress].map(({ clock }) => clock ?? 0);
      expect(ticked).toBeLessThanOrEqual(Math.max(now - SILENCE, ...clocks) - shop.lateness);
    }),
  );
});

test('a live partition that is not silent holds the watermark, also before its first event', () => {
  fc.assert(
    fc.property(quietShop, near, fc.option(near), (shop, now, clock) => {
      const busy: ClockProgress = { partition: 'busy', clock, ended: false, load: null };
      const ticked = tickedWatermark({ ...shop, progress: [...shop.progress, busy] }, now);
      if (ticked !== null) expect(ticked).toBeLessThanOrEqual((clock ?? Number.NaN) - shop.lateness);
    }),
  );
});

test('without a live partition, or without an event yet, time does nothing', () => {
  fc.assert(
    fc.property(quietShop, near, (shop, now) => {
      const over = [...shop.progress].map((each) => ({ ...each, ended: true }));
      expect(tickedWatermark({ ...shop, progress: over }, now)).toBeNull();
      expect(tickedWatermark({ ...shop, watermark: null }, now)).toBeNull();
    }),
  );
});

const one: ClockProgress = { partition: 'p', clock: NOON, ended: false, load: null };
const quiet: QuietShop = {
  watermark: NOON - LATENESS,
  progress: [one],
  silent: new Set(['p']),
  heard: NOON,
  lateness: LATENESS,
};

test('when all are silent it follows the wall clock, 30 seconds and the lateness behind', () => {
  const later = NOON + minutes(7);
  expect(tickedWatermark(quiet, later)).toBe(later - seconds(30) - LATENESS);
  expect(tickedWatermark(quiet, NOON + SILENCE + STEP - 1)).toBeNull();
});

test('a shop clock that did not run with time waits for its own events', () => {
  const old = { ...quiet, heard: NOON + FOLLOWING + 1 };
  expect(tickedWatermark(old, NOON + hours(24 * 365))).toBeNull();
  expect(tickedWatermark({ ...old, heard: NOON + FOLLOWING }, NOON + hours(2))).not.toBeNull();
});

test('a silent partition lets the others go on', () => {
  const other = { ...one, partition: 'q', clock: NOON + minutes(5) };
  expect(tickedWatermark({ ...quiet, progress: [one, other] }, NOON + hours(9))).toBe(NOON + minutes(5) - LATENESS);
  expect(partitionClocks([one, other], new Set(['p'])).map(({ inactive }) => inactive)).toEqual([true, false]);
});

test('a partition is silent after 30 seconds at its head', () => {
  const heads = new Map([
    ['just', NOON - SILENCE],
    ['not yet', NOON - SILENCE + 1],
  ]);
  expect([...silentPartitions(heads, NOON)]).toEqual(['just']);
});
