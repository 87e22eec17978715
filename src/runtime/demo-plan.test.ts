import { expect, test } from 'vitest';
import { demoPlan } from './demo-plan.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const stored = (seed: number, minutesAgo: number, rest: object = {}) => ({
  partition: `demo:${seed}`,
  position: 500,
  clock: (NOW - minutesAgo * 60_000) * 1000,
  ended: false,
  load: null,
  demo: { seed, rate: 20, start: NOW - 7_200_000 },
  ...rest,
});

test('a new shop starts with history, but not before the watermark', () => {
  const plan = demoPlan([], { seed: undefined, rate: 20 }, null, NOW);
  expect(plan).toMatchObject({
    shop: { seed: 1, rate: 20, start: NOW - 5_400_000 },
    position: 0,
    resumed: false,
    over: [],
  });
  expect(demoPlan([], { seed: undefined, rate: 20 }, (NOW - 60_000) * 1000, NOW).shop.start).toBe(NOW - 60_000);
});

test('the same shop goes on where it stopped', () => {
  const plan = demoPlan([stored(4, 3)], { seed: undefined, rate: 20 }, null, NOW);
  expect(plan).toMatchObject({ shop: { seed: 4 }, position: 500, resumed: true, over: [] });
});

test('another seed or rate, or a shop left for long, ends the one before and takes ids of its own', () => {
  for (const [progress, wanted] of [
    [stored(1, 3), { seed: 2, rate: 20 }],
    [stored(1, 3), { seed: undefined, rate: 99 }],
    [stored(1, 60 * 24), { seed: undefined, rate: 20 }],
  ] as const) {
    const plan = demoPlan([progress], wanted, null, NOW);
    expect(plan.shop.seed).toBe(2);
    expect(plan.position).toBe(0);
    expect(plan.over).toMatchObject([{ partition: 'demo:1', ended: true }]);
  }
});
