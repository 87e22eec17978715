import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { layoutOf, resultTable, storedColumns } from '../../src/compile/layout.ts';
import { isStored } from '../../src/compile/tables.ts';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { checkedBefore, coverageOf } from '../../src/engine/protocol/self-verify.ts';
import { Reader } from '../../src/engine/read.ts';
import { historiesOf, loadChecked, type SelfVerified, selfVerify } from '../../src/engine/self-verify.ts';
import { RAW } from '../../src/engine/verify.ts';
import { streams } from '../oracle/arbitrary.ts';
import { delay } from '../oracle/transform.ts';
import { SOAK } from './soak.ts';
import { NOW, TestShop } from './test-shop.ts';

const STORED = catalog.filter(isStored);

/** Verifies whatever was not verified at or after a time. */
async function all(shop: TestShop, before: number): Promise<readonly SelfVerified[]> {
  const session = await shop.shop.database.connect();
  const reader = new Reader(shop.shop, session);
  const found: SelfVerified[] = [];
  for (;;) {
    const next = await selfVerify(shop.shop, reader, before, before);
    if (next === null) break;
    found.push(next);
  }
  await shop.shop.database.disconnect(session);
  return found;
}

const rowsOf = (found: readonly { readonly view: string; readonly rows: number }[]) => {
  const rows = new Map<string, number>();
  for (const each of found) rows.set(each.view, (rows.get(each.view) ?? 0) + each.rows);
  return [...rows].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1));
};

test('stretch by stretch every row is verified once, whatever is open, late or closed by end', async () => {
  const cases = fc.tuple(
    streams({ maxEvents: 40 }),
    fc.array(fc.nat(5000), { minLength: 60, maxLength: 60 }),
    fc.boolean(),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([{ settings, events }, held, byEnd]) => {
      const shop = await TestShop.open({ zone: settings.zone });
      const arriving = delay(events, held);
      await shop.give(arriving.slice(0, arriving.length / 2));
      await shop.finalize();
      await shop.give(arriving.slice(arriving.length / 2));
      await shop.finalize(byEnd);
      const whole = await shop.verify();
      expect(whole.equal).toBe(true);
      const found = await all(shop, NOW);
      expect(found.filter(({ differences }) => differences > 0)).toEqual([]);
      expect(rowsOf(found.filter(({ view }) => view !== RAW))).toEqual(rowsOf(whole.views));
      expect(found.filter(({ view }) => view === RAW).reduce((sum, { rows }) => sum + rows, 0)).toBe(whole.raw.events);
      await shop.close();
    }),
    { numRuns: 2 * SOAK },
  );
}, 300_000);

const EVENTS: readonly CanonicalEvent[] = Array.from({ length: 30 }, (_, i) => ({
  event_id: String(i),
  event_time: new Date(Date.UTC(2020, 0, 1) + i * 3_600_000).toISOString(),
  event_type: ['restock', 'view', 'cart_add', 'purchase', 'cart_add'][i % 5] ?? 'view',
  session_id: String(Math.floor(i / 5)),
  user_id: String(i % 3),
  product_id: '1',
  category: 'c',
  brand: 'b',
  price: '2',
  quantity: i % 5 === 0 ? 20 : 15,
  amount: '30',
}));

const differing = (found: readonly SelfVerified[]) => found.filter(({ differences }) => differences > 0);
const names = (found: readonly SelfVerified[]) => [...new Set(found.map(({ view }) => view))].sort();

test('a wrong row is found in every view and in raw, is told once, and is remembered when it is right again', async () => {
  const shop = await TestShop.open();
  const wrongable = STORED.map(({ name }) => name).sort();
  await shop.give(EVENTS);
  await shop.finalize(true);
  expect(differing(await all(shop, NOW))).toEqual([]);
  for (const view of STORED) {
    const table = resultTable(view);
    const same = storedColumns(layoutOf(view, shop.shop.context)).map(
      (name) => `t.${name} IS NOT DISTINCT FROM k.${name}`,
    );
    await shop.rows(`CREATE TEMP TABLE kept_${view.name} AS SELECT * FROM ${table} LIMIT 1`);
    await shop.rows(`DELETE FROM ${table} t USING kept_${view.name} k WHERE ${same.join(' AND ')}`);
  }
  await shop.rows('UPDATE raw_event SET position = position + 100 WHERE seq = 7');
  const found = differing(await all(shop, NOW + 1));
  expect(names(found)).toEqual([RAW, ...wrongable].sort());
  expect(found.every(({ news }) => news)).toBe(true);
  const [missing] = found.filter(({ view }) => view === 'brand_activity');
  expect(missing).toMatchObject({ differences: 1, sample: [{ side: 'recomputed', brand: expect.anything() }] });

  const again = differing(await all(shop, NOW + 2));
  expect([names(again), again.filter(({ news }) => news)]).toEqual([names(found), []]);

  for (const view of STORED) await shop.rows(`INSERT INTO ${resultTable(view)} FROM kept_${view.name}`);
  await shop.rows('UPDATE raw_event SET position = position - 100 WHERE seq = 7');
  expect(differing(await all(shop, NOW + 3))).toEqual([]);
  await shop.ask(async (reading) => {
    const histories = historiesOf(reading);
    const checked = checkedBefore(histories, await loadChecked(reading.database));
    for (const history of histories) {
      const { stretches, verified, differing: left, differed } = coverageOf(history, checked, NOW + 3);
      expect([history.view, verified, left, differed]).toEqual([history.view, stretches, [], NOW + 2]);
    }
  });
  const [stored] = await shop.rows(
    'SELECT count(*)::INTEGER AS n, count(DISTINCT (view, span_start))::INTEGER AS stretches FROM self_verify',
  );
  expect(stored?.['n']).toBe(stored?.['stretches']);
  await shop.close();
}, 60_000);

test('while rows have yet to follow a fact nothing is verified, for nothing is wrong', async () => {
  const shop = await TestShop.open();
  await shop.give(EVENTS.map((event) => ({ ...event, currency: 'EUR' })));
  await shop.finalize(true);
  expect(differing(await all(shop, NOW))).toEqual([]);
  await shop.loadDimension('rates', [{ date: '2019-01-01', currency: 'EUR', rate: '2' }]);
  expect(await all(shop, NOW + 1)).toEqual([]);
  await shop.finalize(true);
  const found = await all(shop, NOW + 1);
  expect([differing(found), found.length > STORED.length]).toEqual([[], true]);
  await shop.close();
});
