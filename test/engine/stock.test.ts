import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { snapshotSql } from '../../src/compile/changes.ts';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { receipt } from '../../src/engine/receipt.ts';
import type { ViewPlan } from '../../src/view/view.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';
import { oracle } from '../oracle/oracle.ts';
import { TestShop } from './test-shop.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await TestShop.open();
});
afterEach(() => shop.close());

let number = 0;
const moved = (clock: string, event_type: string, fields: Partial<CanonicalEvent> = {}): CanonicalEvent => {
  number += 1;
  return {
    event_id: `e${String(number).padStart(6, '0')}`,
    event_type,
    user_id: '7',
    product_id: 'shoe',
    ...fields,
    event_time: `2020-03-01T${clock}Z`,
  };
};
const bought = (clock: string, quantity: number | null = 1, fields?: Partial<CanonicalEvent>) =>
  moved(clock, 'purchase', { quantity, ...fields });
const restocked = (clock: string, quantity: number) => moved(clock, 'restock', { quantity });
/** Brings the watermark to ten minutes before a time. */
const passing = (clock: string) => [moved(clock, 'page', { product_id: null })];
const count = (stock: number, counted_at?: string) => ({
  product_id: 'shoe',
  stock: String(stock),
  ...(counted_at === undefined ? {} : { counted_at: `2020-03-01T${counted_at}Z` }),
});

const clockOf = (time: unknown): string | null => (time === null ? null : String(time).slice(11, 19));
const status = async () => (await shop.tables()).inventory_status;
const stock = async () => (await status()).map(({ available_stock }) => available_stock);
const alerts = async () =>
  (await shop.tables()).low_stock_alerts
    .map((row) => [clockOf(row['opened_at']), clockOf(row['closed_at']), row['available_stock'], row['status']])
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
const viewNamed = (name: string): ViewPlan => {
  const view = shop.shop.view(name);
  if (view === undefined) throw new Error(`no view ${name}`);
  return view;
};
const finalRows = (name: string): Promise<AnyRow[]> => {
  const view = viewNamed(name);
  return shop.ask(({ database, context }) => database.jsonRows(snapshotSql(view, context)));
};

test('the last count and what moved since; what moved at its very time comes after it', async () => {
  await shop.loadDimension('stock', [count(50, '10:00:00'), count(30, '12:00:00')]);
  await shop.give([
    bought('11:59:59.999999', 9),
    bought('12:00:00', 2),
    bought('12:30:00', null),
    restocked('12:31:00', 5),
    moved('12:32:00', 'refund', { quantity: 3, properties: '{"restocked":true}' }),
    moved('12:33:00', 'refund', { quantity: 100, properties: '{"restocked":false}' }),
    moved('12:34:00', 'refund', { quantity: 100 }),
    moved('12:35:00', 'view', { quantity: 100 }),
  ]);
  await shop.finalize(true);
  expect(await status()).toMatchObject([
    {
      product_id: 'shoe',
      available_stock: 35,
      sold_total: 12,
      restocked_total: 8,
      counted_stock: 30,
      counted_at: '2020-03-01T12:00:00.000000Z',
      last_movement: '2020-03-01T12:32:00.000000Z',
      status: 'ok',
    },
  ]);
});

test('without a count stock is what moved, from 0, and no alert opens before it is known', async () => {
  await shop.give([bought('10:00:00', 3)]);
  await shop.finalize(true);
  expect(await status()).toMatchObject([
    { available_stock: -3, counted_stock: null, counted_at: null, status: 'negative' },
  ]);
  expect(await alerts()).toEqual([]);
  await shop.give([restocked('11:00:00', 4), ...passing('11:30:00')]);
  await shop.finalize();
  expect(await alerts()).toEqual([['11:00:00', null, 1, 'open']]);
});

test('an alert opens below 10 and closes at 12, once whatever happens between', async () => {
  await shop.loadDimension('stock', [count(12)]);
  await shop.give([
    bought('10:00:00', 2),
    bought('10:01:00', 1),
    restocked('10:02:00', 2),
    bought('10:03:00', 5),
    restocked('10:04:00', 5),
    restocked('10:05:00', 1),
    bought('10:06:00', 2),
    bought('10:07:00', 20),
  ]);
  await shop.finalize(true);
  expect(await alerts()).toEqual([
    ['10:01:00', '10:05:00', 12, 'closed'],
    ['10:07:00', null, -10, 'open'],
  ]);
});

test('what happens in one instant happens together', async () => {
  await shop.loadDimension('stock', [count(12)]);
  await shop.give([bought('10:00:00', 5), restocked('10:00:00', 5), bought('10:00:01', 5)]);
  await shop.finalize(true);
  expect(await alerts()).toEqual([['10:00:01', null, 7, 'open']]);
});

test('a final row holds as of the watermark, a live one has what moved since', async () => {
  await shop.loadDimension('stock', [count(20, '10:00:00')]);
  const given = [bought('10:05:00', 4), bought('10:30:00', 8), bought('10:39:00', 1)];
  await shop.give(given);
  await shop.finalize();
  const before = given.filter(({ event_time }) => event_time < '2020-03-01T10:29');
  const expected = oracle(before, { counts: [count(20, '10:00:00')] });
  expect(await finalRows('inventory_status')).toMatchObject(expected.inventory_status);
  expect(await finalRows('low_stock_alerts')).toEqual([]);
  expect(await status()).toMatchObject([{ available_stock: 7, is_final: false }]);
  expect(await alerts()).toEqual([['10:30:00', null, 7, 'open']]);

  await shop.give(passing('10:45:00'));
  await shop.finalize();
  expect(await finalRows('low_stock_alerts')).toMatchObject([{ available_stock: 8, closed_at: null }]);
  await shop.give([restocked('10:50:00', 9), ...passing('11:30:00')]);
  await shop.finalize();
  expect(await status()).toMatchObject([{ available_stock: 16, is_final: true, revision: 2 }]);
  expect(await alerts()).toEqual([['10:30:00', '10:50:00', 16, 'closed']]);
  expect(await shop.rows('SELECT DISTINCT cause FROM result.inventory_status_history')).toEqual([{ cause: 'moved' }]);
  expect(await shop.verify()).toMatchObject({ equal: true });
});

test('late movements restate, and what is late and moves nothing does not', async () => {
  await shop.loadDimension('stock', [count(12)]);
  await shop.give([bought('10:00:00', 2), ...passing('11:00:00')]);
  await shop.finalize();
  await shop.give([moved('10:10:00', 'view'), bought('10:20:00', 1, { product_id: null }), ...passing('11:01:00')]);
  await shop.finalize();
  expect(await status()).toMatchObject([{ available_stock: 10, revision: 0 }]);
  await shop.give([bought('09:00:00', 1), ...passing('11:02:00')]);
  await shop.finalize();
  expect(await status()).toMatchObject([{ available_stock: 9, revision: 1, late_events: 1 }]);
  expect(await alerts()).toEqual([['10:00:00', null, 9, 'open']]);
  // A still earlier one puts the opening elsewhere: the alert that was is gone, with its image kept.
  await shop.give([bought('08:00:00', 9), ...passing('11:03:00')]);
  await shop.finalize();
  expect(await alerts()).toEqual([['08:00:00', null, 0, 'open']]);
  expect(await shop.rows('SELECT op, cause FROM result.low_stock_alerts_history')).toEqual([
    { op: 'delete', cause: 'late' },
  ]);
  expect(await shop.rows('SELECT count(*) AS n FROM dirty_key')).toEqual([{ n: 0 }]);
  expect(await shop.verify()).toMatchObject({ equal: true });
});

test('a count is a fact: one dated back restates, one given again for its time replaces', async () => {
  await shop.give([bought('10:00:00', 2), bought('10:30:00', 3), ...passing('11:00:00')]);
  await shop.finalize();
  expect(await shop.loadDimension('stock', [count(40, '10:15:00')])).toMatchObject({ rows: 1, changed: 1, events: 0 });
  await shop.finalize();
  expect(await status()).toMatchObject([{ available_stock: 37, sold_total: 5, revision: 1 }]);
  expect(await shop.rows('SELECT cause FROM result.inventory_status_history')).toEqual([{ cause: 'stock' }]);
  expect(await shop.loadDimension('stock', [count(40, '10:15:00')])).toMatchObject({ changed: 0 });
  expect(await shop.loadDimension('stock', [count(9, '10:15:00'), count(41, '10:15:00')])).toMatchObject({
    changed: 1,
  });
  await shop.finalize();
  expect(await stock()).toEqual([38]);
  // Without a time of its own it is of the shop clock.
  await shop.loadDimension('stock', [count(5)]);
  await shop.give(passing('12:00:00'));
  await shop.finalize();
  expect(await status()).toMatchObject([{ available_stock: 5, counted_at: '2020-03-01T11:00:00.000000Z' }]);
  expect(await alerts()).toEqual([['11:00:00', null, 5, 'open']]);
});

test('after a close by end a count of any time acts, whether or not more events come', async () => {
  await shop.give([bought('10:00:00', 2)]);
  await shop.finalize(true);
  await shop.loadDimension('stock', [count(30, '23:00:00')]);
  await shop.finalize(true);
  expect(await status()).toMatchObject([{ available_stock: 30, is_final: true, revision: 1 }]);
  await shop.give([bought('10:30:00', 2)]);
  await shop.finalize();
  expect(await finalRows('inventory_status')).toMatchObject([{ available_stock: -2, counted_at: null }]);
  expect(await status()).toMatchObject([{ available_stock: 30, is_final: false }]);
  expect(await shop.verify()).toMatchObject({ equal: true });
});

test('names are those of the catalogue at the last entry, else as last sent; loaded again, they follow', async () => {
  await shop.give([
    bought('10:00:00', 1, { product_name: 'Boot', category: 'Feet' }),
    bought('10:01:00'),
    ...passing('11:00:00'),
  ]);
  await shop.finalize();
  expect(await status()).toMatchObject([{ product_name: 'Boot', category: 'Feet', revision: 0 }]);
  const version = (valid_from: string, product_name: string) => ({ product_id: 'shoe', product_name, valid_from });
  await shop.loadDimension('product', [
    version('2020-03-01T09:00:00Z', 'Shoe'),
    version('2020-03-01T10:30:00Z', 'Later shoe'),
  ]);
  await shop.finalize();
  expect(await status()).toMatchObject([{ product_name: 'Shoe', category: 'Feet', revision: 1 }]);
  await shop.loadDimension('stock', [count(3, '10:40:00')]);
  await shop.finalize();
  expect(await status()).toMatchObject([{ product_name: 'Later shoe', revision: 2 }]);
});

test('receipts hold the movements of a row, and of an alert those of its time', async () => {
  await shop.loadDimension('stock', [count(12)]);
  await shop.give([
    bought('10:00:00', 1),
    moved('10:00:30', 'view'),
    bought('10:01:00', 3),
    moved('10:02:00', 'refund', { quantity: 4, properties: '{"restocked":true}' }),
    bought('10:03:00', 1),
    bought('10:03:00', 1, { product_id: 'sock' }),
  ]);
  await shop.finalize(true);
  const times = (view: string) =>
    shop.ask(async (reading) => {
      const outcome = await receipt(reading, viewNamed(view), { product_id: 'shoe' }, 9);
      if (outcome.found !== 'one') throw new Error(outcome.found);
      return outcome.receipt.events.sample.map(({ event_timestamp }) => clockOf(event_timestamp));
    });
  expect(await times('inventory_status')).toEqual(['10:00:00', '10:01:00', '10:02:00', '10:03:00']);
  expect(await times('low_stock_alerts')).toEqual(['10:01:00', '10:02:00']);
});

test('a database made anew has the counts of its facts', async () => {
  await shop.loadDimension('stock', [count(40)]);
  await shop.give(passing('12:00:00'));
  await shop.loadDimension('stock', [count(7)]);
  await shop.leave();
  for (const name of ['footfall.duckdb', 'footfall.duckdb.wal']) rmSync(join(shop.folder, name), { force: true });
  shop = await TestShop.at(shop.folder);
  await shop.give([bought('11:59:00', 1), bought('12:00:01', 2)]);
  await shop.finalize(true);
  expect(await status()).toMatchObject([{ available_stock: 5, counted_at: '2020-03-01T12:00:00.000000Z' }]);
});

test.each([
  [count(-1), 'stock is not a whole number from 0 to 999999999: -1'],
  [{ ...count(1), stock: '1.5' }, 'stock is not a whole number from 0 to 999999999: 1.5'],
  [{ ...count(1), stock: '1000000000' }, 'stock is not a whole number from 0 to 999999999: 1000000000'],
  [{ ...count(1), stock: '' }, 'stock is not a whole number from 0 to 999999999: empty'],
  [{ ...count(1), product_id: '' }, 'product_id is empty'],
  [{ ...count(1), counted_at: 'noon' }, 'counted_at is not a time from 1990 to 2199: noon'],
  [
    { ...count(1), counted_at: '1989-12-31T23:59:59Z' },
    'counted_at is not a time from 1990 to 2199: 1989-12-31T23:59:59Z',
  ],
  [
    { ...count(1), counted_at: '2200-01-01T00:00:00Z' },
    'counted_at is not a time from 1990 to 2199: 2200-01-01T00:00:00Z',
  ],
])('a wrong row is named with its line: %j', async (row, reason) => {
  const loading = shop.loadDimension('stock', [count(1, '10:00:00'), row]);
  await expect(loading).rejects.toMatchObject({ code: 'dimension.row', params: { line: '3', reason } });
  expect(await shop.rows("SELECT count(*) AS n FROM dimension WHERE kind = 'stock'")).toEqual([{ n: 0 }]);
});

test('a file without the columns that are needed is refused', async () => {
  await expect(shop.loadDimension('stock', [{ product_id: 'shoe', quantity: '1' }])).rejects.toMatchObject({
    code: 'dimension.columns',
    params: { missing: 'stock' },
  });
});
