import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { hours, minutes } from '../../src/core/time.ts';
import { receipt } from '../../src/engine/receipt.ts';
import { key, measure, rollup, session, sessionPart, windowEnd, windowStart, words } from '../../src/view/columns.ts';
import { above, parent, type } from '../../src/view/expression.ts';
import { tumbling } from '../../src/view/kind.ts';
import { count, sum } from '../../src/view/measure.ts';
import { view } from '../../src/view/view.ts';
import { streams } from '../oracle/arbitrary.ts';
import { compareRows } from '../oracle/compare-rows.ts';
import type { TableName } from '../oracle/table.ts';
import { expectedTables } from './differences.ts';
import { SEED } from './soak.ts';
import { TestShop } from './test-shop.ts';

const said = words('x', 'x');
const window = { window_start: windowStart(), window_end: windowEnd() };

/** Sessions of some of the events, and what is made from the longer ones of them: by visitor, and by their end. */
const views = [
  ...catalog,
  view({
    name: 'looks',
    kit: 'shop',
    ...said,
    kind: session({ gap: minutes(30), split: false, byVisitor: true }),
    where: type('view', 'cart_add'),
    columns: {
      id: sessionPart('id', said),
      visitor: sessionPart('visitor', said),
      start: sessionPart('start', said),
      end: sessionPart('end', said),
      events: measure(count(), said),
      carts: measure(count({ where: type('cart_add') }), said),
    },
  }),
  view({
    name: 'longer_looks',
    kit: 'shop',
    ...said,
    kind: rollup({ parent: 'looks', windowing: tumbling(hours(1)), on: 'start' }),
    where: above(parent('events'), 1),
    columns: { ...window, who: key(parent('visitor'), said), events: measure(sum(parent('events')), said) },
  }),
  view({
    name: 'looks_by_carts',
    kit: 'shop',
    ...said,
    kind: rollup({ parent: 'looks', windowing: tumbling(hours(1)), on: 'end' }),
    columns: { ...window, carts: key(parent('carts'), said), events: measure(sum(parent('events')), said) },
  }),
  view({
    name: 'all_sessions',
    kit: 'shop',
    ...said,
    kind: rollup({ parent: 'user_session_analytics', windowing: tumbling(minutes(15)), on: 'session_start' }),
    columns: { ...window, who: key(parent('user_id'), said), events: measure(sum(parent('total_events')), said) },
  }),
];

test('a receipt has as many events as its row counts, for rows made from rows too', { timeout: 60_000 }, async () => {
  for (const [i, stream] of fc.sample(streams({ maxEvents: 40 }), { seed: SEED, numRuns: 6 }).entries()) {
    const shop = await TestShop.open({ zone: stream.settings.zone });
    try {
      shop.views = views;
      await shop.reopen();
      await shop.give(stream.events);
      await shop.finalize(i % 2 === 0);
      await shop.ask(async (reading) => {
        for (const name of ['looks', 'longer_looks', 'looks_by_carts', 'all_sessions']) {
          const asked = views.find((each) => each.name === name);
          if (asked === undefined) throw new Error(name);
          await reading.prepare([asked]);
          for (const row of await reading.database.jsonRows(`SELECT * FROM ${name} LIMIT 20`)) {
            const known = Object.entries(row).filter(([column]) => asked.columns.some((each) => each.name === column));
            const found = await receipt(reading, asked, Object.fromEntries(known.map(([k, v]) => [k, String(v)])), 1);
            // In text nobody can tell a visitor called `null` from none.
            if (found.found === 'many' && known.some(([, value]) => value === null || value === 'null')) continue;
            const where = `${name} ${JSON.stringify(row)} FOOTFALL_SEED=${SEED}`;
            expect(found.found === 'one' ? found.receipt.events.count : found, where).toBe(row['events']);
          }
        }
      });
    } finally {
      await shop.close();
    }
  }
});

/** Rows that say less than their receipts' events: an episode begins with the stock before it, a score compares with others. */
const NOT_ALONE: readonly string[] = ['low_stock_alerts', 'transaction_anomalies'];

test('the events of a receipt, alone, make its row', { timeout: 120_000 }, async () => {
  let compared = 0;
  for (const [i, stream] of fc.sample(streams({ maxEvents: 40 }), { seed: SEED, numRuns: 4 }).entries()) {
    const shop = await TestShop.open({ zone: stream.settings.zone });
    try {
      const { products = [] } = stream.facts;
      if (products.length > 0) await shop.loadDimension('product', products);
      // Whose an event without a visitor is, all events of its session say, not those of one row.
      const events = stream.events
        .filter(({ session_id, user_id, anonymous_id }) => session_id == null || (user_id ?? anonymous_id) != null)
        .map((event, n) => ({ ...event, event_id: `e${n}` }));
      const byId = new Map(events.map((event) => [event.event_id, event]));
      await shop.give(events);
      await shop.finalize(i % 2 === 0);
      await shop.ask(async (reading) => {
        for (const view of catalog.filter(({ name, kind }) => kind.kind !== 'project' && !NOT_ALONE.includes(name))) {
          await reading.prepare([view]);
          for (const row of await reading.database.jsonRows(`SELECT * FROM ${view.name} WHERE is_final LIMIT 12`)) {
            const said = Object.fromEntries(
              Object.entries(row).filter(([name]) => view.columns.some((c) => c.name === name)),
            );
            const texts = Object.fromEntries(
              Object.entries(said).map(([name, value]) => [
                name,
                typeof value === 'object' && value !== null ? '' : String(value),
              ]),
            );
            const key = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
            const found = await receipt(reading, view, key, 10_000);
            if (found.found !== 'one') continue;
            const mine = found.receipt.events.sample.flatMap(({ event_id: id }) => byId.get(String(id)) ?? []);
            const table = view.name as TableName;
            const made = expectedTables(mine, { products }, stream.settings)[table];
            const same = made.some((each) => compareRows(table, [each], [said]).length === 0);
            compared += 1;
            expect(same, `${view.name} ${JSON.stringify(said)} of ${mine.length} events FOOTFALL_SEED=${SEED}`).toBe(
              true,
            );
          }
        }
      });
    } finally {
      await shop.close();
    }
  }
  // A stream of its own may have no valid event at all, hardly all of them.
  expect(compared).toBeGreaterThan(0);
});
