import { expect, test } from 'vitest';
import { Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';

test('a seed fixes the numbers for ever', () => {
  const random = new Random(42);
  expect([random.word(), random.word(), random.word()]).toMatchInlineSnapshot(`
    [
      2010482470,
      3070013387,
      1191154037,
    ]
  `);
});

test('streams and large seeds differ', () => {
  const starts = [new Random(1), new Random(1, 1), new Random(2), new Random(2 ** 33 + 1), new Random(2 ** 34 + 1)];
  expect(new Set(starts.map((random) => random.word())).size).toBe(starts.length);
});

test('numbers are even: sixteen bins, chi-squared below its one in a thousand', () => {
  const random = new Random(7);
  const bins = new Float64Array(16);
  for (let i = 0; i < 160_000; i++) {
    const bin = random.below(16);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const chi = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chi).toBeLessThan(37.7);
});

test('weights are kept', () => {
  const random = new Random(7);
  const choice = new WeightedChoice([1, 0, 3, 6]);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 100_000; i++) {
    const drawn = choice.draw(random);
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  expect(counts[1]).toBe(0);
  for (const [index, share] of [
    [0, 0.1],
    [2, 0.3],
    [3, 0.6],
  ] as const)
    expect(Math.abs((counts[index] ?? 0) / 100_000 - share)).toBeLessThan(0.01);
});
