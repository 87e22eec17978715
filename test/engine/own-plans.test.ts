import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hours, minutes } from '../../src/core/time.ts';
import { key, measure, window, windowEnd, windowStart, words } from '../../src/view/columns.ts';
import { event, type } from '../../src/view/expression.ts';
import { calendar, sliding, tumbling, type Windowing } from '../../src/view/kind.ts';
import { count, distinct, sum } from '../../src/view/measure.ts';
import { type ViewDeclaration, type ViewPlan, view } from '../../src/view/view.ts';
import { streams } from '../oracle/arbitrary.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';
import { delay } from '../oracle/transform.ts';
import { SEED, SOAK } from './soak.ts';
import { TestShop } from './test-shop.ts';

const said = words('Label', 'Description');

/** An own view, as it is declared at first, or otherwise. */
const declared = (windowing: Windowing, more: Partial<ViewDeclaration> = {}, columns = {}): ViewPlan =>
  view({
    name: 'own_view',
    kit: 'shop',
    ...said,
    kind: window(windowing),
    ...more,
    columns: {
      window_start: windowStart(),
      window_end: windowEnd(),
      brand: key(event('brand'), said),
      events: measure(count(), said),
      ...columns,
    },
  });

const FIRST = declared(tumbling(hours(1)));
const OTHERS: readonly ViewPlan[] = [
  declared(tumbling(minutes(7))),
  declared(sliding(minutes(60), minutes(15))),
  declared(calendar('day')),
  declared(tumbling(hours(1)), { where: type('purchase') }),
  declared(tumbling(hours(1)), {}, { money: measure(sum(event('amount')), said) }),
  declared(
    tumbling(hours(1)),
    {},
    { device: key(event('device'), said), people: measure(distinct(event('visitor')), said) },
  ),
];

/** What a reader sees of the view, without where it comes from, in one order. */
const seen = (shop: TestShop): Promise<string[]> =>
  shop.ask(async ({ database, prepare, views }) => {
    await prepare(views);
    const rows: AnyRow[] = await database.jsonRows(
      'SELECT * EXCLUDE (is_final, revision, late_events, epoch) FROM own_view',
    );
    return rows.map((row) => JSON.stringify(row)).sort();
  });

test('an own view by another window, condition, key or measure: as in a shop that has always had it', {
  timeout: 12 * 3_600_000,
}, async () => {
  const cases = fc.record({
    stream: streams({ maxEvents: 60 }),
    held: fc.array(fc.nat(5000), { minLength: 20, maxLength: 20 }),
    other: fc.constantFrom(...OTHERS),
    zone: fc.constantFrom('UTC', 'Asia/Kathmandu'),
    parts: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    end: fc.boolean(),
  });
  for (const { stream, held, other, zone, parts, end } of fc.sample(cases, { seed: SEED, numRuns: 4 * SOAK })) {
    const events = delay(stream.events, held);
    const [from = 0, to = 0] = parts.map((part) => Math.floor(part * events.length)).sort((a, b) => a - b);
    const where = `FOOTFALL_SEED=${SEED} ${other.fingerprint} ${from} ${to}`;
    const straight = async (plan: ViewPlan, of: string): Promise<string[]> => {
      const shop = await TestShop.open({ zone: of });
      shop.views = [plan];
      await shop.reopen();
      await shop.give(events);
      await shop.finalize(true);
      const rows = await seen(shop);
      await shop.close();
      return rows;
    };
    const shop = await TestShop.open({ zone: stream.settings.zone ?? 'UTC' });
    try {
      const before = { zone: shop.settings.zone, views: [FIRST] };
      shop.views = before.views;
      await shop.reopen();
      await shop.give(events.slice(0, from));
      await shop.finalize(end);
      let given = false;
      const rows = await seen(shop);
      await shop.apply({ zone, views: [other] }, 5, async () => {
        if (given) return;
        expect(await seen(shop), where).toEqual(rows);
        given = true;
        await shop.give(events.slice(from, to));
        await shop.finalize();
      });
      await shop.give(events.slice(to));
      if (!given) await shop.give(events.slice(from, to));
      await shop.finalize(true);
      expect(await seen(shop), where).toEqual(await straight(other, zone));
      expect(await shop.verify(), where).toMatchObject({ equal: true });
      expect(await shop.apply(before, 5), where).toMatchObject({ changed: true, computed: [] });
      expect(await seen(shop), where).toEqual(await straight(FIRST, before.zone));
      expect(await shop.verify(), where).toMatchObject({ equal: true });
    } finally {
      await shop.close();
    }
  }
});
