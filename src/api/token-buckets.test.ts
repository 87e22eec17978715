import { expect, test } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

test('what is taken comes back with time, and never more than a bucket holds', () => {
  const buckets = new TokenBuckets({ perSecond: 2, burst: 4 });
  expect([1, 2, 3, 4, 5].map(() => buckets.take('a', 1, 0).allowed)).toEqual([true, true, true, true, false]);
  expect(buckets.take('a', 1, 0)).toEqual({ allowed: false, left: 0, fullIn: 2, openIn: 1 });
  expect(buckets.take('a', 1, 500)).toEqual({ allowed: true, left: 0, fullIn: 2, openIn: 1 });
  expect(buckets.take('a', 0, 1_000_000)).toEqual({ allowed: true, left: 4, fullIn: 0, openIn: 0 });
});

test('each has a bucket of its own', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
  expect(
    [buckets.take('a', 1, 0), buckets.take('a', 1, 0), buckets.take('b', 1, 0)].map((each) => each.allowed),
  ).toEqual([true, false, true]);
});

test('who took more than there was waits until it has come back', () => {
  const buckets = new TokenBuckets({ perSecond: 10, burst: 10 });
  expect(buckets.take('a', 110, 0)).toMatchObject({ allowed: true, left: 0, openIn: 11 });
  expect(buckets.take('a', 1, 9_900).allowed).toBe(false);
  expect(buckets.take('a', 1, 10_090).allowed).toBe(false);
  expect(buckets.take('a', 1, 10_101).allowed).toBe(true);
});

test('however many ask, a bounded number is remembered', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
  for (let i = 0; i < 50_000; i += 1) buckets.take(`address ${i}`, 1, 0);
  expect(buckets.size).toBe(20_000);
  expect(buckets.take('address 49999', 1, 0).allowed).toBe(false);
});
