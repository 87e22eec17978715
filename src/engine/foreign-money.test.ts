import { expect, test } from 'vitest';
import type { BatchColumn } from '../core/batch.ts';
import { int32Column, int64Column } from './columns.ts';
import { setForeignAside } from './foreign-money.ts';

const USD = 1;
const EUR = 2;
const columns = (currencies: readonly number[]): Record<string, BatchColumn> => ({
  currency: int32Column(
    Int32Array.from(currencies),
    Uint8Array.from(currencies, (id) => (id === 0 ? 0 : 1)),
  ),
  price: int64Column([10, 20, 30]),
  amount: { ...int64Column([10, 40, 30]), valid: Uint8Array.of(1, 1, 0) },
});
const validity = (column: BatchColumn | undefined): number[] =>
  column?.kind === 'int64' && column.valid !== undefined ? [...column.valid] : [];

test("money of another currency is set aside and out of the sums; no currency is the shop's own", () => {
  const split = setForeignAside(columns([USD, EUR, 0]), 3, USD);
  expect(validity(split['price'])).toEqual([1, 0, 1]);
  expect(validity(split['foreign_price'])).toEqual([0, 1, 0]);
  expect(validity(split['amount'])).toEqual([1, 0, 0]);
  expect(validity(split['foreign_amount'])).toEqual([0, 1, 0]);
});

test('what had no amount has none aside', () => {
  expect(validity(setForeignAside(columns([USD, USD, EUR]), 3, USD)['foreign_amount'])).toEqual([0, 0, 0]);
});

test("a batch in the shop's currency stays as it is", () => {
  const own = columns([USD, 0, USD]);
  expect(setForeignAside(own, 3, USD)).toBe(own);
});
