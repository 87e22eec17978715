import { afterEach, beforeEach, expect, test } from 'vitest';
import { transactionAnomalies } from '../../shop/views/globalmart/transaction-anomalies.ts';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { receipt } from '../../src/engine/receipt.ts';
import { TestShop } from './test-shop.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await TestShop.open();
});
afterEach(() => shop.close());

let number = 0;
/** A purchase of a shoe on a day of March 2020, as `1T12:00:00`. */
const bought = (at: string, fields: Partial<CanonicalEvent> = {}): CanonicalEvent => {
  number += 1;
  return {
    event_id: `e${String(number).padStart(6, '0')}`,
    event_type: 'purchase',
    user_id: '7',
    product_id: 'shoe',
    category: 'wear',
    price: '5',
    country: 'DE',
    ...fields,
    event_time: `2020-03-${at.indexOf('T') === 1 ? `0${at}` : at}Z`,
  };
};
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
/** Brings the watermark to ten minutes before a time. */
const passing = (at: string) => [bought(at, { event_type: 'page', user_id: '1' })];

const rowOf = async ({ event_id }: CanonicalEvent) =>
  (await shop.tables()).transaction_anomalies.find((row) => row['event_id'] === event_id);
const history = () =>
  shop.rows('SELECT event_id, op, cause FROM result.transaction_anomalies_history ORDER BY event_id');

test('what is strange about a purchase is said in words', async () => {
  const usual = times(20, (i) => bought(`1T12:${10 + i}:00`, { user_id: String(i), order_id: `o${i}` }));
  const mine = times(4, (i) => bought(`1T1${i}:00:00`));
  const many = bought('2T12:00:00', { quantity: 60 });
  const dear = bought('2T13:00:00', { price: '400', user_id: '8' });
  const cheap = bought('2T14:00:00', { price: '0.5', user_id: '8', country: 'FR', order_id: 'o' });
  const far = bought('2T15:00:00', { country: 'BR' });
  const fast = times(5, (i) => bought(`2T16:0${i}:00`, { user_id: '9', product_id: 'sock', category: 'new' }));
  const plain = bought('2T17:00:00');
  await shop.give([...usual, ...mine, many, dear, cheap, far, ...fast, plain]);
  await shop.finalize(true);
  expect(await rowOf(many)).toMatchObject({
    transaction_id: many.event_id,
    anomaly_score: 1,
    is_anomaly: true,
    reasons: [
      '60 times the usual amount of wear',
      '60 times the usual amount of this customer',
      '60 times the usual quantity of wear',
    ],
    is_final: true,
  });
  expect(await rowOf(dear)).toMatchObject({
    is_anomaly: true,
    reasons: ['80 times the usual amount of wear', '80 times the usual price of this product'],
  });
  expect(await rowOf(cheap)).toMatchObject({
    transaction_id: 'o',
    is_anomaly: true,
    reasons: [
      '10 times less than the usual price of this product',
      'first purchase from FR in 28 days, after 1 from elsewhere',
    ],
  });
  expect(await rowOf(far)).toMatchObject({
    anomaly_score: 0.8333,
    reasons: ['first purchase from BR in 28 days, after 5 from elsewhere'],
  });
  expect(await Promise.all(fast.map(async (each) => (await rowOf(each))?.['reasons']))).toEqual([
    [],
    [],
    [],
    ['4 orders within 10 minutes'],
    ['5 orders within 10 minutes'],
  ]);
  expect(await rowOf(plain)).toMatchObject({ anomaly_score: 0, is_anomaly: false, reasons: [] });
  expect(await rowOf(mine[0] as CanonicalEvent)).toMatchObject({
    anomaly_score: null,
    is_anomaly: false,
    reasons: ['no purchases in the 28 days before to compare with'],
  });
});

test('the days before are whole days of the shop', async () => {
  shop.settings = { ...shop.settings, zone: 'America/New_York' };
  await shop.reopen();
  const of = { user_id: null, country: null };
  const usual = times(3, (i) => bought(`1T0${i + 5}:00:00`, of));
  const judged = ['2T04:59:59', '2T05:00:00', '30T03:59:59', '30T04:00:00'].map((at) => bought(at, of));
  await shop.give([...usual, ...judged]);
  await shop.finalize(true);
  const scores = await Promise.all(judged.map(async (each) => (await rowOf(each))?.['anomaly_score']));
  expect(scores).toEqual([null, 0, 0, null]);
});

test('a late purchase judges again what is compared with it, and nothing else', async () => {
  const dear = bought('2T12:00:00', { price: '80', user_id: '8' });
  const other = bought('2T12:00:00', { product_id: 'sock', category: 'x', user_id: '9' });
  await shop.give([bought('1T12:00:00'), bought('1T13:00:00'), dear, other, ...passing('3T12:00:00')]);
  await shop.finalize();
  expect(await rowOf(dear)).toMatchObject({ is_anomaly: false, is_final: true, revision: 0 });
  const late = bought('1T14:00:00', { user_id: '2' });
  await shop.give([late, ...passing('3T12:01:00')]);
  await shop.finalize();
  expect(await rowOf(dear)).toMatchObject({ is_anomaly: true, revision: 1, late_events: 0 });
  expect(await rowOf(late)).toMatchObject({ late_events: 1, revision: 0 });
  expect(await history()).toEqual([{ event_id: dear.event_id, op: 'update', cause: 'late' }]);
  // One more of the usual changes no figure that is shown: nothing is written.
  await shop.give([bought('1T15:00:00', { user_id: '3', category: 'y', product_id: 'hat' }), ...passing('3T12:02:00')]);
  await shop.finalize();
  expect(await history()).toHaveLength(1);
  expect(await shop.rows('SELECT count(*) AS n FROM dirty_batch')).toEqual([{ n: 0 }]);
  expect(await shop.verify()).toMatchObject({ equal: true });
});

test('a catalogue that puts products elsewhere judges both categories again', async () => {
  const usual = times(20, (i) => bought(`1T12:${10 + i}:00`, { user_id: null }));
  const many = bought('2T12:00:00', { quantity: 60, user_id: null, product_id: 'sock' });
  await shop.give([...usual, many, ...passing('3T12:00:00')]);
  await shop.finalize();
  expect((await rowOf(many))?.['is_anomaly']).toBe(true);
  await shop.loadDimension('product', [{ product_id: 'shoe', category_name: 'Feet' }]);
  await shop.finalize();
  expect((await rowOf(many))?.['reasons']).toEqual(['no purchases in the 28 days before to compare with']);
  await shop.loadDimension('product', [{ product_id: 'sock', category_name: 'Feet', valid_from: '2020-01-01' }]);
  await shop.finalize();
  expect((await rowOf(many))?.['reasons']).toEqual([
    '60 times the usual amount of Feet',
    '60 times the usual quantity of Feet',
  ]);
  expect(await shop.verify()).toMatchObject({ equal: true });
});

test('an event that is gone takes its row with it, and what was compared with it follows', async () => {
  const usual = times(3, (i) => bought(`1T12:${10 + i}:00`, { user_id: String(i) }));
  const dear = bought('2T12:00:00', { price: '80', user_id: '8' });
  await shop.give([...usual, dear, ...passing('3T12:00:00')]);
  await shop.finalize();
  expect((await rowOf(dear))?.['is_anomaly']).toBe(true);
  const [gone] = usual as [CanonicalEvent];
  await shop.rows(
    `INSERT INTO dirty_batch SELECT 'transaction_anomalies', epoch_us(event_time), epoch_us(event_time), 'erasure', NULL, batch FROM raw WHERE event_id = '${gone.event_id}'`,
  );
  await shop.rows(`DELETE FROM raw_event WHERE event_id = '${gone.event_id}'`);
  await shop.finalize();
  expect(await rowOf(gone)).toBeUndefined();
  expect((await rowOf(dear))?.['is_anomaly']).toBe(false);
  expect(await history()).toMatchObject([{ op: 'delete', cause: 'erasure' }, { op: 'update' }]);
});

test('a receipt is of the purchase, with its former images', async () => {
  const dear = bought('2T12:00:00', { price: '80' });
  await shop.give([bought('1T12:00:00'), bought('1T13:00:00'), dear, ...passing('3T12:00:00')]);
  await shop.finalize();
  await shop.give([bought('1T14:00:00'), ...passing('3T12:01:00')]);
  await shop.finalize();
  const found = await shop.ask((reading) =>
    receipt(reading, transactionAnomalies, { event_id: `${dear.event_id}` }, 9),
  );
  expect(found).toMatchObject({
    found: 'one',
    receipt: {
      events: { count: 1, sample: [{ event_id: dear.event_id, price: '80.0000' }] },
      history: [{ is_anomaly: false, op: 'update', cause: 'late' }],
    },
  });
});
