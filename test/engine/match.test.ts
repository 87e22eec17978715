import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { receipt } from '../../src/engine/receipt.ts';
import { matchScripts } from './match-scripts.ts';
import { performAll } from './soak.ts';
import { TestShop } from './test-shop.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await TestShop.open();
});
afterEach(() => shop.close());

let number = 0;
const eventAt = (clock: string, event_type: string, fields: Partial<CanonicalEvent> = {}): CanonicalEvent => {
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
const click = (clock: string, fields?: Partial<CanonicalEvent>) => eventAt(clock, 'view', fields);
const purchase = (clock: string, fields?: Partial<CanonicalEvent>) => eventAt(clock, 'purchase', fields);
/** Brings the watermark to a time, by an event that is no click and no purchase. */
const passing = (clock: string) => [eventAt(clock, 'page', { product_id: null })];

/** Start of the window, clicks, purchases and rate of each row, with what else is asked for. */
async function rows(...more: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  const columns = ['clicks', 'purchases', 'conversion_rate', ...more];
  const { click_purchase_conversion } = await shop.tables();
  return click_purchase_conversion
    .map((row) => [String(row['window_start']).slice(11, 16), ...columns.map((column) => row[column])] as const)
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

test('a purchase goes to the latest click before it, at most ten minutes older, of the same visitor and product', async () => {
  await shop.give([
    click('12:00:00'),
    click('12:06:00'),
    purchase('12:07:00'),
    purchase('12:16:00'),
    purchase('12:16:00.000001'),
    purchase('12:07:00', { user_id: '8' }),
    purchase('12:07:00', { product_id: 'sock' }),
    click('12:01:00', { user_id: null }),
    purchase('12:02:00', { user_id: null }),
  ]);
  await shop.finalize(true);
  expect(await rows()).toEqual([
    ['12:00', 2, 0, 0],
    ['12:05', 1, 2, 1],
  ]);
});

test('at equal times the order of ids decides', async () => {
  await shop.give([
    click('12:04:00', { event_id: 'b' }),
    click('12:04:00', { event_id: 'd', event_type: 'cart_add' }),
    purchase('12:04:00', { event_id: 'a' }),
    purchase('12:04:00', { event_id: 'c' }),
    purchase('12:04:00', { event_id: 'e' }),
  ]);
  await shop.finalize(true);
  expect(await rows()).toEqual([['12:00', 2, 2, 1]]);
});

test('a row is final ten minutes after its window, when the last purchase that it may count has come', async () => {
  await shop.give([click('12:04:59.999999')]);
  await shop.give(passing('12:24:59'));
  await shop.finalize();
  expect(await rows('is_final')).toEqual([['12:00', 1, 0, 0, false]]);
  await shop.give([purchase('12:14:59.999999')]);
  expect(await rows('is_final')).toEqual([['12:00', 1, 1, 1, false]]);
  await shop.give(passing('12:25:00'));
  await shop.finalize();
  expect(await rows('is_final', 'revision', 'late_events')).toEqual([['12:00', 1, 1, 1, true, 0, 0]]);
});

test('a late purchase restates the window of its click, a late click takes a purchase from an earlier one', async () => {
  await shop.give([click('12:00:00'), purchase('12:09:00')]);
  await shop.give(passing('13:00:00'));
  await shop.finalize();
  expect(await rows('revision', 'late_events')).toEqual([['12:00', 1, 1, 1, 0, 0]]);

  await shop.give([purchase('12:10:00')]);
  await shop.finalize();
  expect(await rows('revision', 'late_events')).toEqual([['12:00', 1, 2, 1, 1, 1]]);

  await shop.give([click('12:08:00')]);
  await shop.finalize();
  expect(await rows('revision', 'late_events')).toEqual([
    ['12:00', 1, 0, 0, 2, 0],
    ['12:05', 1, 2, 1, 0, 2],
  ]);
  expect(await shop.verify()).toMatchObject({ equal: true });
});

test('a window that an event of a load changes waits until the load has passed what may follow in it', async () => {
  await shop.give(passing('18:00:00'));
  await shop.finalize();
  const load = { partition: () => 'history', load: 1 };
  await shop.give([click('12:00:00')], load);
  // The window has ended for the load too, but a purchase may still follow.
  await shop.give([eventAt('12:24:59', 'page', { product_id: null })], load);
  await shop.finalize();
  expect(await rows()).toEqual([]);
  expect(await shop.hasMarks()).toBe(true);
  await shop.give([purchase('12:10:00')], { ...load, ended: ['history'] });
  await shop.finalize();
  expect(await rows('is_final')).toEqual([['12:00', 1, 1, 1, true]]);
  expect(await shop.hasMarks()).toBe(false);
});

test('the events of a row are its clicks and the purchases that they are counted with', async () => {
  await shop.give([
    click('12:00:00', { event_id: 'early' }),
    click('12:04:00', { event_id: 'click' }),
    click('12:04:30', { event_id: 'other product', product_id: 'sock' }),
    purchase('12:06:00', { event_id: 'bought' }),
    purchase('12:13:59', { event_id: 'bought too' }),
    purchase('12:14:01', { event_id: 'too late' }),
    click('12:14:02', { event_id: 'next' }),
    purchase('12:14:03', { event_id: 'of the next' }),
  ]);
  const conversion = shop.shop.view('click_purchase_conversion');
  if (conversion === undefined) throw new Error('there is no such view');
  const key = { window_start: '2020-03-01T12:00:00Z', product_id: 'shoe' };
  const outcome = await shop.ask((reading) => receipt(reading, conversion, key, 100));
  if (outcome.found !== 'one') throw new Error(outcome.found);
  const { row, events } = outcome.receipt;
  expect(row).toMatchObject({ clicks: 2, purchases: 2 });
  expect(events.count).toBe(4);
  expect(events.sample.map((each) => each['event_id'])).toEqual(['early', 'click', 'bought', 'bought too']);
});

test('whatever comes late, a purchase is counted where the oracle counts it', { timeout: 12 * 3_600_000 }, async () => {
  await performAll(matchScripts(), 2);
});
