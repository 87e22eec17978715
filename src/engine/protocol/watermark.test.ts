import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextWatermark, type PartitionClock, silentWatermark } from './watermark.ts';

const clock = fc.integer({ min: 0, max: 100 });
const partition: fc.Arbitrary<PartitionClock> = fc.record({
  clock: fc.option(clock),
  inactive: fc.boolean(),
  load: fc.boolean(),
});
const previous = fc.option(clock);
const partitions = fc.array(partition, { maxLength: 5 });
const ending = fc.array(clock, { maxLength: 3 });

test('the watermark never goes back, and is never taken away', () => {
  fc.assert(
    fc.property(previous, partitions, ending, clock, (before, each, ended, lateness) => {
      const next = nextWatermark(before, each, ended, lateness);
      if (before !== null) expect(next).toBeGreaterThanOrEqual(before);
    }),
  );
});

test('it is the lowest clock of what is active or ends, minus the lateness', () => {
  fc.assert(
    fc.property(previous, partitions, ending, clock, (before, each, ended, lateness) => {
      const active = each.filter((one) => !one.inactive && !one.load).map((one) => one.clock);
      const counted = [...active, ...ended];
      const lowest = counted.reduce<number>((low, one) => Math.min(low, one ?? Number.NEGATIVE_INFINITY), Infinity);
      const moved = Number.isFinite(lowest) ? Math.max(before ?? Number.NEGATIVE_INFINITY, lowest - lateness) : before;
      expect(nextWatermark(before, each, ended, lateness)).toBe(moved);
    }),
  );
});

const live = (at: number | null): PartitionClock => ({ clock: at, inactive: false, load: false });

test.each<[string, number | null, readonly PartitionClock[], readonly number[], number | null]>([
  ['nothing yet', null, [], [], null],
  ['a partition without a clock holds it', 5, [live(90), live(null)], [], 5],
  ['and holds it even before the first', null, [live(90), live(null)], [], null],
  ['the slowest partition counts', 5, [live(90), live(40)], [], 30],
  ['an inactive one does not', 5, [live(90), { ...live(40), inactive: true }], [], 80],
  ['a load does not', 5, [live(90), { ...live(40), load: true }], [], 80],
  ['nor does a load without a clock', 5, [live(90), { ...live(null), load: true }], [], 80],
  ['one that ends with the batch counts once more', 5, [live(90)], [50], 40],
  ['ended ones alone move it', null, [], [50, 60], 40],
  ['it stays where all are silent', 5, [{ ...live(90), inactive: true }], [], 5],
  ['it does not go back', 70, [live(75)], [], 70],
])('%s', (_, before, each, ended, expected) => {
  expect(nextWatermark(before, each, ended, 10)).toBe(expected);
});

test('when all are silent, it follows the wall clock, and never goes back', () => {
  expect(silentWatermark(null, 1000, 30, 10)).toBeNull();
  expect(silentWatermark(5, 1000, 30, 10)).toBe(960);
  expect(silentWatermark(990, 1000, 30, 10)).toBe(990);
});
