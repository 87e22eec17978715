import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { TestShop } from './test-shop.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await TestShop.open({ zone: 'Europe/Berlin' });
});
afterEach(() => shop.close());

const bought = (id: string, time: string, currency: string | null, amount: string): CanonicalEvent => ({
  event_id: id,
  event_time: time,
  event_type: 'purchase',
  session_id: id,
  user_id: '7',
  price: amount,
  quantity: 3,
  amount,
  currency,
});
const rate = (date: string, currency: string, worth: string) => ({ date, currency, rate: worth });
const revenue = async () =>
  Object.fromEntries(
    (await shop.tables()).user_session_analytics.map(({ user_session, total_purchase_value }) => [
      user_session,
      total_purchase_value,
    ]),
  );

/** 23:59 and 00:00 in Berlin. */
const BEFORE_MIDNIGHT = '2020-01-10T22:59:59.999999Z';
const MIDNIGHT = '2020-01-10T23:00:00Z';

test('money takes the rate of its shop day, or of the newest day before; the own currency needs none', async () => {
  await shop.loadDimension('rates', [rate('2020-01-10', 'EUR', '1.1'), rate('2020-01-11', 'EUR', '1.2')]);
  await shop.give([
    bought('early', '2020-01-09T12:00:00Z', 'EUR', '10'),
    bought('eve', BEFORE_MIDNIGHT, 'EUR', '10'),
    bought('day', MIDNIGHT, 'EUR', '10'),
    bought('months after', '2020-04-01T00:00:00Z', 'EUR', '10'),
    bought('other', MIDNIGHT, 'SEK', '10'),
    bought('own', MIDNIGHT, 'USD', '10'),
    bought('none', MIDNIGHT, null, '10'),
  ]);
  await shop.finalize(true);
  expect(await revenue()).toEqual({
    early: '0.0000',
    eve: '11.0000',
    day: '12.0000',
    'months after': '12.0000',
    other: '0.0000',
    own: '10.0000',
    none: '10.0000',
  });
  expect(shop.shop.unconverted).toBe(2);
});

test('rates that come later restate what they change, and say that they did', async () => {
  await shop.give([bought('a', MIDNIGHT, 'EUR', '10'), bought('b', MIDNIGHT, 'USD', '5')]);
  await shop.give([bought('c', '2020-02-10T00:00:00Z', 'USD', '1')]);
  await shop.finalize();
  expect(shop.shop.unconverted).toBe(1);

  expect(await shop.loadDimension('rates', [rate('2020-01-11', 'EUR', '1.1')])).toMatchObject({
    changed: 1,
    events: 1,
  });
  expect(shop.shop.unconverted).toBe(0);
  await shop.finalize();
  const rows = (await shop.tables()).user_session_analytics;
  expect(
    rows
      .map(({ user_session, total_purchase_value, revision }) => [user_session, total_purchase_value, revision])
      .sort(),
  ).toEqual([
    ['a', '11.0000', 1],
    ['b', '5.0000', 0],
    ['c', '1.0000', 0],
  ]);
  for (const view of ['user_session_analytics', 'event_aggregations', 'hourly_patterns', 'conversion_funnel'])
    expect(await shop.rows(`SELECT DISTINCT cause FROM result.${view}_history`)).toEqual([{ cause: 'rates' }]);
  expect(await shop.verify()).toMatchObject({ equal: true, raw: { differences: 0 } });

  expect(await shop.loadDimension('rates', [rate('2020-01-11', 'EUR', '1.10')])).toMatchObject({ events: 0 });
});

test('a correction after everything was closed by end restates too', async () => {
  await shop.loadDimension('rates', [rate('2020-01-11', 'EUR', '1.1')]);
  await shop.give([bought('a', MIDNIGHT, 'EUR', '10')]);
  await shop.finalize(true);
  await shop.loadDimension('rates', [rate('2020-01-11', 'EUR', '1.3')]);
  await shop.finalize(true);
  expect(await revenue()).toEqual({ a: '13.0000' });
  expect(await shop.rows('SELECT cause FROM result.user_session_analytics_history')).toEqual([{ cause: 'rates' }]);
  expect(await shop.verify()).toMatchObject({ equal: true });
});

test('prices are converted as amounts are; quantities are not money', async () => {
  await shop.loadDimension('rates', [rate('2020-01-01', 'EUR', '0.00005')]);
  await shop.give([
    { ...bought('down', MIDNIGHT, 'EUR', '5'), brand: 'x', amount: null },
    { ...bought('up', MIDNIGHT, 'EUR', '7'), brand: 'x', amount: null },
  ]);
  await shop.finalize(true);
  // 2.5 and 3.5 units of 1/10,000 go to the even ones; the amounts, of three pieces, are 7.5 and 10.5.
  expect(await shop.rows('SELECT price, amount, quantity, foreign_price FROM raw ORDER BY seq')).toEqual([
    { price: '0.0002', amount: '0.0008', quantity: 3, foreign_price: '5.0000' },
    { price: '0.0004', amount: '0.0010', quantity: 3, foreign_price: '7.0000' },
  ]);
  expect((await shop.tables()).event_aggregations).toMatchObject([
    { min_price: '0.0002', max_price: '0.0004', avg_price: expect.closeTo(0.0003, 12), total_revenue: '0.0018' },
  ]);
});

test('money that would be out of bounds stays unconverted, whether the rate was there first or not', async () => {
  const large = bought('a', MIDNIGHT, 'EUR', '999999999.9999');
  await shop.give([large]);
  await shop.loadDimension('rates', [rate('2020-01-01', 'EUR', '1.0000000001')]);
  await shop.give([{ ...large, event_id: 'b', session_id: 'b' }]);
  await shop.finalize(true);
  expect([shop.shop.unconverted, await revenue()]).toEqual([2, { a: '0.0000', b: '0.0000' }]);
});

test('copies are copies whatever the rate was when they came', async () => {
  const event = bought('a', MIDNIGHT, 'EUR', '10');
  await shop.give([event]);
  await shop.loadDimension('rates', [rate('2020-01-01', 'EUR', '2')]);
  expect(await shop.give([event, { ...event, amount: '11' }])).toMatchObject({ events: 0, duplicates: 1, rejected: 1 });
});

test('in another zone the days of the rates begin at other times', async () => {
  await shop.loadDimension('rates', [rate('2020-01-10', 'EUR', '1.1'), rate('2020-01-11', 'EUR', '1.2')]);
  await shop.give([bought('a', MIDNIGHT, 'EUR', '10')]);
  await shop.finalize(true);
  shop.settings = { ...shop.settings, zone: 'UTC' };
  await shop.reopen();
  await shop.finalize(true);
  expect(await revenue()).toEqual({ a: '11.0000' });
  expect(await shop.verify()).toMatchObject({ equal: true, raw: { differences: 0 } });
});

test('a database made anew has the rates of its facts', async () => {
  await shop.loadDimension('rates', [rate('2020-01-11', 'EUR', '1.1')]);
  await shop.loadDimension('rates', [rate('2020-01-11', 'EUR', '1.5'), rate('2020-01-12', 'EUR', '9')]);
  await shop.leave();
  for (const name of ['footfall.duckdb', 'footfall.duckdb.wal']) rmSync(join(shop.folder, name), { force: true });
  shop = await TestShop.at(shop.folder, { zone: 'Europe/Berlin' });
  await shop.give([bought('a', MIDNIGHT, 'EUR', '10')]);
  await shop.finalize(true);
  expect(await revenue()).toEqual({ a: '15.0000' });
});

test.each([
  [rate('2020-02-30', 'EUR', '1'), 'date is not a day from 1990 to 2199 such as 2019-10-01: 2020-02-30'],
  [rate('10.1.2020', 'EUR', '1'), 'date is not a day from 1990 to 2199 such as 2019-10-01: 10.1.2020'],
  [rate('2020-01-01', '', '1'), 'currency is empty'],
  [rate('2020-01-01', 'EUR', '0'), 'rate is not a number above 0 and below 10000000 with at most 10 decimals: 0'],
])('a wrong row is named with its line: %j', async (row, reason) => {
  const loading = shop.loadDimension('rates', [rate('2020-01-01', 'SEK', '0.1'), row]);
  await expect(loading).rejects.toMatchObject({ code: 'dimension.row', params: { line: '3', reason } });
  expect(await shop.rows("SELECT * FROM dimension WHERE kind = 'rates'")).toEqual([]);
});

test('a file without a column that rates need is refused', async () => {
  await expect(shop.loadDimension('rates', [{ date: '2020-01-01', currency: 'EUR' }])).rejects.toMatchObject({
    code: 'dimension.columns',
    params: { missing: 'rate' },
  });
});
