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
