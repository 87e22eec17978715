import { expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { minutes } from '../../src/core/time.ts';
import { differences, expectedTables } from './differences.ts';
import { TestShop } from './test-shop.ts';

const sale = (id: string, event_time: string): CanonicalEvent => ({
  event_id: id,
  event_time,
  event_type: 'purchase',
  session_id: id,
  user_id: '7',
  product_id: 'shoe',
  amount: '10',
});
const EVENTS = ['2020-03-28T23:30:00Z', '2020-03-29T00:30:00Z', '2020-03-29T22:30:00Z'].map((time, i) =>
  sale(String(i), time),
);
const NONE = { products: [], users: [], rates: [], counts: [] };

test('a shop that has events keeps its currency', async () => {
  const shop = await TestShop.open({ currency: 'EUR' });
  shop.settings = { ...shop.settings, currency: 'GBP' };
  await shop.reopen();
  await shop.give(EVENTS);
  await shop.finalize(true);
  shop.settings = { ...shop.settings, currency: 'USD' };
  await expect(shop.reopen()).rejects.toMatchObject({
    code: 'config.currency_fixed',
    params: { stored: 'GBP', currency: 'USD' },
  });
  shop.settings = { ...shop.settings, currency: 'GBP' };
  await shop.start();
  expect(await shop.verify()).toMatchObject({ equal: true });
  await shop.close();
});

test('rates that are loaded fix the currency, too: they are what others are worth in it', async () => {
  const shop = await TestShop.open({ currency: 'EUR' });
  await shop.loadDimension('rates', [{ date: '2020-01-01', currency: 'SEK', rate: '0.1' }]);
  shop.settings = { ...shop.settings, currency: 'USD' };
  await expect(shop.reopen()).rejects.toMatchObject({ code: 'config.currency_fixed' });
  shop.settings = { ...shop.settings, currency: 'EUR' };
  await shop.start();
  await shop.close();
});

test('a shop that is opened in another zone has the calendar of that zone, and rates of its days', async () => {
  const shop = await TestShop.open({ zone: 'UTC' });
  const rates = [
    { date: '2020-03-28', currency: 'SEK', rate: '0.1' },
    { date: '2020-03-29', currency: 'SEK', rate: '0.2' },
  ];
  await shop.loadDimension('rates', rates);
  const events = EVENTS.map((event) => ({ ...event, currency: 'SEK' }));
  await shop.give(events);
  await shop.finalize(true);
  for (const zone of ['UTC', 'Europe/Berlin', 'America/New_York', 'UTC']) {
    shop.settings = { ...shop.settings, zone };
    await shop.reopen();
    await shop.finalize(true);
    const settings = { zone, gapMicros: minutes(30) };
    expect(differences(expectedTables(events, { ...NONE, rates }, settings), await shop.tables())).toEqual([]);
    expect(await shop.verify()).toMatchObject({ equal: true });
  }
  await shop.close();
});
