import { expect, test } from 'vitest';
import { sharesOf } from './shares.ts';

test.each([
  ['none', 0, 600_000_000, 1],
  ['as many as fit', 500_000, 600_000_000, 1],
  ['one more', 500_001, 600_000_000, 2],
  ['many, with much memory', 2_000_000, 2_000_000_000, 1],
  ['many, with little', 2_000_000, 240_000_000, 20],
  ['with hardly any memory', 100_000, 1_000_000, 2],
])('shares of events: %s', (_, events, memory, shares) => expect(sharesOf(events, memory)).toBe(shares));
