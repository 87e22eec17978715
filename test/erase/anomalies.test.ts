import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { giveErasure, planErasure } from '../../src/engine/erase/give-erasure.ts';
import { NOW, TestShop } from '../engine/test-shop.ts';

let shop: TestShop;
beforeEach(async () => {
  shop = await TestShop.open();
});
afterEach(() => shop.close());

let number = 0;
const bought = (at: string, fields: Partial<CanonicalEvent> = {}): CanonicalEvent => {
  number += 1;
  return {
    event_id: `e${number}`,
    event_type: 'purchase',
    user_id: '541312140',
    product_id: 'shoe',
    price: '5',
    ...fields,
    event_time: `2020-03-0${at}Z`,
  };
};

test('what an erased person was compared with names them no more, in no former image either', async () => {
  await shop.give([bought('1T12:00:00'), bought('1T13:00:00'), bought('2T12:00:00', { price: '80' })]);
  await shop.give([bought('3T12:00:00', { user_id: '1' })]);
  await shop.finalize();
  // Late: the dear one is judged again, and has a former image for another reason than the erasure.
  await shop.give([bought('1T14:00:00', { user_id: '2' }), bought('3T12:01:00', { user_id: '1' })]);
  await shop.finalize();
  const named = async () => {
    const tables = ['transaction_anomalies', 'transaction_anomalies_history'];
    const counts = tables.map(
      (table) => `(SELECT count(*) FROM result.${table} WHERE part2_among::VARCHAR = '541312140')`,
    );
    const [row] = await shop.rows(`SELECT ${counts.join(' + ')} AS n`);
    return row?.['n'];
  };
  expect(await named()).toBe(4);
  const { fact } = await planErasure(shop.shop, ['541312140'], 'anonymise', NOW);
  await shop.change(() => giveErasure(shop.shop, fact));
  await shop.finalize();
  await shop.rows("DELETE FROM result.transaction_anomalies_history WHERE contains(cause, 'erasure')");
  expect(await named()).toBe(0);
  expect(await shop.verify()).toMatchObject({ equal: true });
});
