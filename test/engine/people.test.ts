import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { sessionMetrics } from '../../shop/views/globalmart/session-metrics.ts';
import { brandActivity } from '../../shop/views/journey/brand-activity.ts';
import { FootfallError } from '../../src/core/errors/footfall-error.ts';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { visibleRows } from '../../src/engine/kinds/live-table.ts';
import type { PeopleSaying } from '../../src/engine/people/give-people.ts';
import { trend } from '../../src/journey/trend.ts';
import { human } from '../../src/view/expression.ts';
import { type ViewPlan, view } from '../../src/view/view.ts';
import { type Stream, streams } from '../oracle/arbitrary.ts';
import { compareRows } from '../oracle/compare-rows.ts';
import { countedEvents } from '../oracle/counted-event.ts';
import type { Journey } from '../oracle/counting/journey.ts';
import { isBot, type PeopleInForce, withPeople } from '../oracle/counting/people.ts';
import { trendOracle } from '../oracle/counting/trend.ts';
import { parseInstant } from '../oracle/instant.ts';
import { inOrder } from '../oracle/journeys.ts';
import { oracle } from '../oracle/oracle.ts';
import { sessionsOf } from '../oracle/sessions.ts';
import { SEED, SOAK } from './soak.ts';
import { TestShop } from './test-shop.ts';

/** A view of the catalog without the events of bots. */
const ofHumans = ({ columns, fingerprint: _, ...plan }: ViewPlan): ViewPlan =>
  view({
    ...plan,
    kit: 'shop',
    name: `human_${plan.name}`,
    where: human(),
    columns: Object.fromEntries(columns.map(({ name, ...column }) => [name, column])),
  });
const TABLES = ['session_metrics', 'brand_activity'] as const;
const views = [...catalog, ofHumans(sessionMetrics), ofHumans(brandActivity)];
const RECORDED = parseInstant('2021-01-01T00:00:00Z');

let shop: TestShop;
beforeEach(async () => {
  shop = await TestShop.open();
  shop.views = views;
  await shop.reopen();
});
afterEach(() => shop.close());

const say = (saying: Omit<PeopleSaying, 'recorded'>) => shop.say({ ...saying, recorded: RECORDED });
const link = (visitor: string, user: string, from: number | null = null) =>
  say({ says: 'same_as', withdrawn: false, rows: [{ visitor, user, from }] });
const mark = (visitor: string, from: number | null = null) =>
  say({ says: 'bot', withdrawn: false, rows: [{ visitor, from }] });
const withdraw = (says: PeopleSaying['says'], visitor: string, from: number | null = null) =>
  say({ says, withdrawn: true, rows: [{ visitor, from }] });

const persons = () =>
  shop.ask(async (reading) => {
    const journeys = reading.view('journeys') as ViewPlan;
    await reading.prepare([journeys]);
    const relation = { relation: visibleRows(journeys), context: reading.context };
    const counted = async (humans: boolean) =>
      (await trend(reading.database, relation, { of: {}, periods: [], humans })).total;
    return { everybody: await counted(false), humans: await counted(true) };
  });

/** What must be counted, and what the views without bots must hold. */
function expected(events: Stream['events'], people: PeopleInForce, settings: Stream['settings']) {
  const counted = countedEvents(events, {}, (amount) => amount);
  const journeys = sessionsOf(counted, settings.gapMicros).map(
    (session): Journey => ({
      session: session.id.startsWith('~') ? null : session.id,
      person: session.visitor,
      start: session.start,
      events: inOrder(session.events),
      touches: {},
    }),
  );
  const total = (humans: boolean) => trendOracle(withPeople(journeys, people, humans), { of: {}, periods: [] }).total;
  const left = events.filter(
    ({ user_id, anonymous_id, event_time }) =>
      !isBot(user_id ?? anonymous_id ?? null, parseInstant(event_time), people),
  );
  return {
    persons: { everybody: total(false), humans: total(true) },
    tables: oracle(left, {}, settings),
  };
}

async function check(events: Stream['events'], people: PeopleInForce, settings: Stream['settings']): Promise<void> {
  const wanted = expected(events, people, settings);
  expect(await persons()).toEqual(wanted.persons);
  await shop.ask(async (reading) => {
    for (const name of TABLES) {
      const own = reading.view(`human_${name}`) as ViewPlan;
      await reading.prepare([own]);
      const rows = await reading.database.jsonRows(
        `SELECT * EXCLUDE (${name === 'session_metrics' ? 'status' : 'epoch'}) FROM ${own.name}`,
      );
      const should = wanted.tables[name].map(({ status: _, ...row }) => row);
      expect(compareRows(name, should, rows)).toEqual([]);
    }
  });
}

/** Facts about the people of a stream, and about others. */
const sayings = fc.array(
  fc.record({
    says: fc.constantFrom('same_as' as const, 'bot' as const),
    withdrawn: fc.constantFrom(false, false, true),
    visitor: fc.nat(5),
    user: fc.nat(5),
    from: fc.option(fc.nat(40), { freq: 3 }),
  }),
  { minLength: 3, maxLength: 7 },
);

test('facts added, corrected and withdrawn count as those in force do; without any, and rebuilt, all is as it was', {
  timeout: 600_000,
}, async () => {
  const usd = streams({ maxEvents: 26 }).filter(({ events }) =>
    events.every(({ currency }) => (currency ?? 'USD') === 'USD'),
  );
  const cases = fc.sample(fc.tuple(usd, sayings), { seed: SEED, numRuns: 3 * SOAK });
  for (const [{ events, settings }, drawn] of cases) {
    await shop.close();
    shop = await TestShop.open({ zone: settings.zone });
    shop.views = views;
    await shop.reopen();
    const half = events.slice(0, Math.ceil(events.length / 2));
    await shop.give(half);
    await shop.finalize();
    const ids = [...new Set(events.flatMap((each) => [each.anonymous_id ?? [], each.user_id ?? []].flat())), 'nobody'];
    const links = new Map<string, PeopleInForce['links'][number]>();
    const bots = new Map<string, PeopleInForce['bots'][number]>();
    const inForce = () => ({ links: [...links.values()], bots: [...bots.values()] });
    let given: Stream['events'] = half;
    for (const [i, { says, withdrawn, visitor: v, user: u, from: place }] of drawn.entries()) {
      const [visitor = '', user = ''] = [ids[v % ids.length], ids[u % ids.length]];
      const from =
        place === null
          ? null
          : parseInstant(events[place % Math.max(1, events.length)]?.event_time ?? '2020-01-01T00:00:00Z');
      const row = says === 'same_as' && !withdrawn ? { visitor, user, from } : { visitor, from };
      const told = await say({ says, withdrawn, rows: [row] }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof FootfallError && error.code.startsWith('people.')) return false;
          throw error;
        },
      );
      if (told && !withdrawn && says === 'same_as')
        links.set(`${visitor}/${from ?? 0}`, { visitor, user, from: from ?? 0 });
      if (told && !withdrawn && says === 'bot') bots.set(visitor, { visitor, from: from ?? 0 });
      if (told && withdrawn && says === 'bot') bots.delete(visitor);
      if (told && withdrawn && says === 'same_as')
        for (const [key, each] of links)
          if (each.visitor === visitor && (from === null || each.from === from)) links.delete(key);
      if (i === 1) {
        await shop.give(events.slice(half.length));
        given = events;
      }
      if (i % 2 === 0) await shop.finalize();
      else await shop.reopen();
      if (!(await shop.hasMarks())) await check(given, inForce(), settings);
    }
    await shop.finalize(true);
    expect(await shop.verify()).toMatchObject({ equal: true });
    await check(given, inForce(), settings);
    await checkRebuilt(given, inForce(), settings);
    for (const { visitor } of inForce().links) await withdraw('same_as', visitor).catch(() => undefined);
    for (const { visitor } of inForce().bots) await withdraw('bot', visitor);
    await shop.finalize(true);
    await check(given, { links: [], bots: [] }, settings);
  }
});

/** Another database from the facts and the events alone. */
async function checkRebuilt(
  events: Stream['events'],
  people: PeopleInForce,
  settings: Stream['settings'],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-people-'));
  const facts = join(shop.folder, 'facts.ndjson');
  if (existsSync(facts)) copyFileSync(facts, join(folder, 'facts.ndjson'));
  const before = shop;
  try {
    shop = await TestShop.at(folder, { zone: settings.zone });
    shop.views = views;
    await shop.reopen();
    await shop.give(events);
    await shop.finalize(true);
    await check(events, people, settings);
    await shop.leave();
  } finally {
    shop = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

let number = 0;
const seen = (clock: string, fields: Partial<CanonicalEvent>): CanonicalEvent => {
  number += 1;
  return { event_id: `p${number}`, event_type: 'view', brand: 'b', ...fields, event_time: `2020-03-01T${clock}Z` };
};
const at = (clock: string) => parseInstant(`2020-03-01T${clock}Z`);

test('a link counts from its time on, the latest one before a session; without it all is as before', async () => {
  await shop.give([
    seen('10:00:00', { anonymous_id: 'c', session_id: 's1' }),
    seen('12:00:00', { anonymous_id: 'c', session_id: 's2' }),
    seen('14:00:00', { user_id: '7', session_id: 's3' }),
    seen('16:00:00', { user_id: '8', session_id: 's4' }),
  ]);
  await shop.finalize(true);
  const count = async () => (await persons()).everybody.persons;
  expect(await count()).toBe(3);
  await link('c', '7', at('11:00:00'));
  expect(await count()).toBe(3);
  await link('c', '8');
  expect(await count()).toBe(2);
  expect(await withdraw('same_as', 'c', at('11:00:00'))).toEqual({ changed: 1, events: 0 });
  expect(await count()).toBe(2);
  await withdraw('same_as', 'c');
  expect(await count()).toBe(3);
});

test('a link leads from somebody anonymous to a user, and no further', async () => {
  await shop.give([seen('10:00:00', { anonymous_id: 'c', session_id: 's1' }), seen('10:00:00', { user_id: '7' })]);
  await link('c', '7');
  const refused = (visitor: string, user: string, reason: string) =>
    expect(link(visitor, user)).rejects.toMatchObject({ code: 'people.chain', params: { visitor, user, reason } });
  await refused('d', 'd', 'they are one already');
  await refused('d', 'c', 'c is itself linked to 7');
  await refused('7', '8', 'others are linked to 7');
  await expect(withdraw('same_as', 'd')).rejects.toMatchObject({ code: 'people.none' });
  await expect(withdraw('same_as', 'c', at('10:00:00'))).rejects.toMatchObject({ code: 'people.none' });
  await withdraw('same_as', 'c');
  await refused('7', '8', '7 is a user id, not an anonymous one');
  expect(shop.shop.facts.read()).toHaveLength(2);
});

test('a mark restates what views without bots had closed, and withdrawn gives back the former rows', async () => {
  await shop.give([
    seen('10:00:00', { user_id: '7', session_id: 's1' }),
    seen('10:01:00', { user_id: '8', session_id: 's2' }),
    seen('10:02:00', { user_id: '8', session_id: 's2' }),
    seen('12:00:00', { user_id: '9', session_id: 's3' }),
  ]);
  await shop.finalize();
  const rows = () => shop.rows('SELECT window_start, brand, count FROM result.human_brand_activity ORDER BY 1');
  const former = await rows();
  expect(await mark('8', at('10:02:00'))).toEqual({ changed: 1, events: 1 });
  await shop.finalize();
  expect((await rows()).map((row) => row['count'])).toEqual([2, 2]);
  expect(await mark('8')).toEqual({ changed: 2, events: 1 });
  await shop.finalize();
  expect((await rows()).map((row) => row['count'])).toEqual([1, 1]);
  expect(await shop.rows('SELECT DISTINCT cause FROM result.human_brand_activity_history')).toEqual([
    { cause: 'bots' },
  ]);
  expect(await shop.rows('SELECT count(*) AS n FROM result.brand_activity_history')).toEqual([{ n: 0 }]);
  await withdraw('bot', '8');
  await shop.finalize();
  expect(await rows()).toEqual(former);
  expect(await shop.verify()).toMatchObject({ equal: true });
});
