import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cartAbandonment } from '../../shop/views/globalmart/cart-abandonment.ts';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { days, minutes, seconds } from '../../src/core/time.ts';
import { receipt } from '../../src/engine/receipt.ts';
import { cartStreams } from './cart-scripts.ts';
import { SEED, SOAK } from './soak.ts';
import { TestShop } from './test-shop.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await TestShop.open();
});
afterEach(() => shop.close());

let number = 0;
/** What a visitor did on a day of March 2020, as `1T12:00:00`. */
const did = (event_type: string, at: string, fields: Partial<CanonicalEvent> = {}): CanonicalEvent => {
  number += 1;
  return {
    event_id: `e${String(number).padStart(6, '0')}`,
    event_type,
    session_id: 's',
    user_id: '7',
    product_id: 'shoe',
    ...fields,
    event_time: `2020-03-${at.padStart(at.indexOf('T') === 1 ? at.length + 1 : at.length, '0')}Z`,
  };
};
const added = (at: string, fields?: Partial<CanonicalEvent>) => did('cart_add', at, { price: '5', ...fields });
const removed = (at: string, fields?: Partial<CanonicalEvent>) => did('cart_remove', at, fields);
const bought = (at: string, fields?: Partial<CanonicalEvent>) => did('purchase', at, { amount: '9', ...fields });
/** Brings the watermark to ten minutes before a time. */
const passing = (at: string) => [did('page', at, { product_id: null, session_id: 'other', user_id: '1' })];

const amountOf = ({ price, quantity }: CanonicalEvent): number => Number(price ?? 0) * (quantity ?? 1);

const rows = async (...columns: readonly string[]) =>
  (await shop.tables()).cart_abandonment.map((row) => columns.map((column) => row[column]));
const clock = (text: string) => `2020-03-${text}.000000Z`;

test('a cart is what was put in and not taken out, at its latest price', async () => {
  await shop.give([
    removed('1T11:00:00', { quantity: 5 }),
    added('1T12:00:00', { quantity: 2, price: '3' }),
    added('1T12:01:00', { price: '4.5' }),
    added('1T12:02:00', { price: null }),
    removed('1T12:03:00'),
    added('1T12:04:00', { product_id: 'Sock', quantity: 2, price: null }),
    added('1T12:05:00', { product_id: 'hat' }),
    removed('1T12:06:00', { product_id: 'hat', quantity: 3 }),
    added('1T12:07:00', { product_id: null, price: '0.0001' }),
  ]);
  await shop.finalize(true);
  expect((await shop.tables()).cart_abandonment).toMatchObject([
    {
      session_id: 's',
      user_id: '7',
      cart_value: '13.5001',
      items: 6,
      products: [
        { product_id: 'Sock', quantity: 2, price: null },
        { product_id: 'shoe', quantity: 3, price: '4.5000' },
        { product_id: null, quantity: 1, price: '0.0001' },
      ],
      last_cart_event: clock('01T12:07:00'),
      status: 'abandoned',
      abandoned_at: clock('01T12:08:00'),
      recovered_at: null,
      recovered_amount: '0.0000',
      is_final: true,
    },
  ]);
});

test('a value beyond what an amount may be is exact too', async () => {
  await shop.give([
    added('1T12:00:00', { quantity: 999_999, price: '0.0001' }),
    added('1T12:00:01', { price: '999999999.9999' }),
  ]);
  await shop.finalize(true);
  expect(await rows('cart_value')).toEqual([['999999999999900.0000']]);
});

test('an emptied cart is none, nor one that was bought within a minute, here or elsewhere', async () => {
  const elsewhere = { session_id: 'phone' };
  await shop.give([
    added('1T12:00:00', { session_id: 'emptied' }),
    removed('1T12:00:05', { session_id: 'emptied' }),
    added('1T12:00:00'),
    bought('1T12:00:59.999999', { product_id: 'hat' }),
    added('1T13:00:00', { session_id: 'a' }),
    bought('1T13:00:30', elsewhere),
    added('1T14:00:00', { session_id: 'b', user_id: '8' }),
    bought('1T14:00:30', { ...elsewhere, product_id: 'sock', user_id: '8' }),
    bought('1T14:00:30', elsewhere),
  ]);
  await shop.finalize(true);
  expect(await rows('session_id', 'status')).toEqual([['b', 'abandoned']]);
});

test('what recovers a cart: any purchase in its session, or of what is in it, within seven days', async () => {
  await shop.give([
    added('1T12:00:00'),
    added('1T12:00:00', { product_id: 'hat' }),
    removed('1T12:00:01', { product_id: 'hat' }),
    bought('1T12:01:00.999999', { session_id: 'x', product_id: 'hat' }),
    bought('1T12:01:01', { product_id: 'sock', user_id: '8', amount: '1' }),
    bought('3T00:00:00', { session_id: null, amount: '20' }),
    bought('8T12:00:01', { session_id: 'x', amount: '300' }),
    bought('8T12:00:01.000001', { session_id: 'x', amount: '4000' }),
  ]);
  await shop.finalize(true);
  expect(await rows('session_id', 'status', 'recovered_at', 'recovered_amount')).toEqual([
    ['s', 'recovered', clock('01T12:01:01'), '321.0000'],
  ]);
});

test('a purchase empties the carts of its session: what comes after it is a new one', async () => {
  await shop.give([
    added('1T12:00:00'),
    bought('1T12:05:00'),
    added('1T12:30:00', { product_id: 'hat' }),
    bought('1T12:30:00', { event_id: 'a' }),
  ]);
  await shop.finalize(true);
  expect(await rows('items', 'status', 'abandoned_at')).toEqual([[1, 'abandoned', clock('01T12:31:00')]]);
});

test('what lay in a cart for more than seven days before its last event is forgotten', async () => {
  await shop.give([
    added('1T12:00:00'),
    added('1T12:00:01', { product_id: 'sock' }),
    added('8T12:00:01', { product_id: 'hat' }),
  ]);
  await shop.finalize(true);
  expect(await rows('items', 'last_cart_event')).toEqual([[2, clock('08T12:00:01')]]);
});

test('without a session id carts are a visitor’s, cut by the gap, and without either there is none', async () => {
  const loose = { session_id: null };
  await shop.give([
    added('1T12:00:00', loose),
    added('1T12:30:00', loose),
    added('1T13:00:00.000001', loose),
    bought('1T13:30:00.000001', { ...loose, product_id: 'hat' }),
    bought('1T13:30:00.000002', { ...loose, product_id: 'sock' }),
    added('1T12:00:00', { ...loose, user_id: null }),
    added('1T12:00:00', { session_id: 'nobody', user_id: null }),
  ]);
  await shop.finalize(true);
  const micros = (clock: string) => `~7~${Date.parse(`2020-03-01T${clock}Z`) * 1000}`;
  expect((await rows('session_id', 'user_id', 'items', 'status')).sort()).toEqual([
    ['nobody', null, 1, 'abandoned'],
    [micros('12:00:00'), '7', 2, 'abandoned'],
    [`${micros('13:00:00').slice(0, -1)}1`, '7', 1, 'recovered'],
  ]);
});

test('cart events without a visitor are the only visitor’s, if there is exactly one', async () => {
  await shop.give([
    added('1T12:00:00', { user_id: null }),
    added('1T12:01:00'),
    added('1T12:00:00', { user_id: null, session_id: 't' }),
    added('1T12:01:00', { session_id: 't' }),
    added('1T12:02:00', { session_id: 't', user_id: '8' }),
  ]);
  await shop.finalize(true);
  expect((await rows('session_id', 'user_id', 'items')).map(String).sort()).toEqual([
    's,7,2',
    't,,1',
    't,7,1',
    't,8,1',
  ]);
});

test('a cart is open, then abandoned, and final when the watermark has passed seven days', async () => {
  await shop.give([added('1T12:00:00'), ...passing('1T12:00:59.999999')]);
  expect(await rows('status', 'abandoned_at', 'is_final')).toEqual([['open', null, false]]);
  await shop.give(passing('1T12:01:00'));
  await shop.finalize();
  expect(await rows('status', 'abandoned_at', 'is_final')).toEqual([['abandoned', clock('01T12:01:00'), false]]);
  await shop.give([bought('2T12:00:00')]);
  expect(await rows('status', 'is_final')).toEqual([['recovered', false]]);
  await shop.give(passing('8T12:10:00'));
  await shop.finalize();
  expect(await rows('is_final')).toEqual([[false]]);
  await shop.give(passing('8T12:10:00.000001'));
  await shop.finalize();
  expect(await rows('status', 'is_final', 'revision', 'late_events')).toEqual([['recovered', true, 0, 0]]);
});

test('when the source is silent, the clock abandons a cart, and what it says is final stays so', async () => {
  shop.runWithTime();
  await shop.give([added('1T12:00:00')]);
  await shop.tick(seconds(50));
  expect(await rows('status')).toEqual([['open']]);
  await shop.tick(seconds(10));
  expect(await rows('status', 'abandoned_at', 'is_final')).toEqual([['abandoned', clock('01T12:01:00'), false]]);
  await shop.reopen();
  expect(await rows('status', 'is_final')).toEqual([['abandoned', false]]);
  await shop.tick(days(7) + minutes(10));
  await shop.finalize();
  const quiet = await rows('status', 'abandoned_at', 'last_cart_event', 'items', 'is_final');
  expect(quiet).toEqual([['abandoned', clock('01T12:01:00'), clock('01T12:00:00'), 1, true]]);
  expect(await shop.verify()).toMatchObject({ equal: true });
  await shop.close();
  shop = await TestShop.open();
  await shop.give([added('1T12:00:00')]);
  await shop.finalize(true);
  expect(await rows('status', 'abandoned_at', 'last_cart_event', 'items', 'is_final')).toEqual(quiet);
});

test('late cart events and late purchases, of any session of the visitor, restate what was final', async () => {
  const state = ['items', 'status', 'recovered_amount', 'revision', 'late_events'] as const;
  await shop.give([added('1T12:00:00'), ...passing('20T12:00:00')]);
  await shop.finalize();
  expect(await rows(...state)).toEqual([[1, 'abandoned', '0.0000', 0, 0]]);
  const steps: readonly (readonly [CanonicalEvent, readonly unknown[]])[] = [
    [bought('8T12:00:00', { session_id: 'phone' }), [1, 'recovered', '9.0000', 1, 1]],
    [added('1T11:59:00'), [2, 'recovered', '9.0000', 2, 2]],
    [bought('8T12:00:00.000001', { session_id: 'phone' }), [2, 'recovered', '9.0000', 2, 2]],
    [bought('1T11:59:30', { session_id: 'phone' }), [2, 'recovered', '9.0000', 2, 2]],
    [bought('1T11:59:40'), [1, 'recovered', '9.0000', 3, 1]],
  ];
  for (const [event, expected] of steps) {
    await shop.give([event]);
    await shop.finalize();
    expect(await rows(...state)).toEqual([expected]);
  }
  await shop.give([bought('1T12:00:30', { session_id: 'phone' })]);
  await shop.finalize();
  expect(await rows(...state)).toEqual([]);
  expect(await shop.verify()).toMatchObject({ equal: true });
});

test('a session id that comes back is reopened, and its row stays until it is final again', async () => {
  await shop.give([added('1T12:00:00'), ...passing('12T12:00:00')]);
  await shop.finalize();
  await shop.give([added('12T13:00:00', { product_id: 'hat', quantity: 3 })]);
  await shop.finalize();
  expect(await rows('items', 'is_final')).toEqual([[3, false]]);
  expect(await shop.rows('SELECT items FROM result.cart_abandonment')).toEqual([{ items: 1 }]);
  await shop.give(passing('30T12:00:00'));
  await shop.finalize();
  expect(await rows('items', 'is_final', 'revision')).toEqual([[3, true, 1]]);
  expect(await shop.rows('SELECT items, op, cause FROM result.cart_abandonment_history')).toEqual([
    { items: 1, op: 'update', cause: 'reopened' },
  ]);
});

test('what a load changes waits until the load has passed seven days more', async () => {
  await shop.give(passing('30T12:00:00'));
  await shop.finalize();
  const load = { partition: () => 'history', load: 1 };
  await shop.give([added('1T12:00:00')], load);
  await shop.give(passing('8T12:09:59'), load);
  await shop.finalize();
  expect(await rows('status')).toEqual([]);
  await shop.give(passing('8T12:10:00'), load);
  await shop.finalize();
  expect(await rows('status', 'is_final')).toEqual([['abandoned', true]]);
  await shop.give([bought('8T12:00:00')], { ...load, ended: ['history'] });
  await shop.finalize();
  expect(await rows('status')).toEqual([['recovered']]);
  expect(await shop.hasMarks()).toBe(false);
});

test('a price that changes with a rate changes the value of what was final', async () => {
  await shop.give([
    added('1T12:00:00', { currency: 'EUR' }),
    bought('2T12:00:00', { currency: 'EUR' }),
    ...passing('20T12:00:00'),
  ]);
  await shop.finalize();
  expect(await rows('cart_value', 'recovered_amount')).toEqual([['0.0000', '0.0000']]);
  await shop.loadDimension('rates', [{ date: '2020-03-01', currency: 'EUR', rate: '2' }]);
  await shop.finalize();
  expect(await rows('cart_value', 'recovered_amount', 'revision')).toEqual([['10.0000', '18.0000', 1]]);
});

test('the events of a row are those of its cart and those that recovered it', async () => {
  await shop.give([
    added('1T11:00:00', { event_id: 'before' }),
    bought('1T11:10:00', { event_id: 'checkout' }),
    added('1T12:00:00', { event_id: 'in', quantity: 3 }),
    removed('1T12:01:00', { event_id: 'out' }),
    added('1T12:01:00', { event_id: 'another', user_id: '8' }),
    bought('2T12:00:00', { event_id: 'elsewhere', session_id: 'phone' }),
    bought('2T12:00:00', { event_id: 'something else', session_id: 'phone', product_id: 'sock' }),
    added('1T12:00:00', { event_id: 'loose', session_id: null, user_id: '9' }),
    bought('1T12:20:00', { event_id: 'bought loose', session_id: null, user_id: '9', product_id: 'hat' }),
  ]);
  const view = shop.shop.view('cart_abandonment');
  if (view === undefined) throw new Error('there is no such view');
  const eventsOf = (key: Record<string, string>) =>
    shop.ask(async (reading) => {
      const outcome = await receipt(reading, view, key, 100);
      if (outcome.found !== 'one') throw new Error(outcome.found);
      return outcome.receipt.events.sample.map((each) => each['event_id']);
    });
  expect(await eventsOf({ session_id: 's', user_id: '7' })).toEqual(['in', 'out', 'elsewhere']);
  expect(await eventsOf({ user_id: '9' })).toEqual(['loose', 'bought loose']);
});

test('what a receipt lists adds up to its row, whatever came when', { timeout: 60_000 }, async () => {
  const view = shop.shop.view('cart_abandonment');
  if (view === undefined) throw new Error('there is no such view');
  for (const { events } of fc.sample(cartStreams(), { seed: SEED, numRuns: 2 * SOAK })) {
    await shop.close();
    shop = await TestShop.open();
    await shop.give(events);
    await shop.finalize(true);
    const byId = new Map(events.map((event) => [event.event_id, event]));
    for (const row of (await shop.tables()).cart_abandonment) {
      const key = { session_id: String(row['session_id']), user_id: String(row['user_id']) };
      const outcome = await shop.ask((reading) => receipt(reading, view, key, 100));
      if (outcome.found !== 'one') throw new Error(`${outcome.found} for ${JSON.stringify(key)}`);
      const listed = outcome.receipt.events.sample.flatMap((each) => byId.get(String(each['event_id'])) ?? []);
      const purchases = listed.filter(({ event_type }) => event_type === 'purchase');
      const moves = listed.filter(({ event_type }) => event_type !== 'purchase');
      const pieces = (type: string) =>
        moves.reduce((sum, event) => sum + (event.event_type === type ? (event.quantity ?? 1) : 0), 0);
      const where = `FOOTFALL_SEED=${SEED} ${JSON.stringify({ row, listed })}`;
      const amount = purchases.reduce((sum, event) => sum + Number(event.amount ?? amountOf(event)), 0);
      expect(Number(row['recovered_amount']), where).toBeCloseTo(amount, 3);
      expect(purchases.length > 0, where).toBe(row['status'] === 'recovered');
      expect(
        moves
          .map(({ event_time }) => event_time)
          .sort()
          .at(-1),
        where,
      ).toBe(row['last_cart_event']);
      // What is taken out of an empty cart leaves it empty.
      expect(pieces('cart_add') - pieces('cart_remove'), where).toBeLessThanOrEqual(Number(row['items']));
      if (pieces('cart_remove') === 0) expect(pieces('cart_add'), where).toBe(row['items']);
    }
  }
});

test('the threshold is a setting of the view', async () => {
  shop.views = [
    ...shop.views.filter(({ name }) => name !== 'cart_abandonment'),
    cartAbandonment({ gap: minutes(30), threshold: minutes(5) }),
  ];
  await shop.reopen();
  await shop.give([
    added('1T12:00:00'),
    added('1T12:00:00', { session_id: 't' }),
    bought('1T12:04:59', { session_id: 't', product_id: null }),
  ]);
  await shop.finalize(true);
  expect(await rows('session_id', 'abandoned_at')).toEqual([['s', clock('01T12:05:00')]]);
});
