import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLoad, type LoadProgress, loadBounds, nextLoad } from './load.ts';

const part = (load: number | null, clock: number | null, ended = false): LoadProgress => ({ load, clock, ended });

test('history is what begins before the watermark', () => {
  expect([isLoad(9, 10), isLoad(10, 10), isLoad(11, 10), isLoad(-1, null)]).toEqual([true, false, false, false]);
});

test('loads are numbered on from the highest', () => {
  expect([nextLoad([]), nextLoad([part(null, 5)]), nextLoad([part(2, 5), part(null, 1), part(7, 1, true)])]).toEqual([
    1, 1, 8,
  ]);
});

test('a load has come as far as its slowest partition, and is through when all have ended', () => {
  const bounds = loadBounds(
    [part(1, 50), part(1, 30), part(1, 5, true), part(2, 40, true), part(3, null), part(null, 1)],
    10,
  );
  expect([...bounds]).toEqual([
    [1, 20],
    [2, Number.POSITIVE_INFINITY],
    [3, Number.NEGATIVE_INFINITY],
  ]);
});

test('a bound only rises as clocks do', () => {
  const clock = fc.option(fc.nat(50));
  fc.assert(
    fc.property(fc.array(fc.tuple(clock, fc.nat(20), fc.boolean()), { minLength: 1, maxLength: 4 }), (steps) => {
      const before = loadBounds(
        steps.map(([at]) => part(1, at)),
        5,
      ).get(1) as number;
      const after = loadBounds(
        steps.map(([at, more, ended]) => part(1, (at ?? 0) + more, ended)),
        5,
      ).get(1) as number;
      expect(after).toBeGreaterThanOrEqual(before);
    }),
  );
});
