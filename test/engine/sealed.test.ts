import { expect, test } from 'vitest';
import { hours } from '../../src/core/time.ts';
import { TestShop } from './test-shop.ts';

const at = (hour: number): string =>
  `2020-01-0${1 + Math.floor(hour / 24)}T${String(hour % 24).padStart(2, '0')}:00:00Z`;
const bought = (id: string, hour: number) => ({
  event_id: id,
  event_time: at(hour),
  event_type: 'purchase',
  product_id: 'kettle',
  price: '10.0000',
  user_id: 'ann',
  session_id: `s${hour}`,
});

/** By category: transactions, and how often their rows were corrected. */
async function sales(shop: TestShop): Promise<Readonly<Record<string, readonly [number, number]>>> {
  const found: Record<string, [number, number]> = {};
  for (const { category, transaction_count: n, revision } of (await shop.tables()).category_revenue) {
    const [sum, revisions] = found[String(category)] ?? [0, 0];
    found[String(category)] = [sum + Number(n), revisions + Number(revision)];
  }
  return found;
}

test('facts change nothing of what is sealed; what is not follows, and both are verified', async () => {
  const shop = await TestShop.open({ history: hours(6) });
  try {
    await shop.give([bought('a', 0), bought('b', 20)]);
    await shop.finalize();
    await shop.give([bought('c', 24)]);
    await shop.finalize(true);
    await shop.loadDimension('product', [{ product_id: 'kettle', category_name: 'Kitchen' }]);
    await shop.finalize(true);
    expect(await sales(shop)).toEqual({ Kitchen: [2, 0], null: [1, 0] });
    // One that comes now, of a time that is sealed: counted, and in no table.
    await shop.give([bought('late', 1), bought('d', 25)]);
    await shop.finalize(true);
    expect(shop.shop.ingest).toMatchObject({ sealed: 1, late: 1, events: 4 });
    expect(await sales(shop)).toEqual({ Kitchen: [3, 0], null: [1, 0] });
    expect(await shop.verify()).toMatchObject({ equal: true });
    await shop.reopen();
    expect(shop.shop.ingest.sealed).toBe(1);
  } finally {
    await shop.close();
  }
});
