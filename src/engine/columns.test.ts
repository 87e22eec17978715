import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BatchColumn, FixedColumn } from '../core/batch.ts';
import {
  ABSENT,
  asText,
  constantInt32,
  firstPresent,
  int32Column,
  int64Column,
  isNull,
  pick,
  symbolsOf,
} from './columns.ts';

const int64Values = ({ data }: FixedColumn) =>
  [...new BigInt64Array(data.buffer, data.byteOffset, data.byteLength / 8)].map(Number);
const ints = (values: number[], valid?: number[]): FixedColumn =>
  int32Column(Int32Array.from(values), valid && Uint8Array.from(valid));
const text = (...values: (string | null)[]): BatchColumn => ({ kind: 'text', values });
const texts = (column: BatchColumn) => (column.kind === 'text' ? column.values : column);

test('64-bit numbers keep every whole number that is exact', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), (values) => {
      expect(int64Values(int64Column(values))).toEqual(values.map((value) => value + 0));
    }),
  );
  expect(int64Column([1]).kind).toBe('int64');
});

test('32-bit columns share the memory that they are made of', () => {
  const values = new Int32Array([9, 1, 2, 3]).subarray(1);
  const column = int32Column(values as Int32Array<ArrayBuffer>);
  expect(column).toEqual({ kind: 'int32', data: new Uint8Array([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]) });
  expect([...(symbolsOf(column) ?? [])]).toEqual([1, 2, 3]);
  expect([...(symbolsOf(constantInt32(7, 3)) ?? [])]).toEqual([7, 7, 7]);
  expect(ints([1], [0]).valid).toEqual(Uint8Array.of(0));
  expect([symbolsOf(undefined), symbolsOf(ABSENT), symbolsOf(int64Column([1])), symbolsOf(text('a'))]).toEqual(
    Array(4).fill(undefined),
  );
});

test('rows are picked in their order', () => {
  expect(pick(ints([5, 6, 7], [1, 0, 1]), [2, 1])).toEqual(ints([7, 6], [1, 0]));
  expect(pick(ints([5, 6, 7]), [2, 0])).toEqual(ints([7, 5]));
  expect(pick(text('a', null, 'c'), [2, 1])).toEqual(text('c', null));
  expect(pick(ABSENT, [1])).toEqual(ABSENT);
});

test('null is what is absent, marked or null', () => {
  expect([isNull(undefined, 0), isNull(ABSENT, 0), isNull(text('a', null), 0), isNull(text('a', null), 1)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect([isNull(ints([0]), 0), isNull(ints([0, 0], [1, 0]), 0), isNull(ints([0, 0], [1, 0]), 1)]).toEqual([
    false,
    false,
    true,
  ]);
});

const UUID = '0f0e0d0c-8b0a-4908-8706-050403020100';
/** As DuckDB holds it: low half first, the top bit flipped. */
const uuid: BatchColumn = {
  kind: 'uuid',
  data: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 0x87, 0x08, 0x49, 0x0a, 0x8b, 0x0c, 0x0d, 0x0e, 0x8f),
};

test('ids become text as they were sent', () => {
  expect(texts(asText(uuid))).toEqual([UUID]);
  expect(texts(asText(int64Column([-1, 2 ** 53 - 1])))).toEqual(['-1', '9007199254740991']);
  expect(texts(asText(ints([-5, 6], [1, 0])))).toEqual(['-5', null]);
  expect(texts(asText({ kind: 'int8', data: Uint8Array.of(255, 4) }))).toEqual(['-1', '4']);
  expect([asText(ABSENT), asText(text('a'))]).toEqual([ABSENT, text('a')]);
  const inside = new Uint8Array([9, ...ints([3]).data]).subarray(1);
  expect(texts(asText({ kind: 'int32', data: inside as Uint8Array<ArrayBuffer> }))).toEqual(['3']);
});

test('the first column that has a value gives it', () => {
  const first = ints([1, 2, 3], [1, 0, 0]);
  expect(firstPresent(first, ints([7, 8, 9], [1, 1, 0]))).toEqual(ints([1, 8, 9], [1, 1, 0]));
  expect(firstPresent(first, ints([7, 8, 9]))).toEqual(ints([1, 8, 9], [1, 1, 1]));
  expect(first).toEqual(ints([1, 2, 3], [1, 0, 0]));
  expect(firstPresent(ints([1]), ints([2]))).toEqual(ints([1]));
  expect(firstPresent(ABSENT, ints([2]))).toEqual(ints([2]));
  expect(firstPresent(ints([1]), ABSENT)).toEqual(ints([1]));
  expect(firstPresent(text('a', null, null), text('x', 'y', null))).toEqual(text('a', 'y', null));
  expect(firstPresent(ints([1, 2], [1, 0]), int64Column([7, 8]))).toEqual(text('1', '8'));
  expect(firstPresent(ints([1, 2], [0, 1]), text('x', 'y'))).toEqual(text('x', '2'));
  expect(firstPresent(text(null, 'b'), ints([4, 5]))).toEqual(text('4', 'b'));
});
