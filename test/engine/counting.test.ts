import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleRows } from '../../src/engine/kinds/live-table.ts';
import { funnel } from '../../src/journey/funnel/funnel.ts';
import { paths } from '../../src/journey/paths.ts';
import type { FunnelQuestion, PathsQuestion, TrendQuestion } from '../../src/journey/question.ts';
import { trend } from '../../src/journey/trend.ts';
import type { Stream } from '../oracle/arbitrary.ts';
import { streams } from '../oracle/arbitrary.ts';
import { countedEvents } from '../oracle/counted-event.ts';
import { funnelOracle } from '../oracle/counting/funnel.ts';
import type { Journey } from '../oracle/counting/journey.ts';
import { pathsOracle } from '../oracle/counting/paths.ts';
import { trendOracle } from '../oracle/counting/trend.ts';
import { inOrder, TOUCHES } from '../oracle/journeys.ts';
import { sessionsOf } from '../oracle/sessions.ts';
import { TestShop } from './test-shop.ts';

const RUNS = Number(process.env['FOOTFALL_RUNS'] ?? 12);

function journeysOf(events: Stream['events'], { gapMicros }: Stream['settings']): Journey[] {
  const counted = countedEvents(events, {}, (amount) => amount);
  return sessionsOf(counted, gapMicros).map((session) => {
    const own = inOrder(session.events);
    const touches = TOUCHES.flatMap((name) => {
      const said = own.flatMap(({ event }) => event[name] ?? []);
      return [
        [`first_${name}`, said[0] ?? null],
        [`last_${name}`, said.at(-1) ?? null],
      ] as const;
    });
    return {
      session: session.id.startsWith('~') ? null : session.id,
      person: session.visitor,
      start: session.start,
      events: own,
      touches: Object.fromEntries(touches),
    };
  });
}

const funnels: readonly FunnelQuestion[] = [
  { steps: [{ types: ['view'] }, { types: ['purchase'] }], order: 'ordered', by: 'person', within: 3600e6 },
  {
    steps: [{}, { types: ['view', 'cart_add'] }, { types: ['purchase'] }],
    order: 'strict',
    by: 'session',
    breakdown: { touch: 'channel', which: 'first' },
  },
];
const allPaths: PathsQuestion = { of: {}, by: 'type', depth: 4, collapse: true, top: 5 };
const allEvents: TrendQuestion = { of: {}, periods: [], breakdown: { touch: 'country', which: 'last' } };

test('the kernel counts sessions that are open as those that are closed, whenever it is asked', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      streams({ maxEvents: 24 }).filter(({ events }) => events.every(({ currency }) => (currency ?? 'USD') === 'USD')),
      async ({ events, settings }) => {
        const shop = await TestShop.open({ zone: settings.zone });
        const check = async (so_far: Stream['events']) => {
          const journeys = journeysOf(so_far, settings);
          await shop.ask(async (reading) => {
            const view = reading.view('journeys');
            if (view === undefined) throw new Error('there are no journeys');
            await reading.prepare([view]);
            const { database, context } = reading;
            const relation = { relation: visibleRows(view), context };
            for (const question of funnels)
              expect(await funnel(database, relation, question)).toEqual(funnelOracle(journeys, question));
            expect(await paths(database, relation, allPaths)).toEqual(pathsOracle(journeys, allPaths));
            expect(await trend(database, relation, allEvents)).toEqual(trendOracle(journeys, allEvents));
          });
        };
        const half = events.slice(0, Math.ceil(events.length / 2));
        await shop.give(half);
        await check(half);
        await shop.finalize();
        await check(half);
        await shop.give(events.slice(half.length));
        await check(events);
        await shop.finalize(true);
        await check(events);
        await shop.close();
      },
    ),
    { numRuns: RUNS },
  );
});
