import { expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { giveFact } from '../../src/engine/apply-fact.ts';
import { Engine } from '../../src/engine/engine.ts';
import { NOW, TestShop } from './test-shop.ts';

const sale = (id: string): CanonicalEvent => ({
  event_id: id,
  event_time: `2020-01-11T12:00:0${id}Z`,
  event_type: 'purchase',
  session_id: id,
  user_id: '7',
  product_id: 'shoe',
  amount: '10',
  currency: 'EUR',
});
const rate = (worth: string, currency = 'EUR') => ({ date: '2020-01-01', currency, rate: worth });
const revenue = async (shop: TestShop) =>
  (await shop.tables()).user_session_analytics.map(({ total_purchase_value }) => total_purchase_value);
const applied = async (shop: TestShop) =>
  Number((await shop.rows("SELECT value FROM setting WHERE name = 'facts_applied'"))[0]?.['value'] ?? 0);

/** Runs what gives a fact of two rows such that it is recorded, and the database then refuses what it does. */
async function failing(shop: TestShop, work: () => Promise<unknown>): Promise<void> {
  await shop.rows('CREATE UNIQUE INDEX one_row_each ON dimension (kind)');
  await expect(work()).rejects.toThrow(/constraint/i);
  await shop.rows('DROP INDEX one_row_each');
}
const failingRates = (shop: TestShop, worth: string) =>
  failing(shop, () => shop.loadDimension('rates', [rate(worth), rate('1', 'NOK')]));

test('a fact whose application failed acts before the next one, in the same process', async () => {
  const shop = await TestShop.open();
  await shop.give([sale('1')]);
  await failingRates(shop, '3');
  expect([shop.shop.facts.read().length, await applied(shop), shop.shop.factsApplied]).toEqual([1, 0, 0]);
  await shop.loadDimension('rates', [rate('5', 'SEK')]);
  expect([shop.shop.facts.read().length, await applied(shop), shop.shop.factsApplied]).toEqual([2, 2, 2]);
  await shop.finalize(true);
  expect(await revenue(shop)).toEqual(['30.0000']);
  await shop.close();
});

test('a fact cannot act out of its turn', async () => {
  const shop = await TestShop.open();
  await shop.loadDimension('rates', [rate('2')]);
  const { database } = shop.shop;
  const skipping = database.exclusively(() =>
    giveFact(shop.shop, async () => {
      await database.run("UPDATE setting SET value = '0' WHERE name = 'facts_applied'");
      const [fact] = shop.shop.facts.read();
      if (fact === undefined) throw new Error('no fact');
      return { fact, apply: async () => ({ outcome: null }) };
    }),
  );
  await expect(skipping).rejects.toThrow('fact 2 comes after fact 0');
  await shop.close();
});

test('rates that were rolled back convert nothing, until they act after all', async () => {
  const shop = await TestShop.open();
  await shop.loadDimension('rates', [rate('2')]);
  await failingRates(shop, '3');
  await shop.give([sale('1')]);
  expect(await shop.rows('SELECT amount FROM raw')).toEqual([{ amount: '20.0000' }]);
  await shop.reopen();
  await shop.finalize(true);
  expect(await revenue(shop)).toEqual(['30.0000']);
  await shop.close();
});

test('a catalogue that was rolled back names nothing, until it acts after all', async () => {
  const shop = await TestShop.open();
  const always = (product_id: string, category_name: string) => ({
    product_id,
    category_name,
    valid_from: '1970-01-01',
  });
  await shop.loadDimension('product', [always('shoe', 'Shoes')]);
  await failing(shop, () => shop.loadDimension('product', [always('shoe', 'Boots'), always('hat', 'Hats')]));
  await shop.give([sale('1')]);
  const names = 'SELECT s.text FROM raw JOIN symbol s ON s.id = category_name';
  expect(await shop.rows(names)).toEqual([{ text: 'Shoes' }]);
  await shop.reopen();
  expect(await shop.rows(names)).toEqual([{ text: 'Boots' }]);
  await shop.close();
});

test('rows follow a fact that acted when its process died before they did', async () => {
  const shop = await TestShop.open();
  await shop.give([sale('1')]);
  await shop.finalize(true);
  await shop.loadDimension('rates', [rate('4')]);
  expect(await shop.hasMarks()).toBe(true);
  await shop.reopen();
  expect(await shop.hasMarks()).toBe(false);
  expect(await revenue(shop)).toEqual(['40.0000']);
  expect(shop.shop.final.byEnd).toBe(true);
  // Once they do, opening the shop again changes nothing.
  const { epoch } = shop.shop.final;
  await shop.reopen();
  expect(shop.shop.final.epoch).toBe(epoch);
  await shop.close();
});

test('what came in before a process died is closed by the next one, although nothing new comes', async () => {
  const shop = await TestShop.open();
  await shop.give([sale('1'), { ...sale('2'), event_time: '2020-01-12T12:00:00Z' }]);
  await shop.reopen();
  expect(shop.shop.final.batch).toBe(0);
  const engine = new Engine(shop.shop, { events: 1_000_000, every: 0 }, () => NOW);
  await engine.tick();
  await engine.settled();
  expect(shop.shop.final.batch).toBe(1);
  expect((await revenue(shop)).length).toBe(2);
  await shop.close();
});
