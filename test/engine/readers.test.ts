import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { Reader } from '../../src/engine/read.ts';
import { TestShop } from './test-shop.ts';

const event = (i: number) => ({
  event_id: String(i),
  event_time: new Date(Date.UTC(2020, 0, 1) + i * 60_000).toISOString(),
  event_type: i % 5 === 0 ? 'purchase' : i % 3 === 0 ? 'cart_add' : 'view',
  session_id: String(i % 7),
  user_id: String(i % 7),
  product_id: String(i % 4),
  price: '2',
  amount: '2',
});

test('a reader that panels share keeps as many tables as there are views, however much is asked of it', async () => {
  const shop = await TestShop.open();
  const session = await shop.shop.database.connect();
  const reader = new Reader(shop.shop, session);
  const tables = () => session.rows('SELECT table_name AS name FROM duckdb_tables() WHERE temporary ORDER BY name');
  const ask = (i: number) =>
    reader.ask(
      [catalog[i % catalog.length] ?? catalog[0]].flatMap((view) => view ?? []),
      ({ database }) =>
        database.rows(`SELECT count(*) AS n FROM ${catalog[i % catalog.length]?.name} WHERE epoch >= ${i}`),
    );
  const askAll = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      if (i % 10 === 0) await shop.give([event(i)]);
      if (i % 40 === 0) await shop.finalize();
      await ask(i);
    }
    return tables();
  };
  const before = await askAll(0, 100);
  expect(await askAll(100, 200)).toEqual(before);
  expect(before.length).toBeLessThan(5 * catalog.length);
  await shop.shop.database.disconnect(session);
  await shop.close();
}, 60_000);

test('a fact that changes live rows is seen at once, without a batch or an epoch', async () => {
  const shop = await TestShop.open();
  await shop.give([{ ...event(5), currency: 'EUR' }]);
  const revenue = async () => (await shop.tables()).user_session_analytics[0]?.['total_purchase_value'];
  expect(await revenue()).toBe('0.0000');
  await shop.loadDimension('rates', [{ date: '2020-01-01', currency: 'EUR', rate: '3' }]);
  expect(await revenue()).toBe('6.0000');
  await shop.close();
});
