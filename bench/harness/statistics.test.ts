import { expect, test } from 'vitest';
import { quantile, rounded, spread } from './statistics.ts';

test('a quantile is an element of the set', () => {
  expect(quantile([5, 1, 3, 2, 4], 0.5)).toBe(3);
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
});

test('a spread of one run is that run', () => {
  expect(spread([7])).toEqual({ min: 7, median: 7, max: 7 });
});

test('nothing measured is an error, not a number', () => {
  expect(() => quantile([], 0.5)).toThrow('nothing was measured');
});

test('three digits', () => {
  expect(rounded(1.23456)).toBe(1.23);
  expect(rounded(456_789)).toBe(457_000);
});
