import { expect, test } from 'vitest';
import { minutes } from '../core/time.ts';
import type { StoredProgress } from '../engine/state.ts';
import { roleOf } from './replay.ts';

const at = (partition: string, rest: Partial<StoredProgress>): readonly [string, StoredProgress] => [
  partition,
  { partition, position: 10, clock: minutes(100), ended: false, load: null, ...rest },
];
const batch = (partition: string, ...times: number[]) => ({
  count: times.length,
  time: Float64Array.from(times),
  partitions: [{ partition, position: 20, clock: null, ended: false }],
});

test('what starts at or after the watermark is live, what starts before it is a load with the next number', () => {
  const progress = new Map([at('a', { ended: true }), at('b', { ended: true, load: 3 })]);
  expect(roleOf(batch('new', minutes(90)), progress, minutes(90))).toEqual({ load: null });
  expect(roleOf(batch('new', minutes(95), minutes(89)), progress, minutes(90))).toEqual({ load: 4 });
  expect(roleOf(batch('new', minutes(1)), new Map(), null)).toEqual({ load: null });
});

test('what was begun goes on as it was begun', () => {
  expect(roleOf(batch('a', minutes(1)), new Map([at('a', {})]), minutes(90))).toEqual({ load: null });
  expect(roleOf(batch('a', minutes(1)), new Map([at('a', { load: 2 })]), minutes(90))).toEqual({ load: 2 });
});

test('what a stream that is gone was says nothing of the next one', () => {
  const next = batch('new', minutes(1));
  const [old] = batch('gone').partitions;
  const partitions = [...next.partitions, ...(old === undefined ? [] : [{ ...old, ended: true, gone: true as const }])];
  expect(roleOf({ ...next, partitions }, new Map([at('gone', {})]), minutes(90))).toEqual({ load: 1 });
});

test('a batch without events cannot tell', () => {
  expect(roleOf(batch('new'), new Map(), minutes(90))).toBeUndefined();
  expect(roleOf(batch('a'), new Map([at('a', { clock: null })]), minutes(90))).toBeUndefined();
});
