import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { funnel } from '../../src/journey/funnel/funnel.ts';
import { paths } from '../../src/journey/paths.ts';
import type { FunnelQuestion, StepOrder, Unit } from '../../src/journey/question.ts';
import { retention } from '../../src/journey/retention.ts';
import { trend } from '../../src/journey/trend.ts';
import type { Journey } from '../oracle/counting/journey.ts';
import { parseMoney } from '../oracle/money.ts';
import { funnels, pathQuestions, retentions, shops, trends } from './arbitrary.ts';
import { JourneyTable } from './journey-table.ts';

const RUNS = Number(process.env['FOOTFALL_RUNS'] ?? 40);
const timeout = 600_000;

let table: JourneyTable;
beforeAll(async () => {
  table = await JourneyTable.open();
});
afterAll(() => table.close());

const every = <Q>(
  questions: (beginning: number) => fc.Arbitrary<Q>,
  holds: (question: Q, journeys: readonly Journey[]) => Promise<void>,
) =>
  fc.assert(
    fc.asyncProperty(
      shops.chain(({ journeys, beginning }) => questions(beginning).map((question) => ({ journeys, question }))),
      async ({ journeys, question }) => {
        await table.fill(journeys);
        await holds(question, journeys);
      },
    ),
    { numRuns: RUNS },
  );

const counts = async (question: FunnelQuestion): Promise<readonly number[]> =>
  (await funnel(table.database, table.relation, question)).steps.map(({ count }) => count);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

test('the first step of a funnel is the uniques of its trend', { timeout }, async () => {
  await every(funnels, async (question) => {
    const { steps, order, within, ...scope } = question;
    if (order === 'any') return;
    const of = steps[0] ?? {};
    const { total } = await trend(table.database, table.relation, { ...scope, of, periods: [] });
    const [first] = await counts(question);
    expect(first).toBe(question.by === 'person' ? total.persons : total.sessions);
  });
});

test('no step has more units than the one before, nor a stricter order or shorter window more', {
  timeout,
}, async () => {
  await every(funnels, async (question) => {
    const of = (order: StepOrder, more: Partial<FunnelQuestion> = {}) => counts({ ...question, ...more, order });
    const [strict, ordered, free] = [await of('strict'), await of('ordered'), await of('any')];
    const { within: _, ...open } = question;
    const unlimited = await counts({ ...open, order: 'ordered' });
    ordered.forEach((count, i) => {
      expect(strict[i]).toBeLessThanOrEqual(count);
      expect(count).toBeLessThanOrEqual(free[i] ?? 0);
      expect(count).toBeLessThanOrEqual(unlimited[i] ?? 0);
      if (i > 0) expect(count).toBeLessThanOrEqual(ordered[i - 1] ?? 0);
    });
  });
});

test('a person comes as far as any of their sessions, and sessions of nobody come from nobody', {
  timeout,
}, async () => {
  await every(funnels, async (question, journeys) => {
    if (question.order === 'strict') return;
    const by = (unit: Unit) => counts({ ...question, by: unit });
    await table.fill(journeys.filter(({ person }) => person !== null));
    const [sessions, persons] = [await by('session'), await by('person')];
    persons.forEach((count, i) => {
      if ((sessions[i] ?? 0) > 0) expect(count).toBeGreaterThan(0);
    });
    await table.fill(journeys.filter(({ person }) => person === null));
    expect(sum(await by('person'))).toBe(0);
  });
});

test('the values of a breakdown add up to the whole', { timeout }, async () => {
  await every(funnels, async (question) => {
    const breakdown = question.breakdown ?? ({ touch: 'channel', which: 'first' } as const);
    const { steps, groups } = await funnel(table.database, table.relation, { ...question, breakdown });
    steps.forEach(({ count, revenue }, i) => {
      expect(sum(groups.map((group) => group.steps[i]?.count ?? 0))).toBe(count);
      const revenues = groups.map((group) => parseMoney(group.steps[i]?.revenue ?? '0'));
      expect(revenues.reduce((a, b) => a + b, 0n)).toBe(parseMoney(revenue));
    });
  });
  await every(trends, async (question) => {
    const breakdown = question.breakdown ?? ({ touch: 'country', which: 'last' } as const);
    const { total, groups, points } = await trend(table.database, table.relation, { ...question, breakdown });
    expect(sum(groups.map((group) => group.total.events))).toBe(total.events);
    expect(sum(groups.map((group) => group.total.sessions))).toBe(total.sessions);
    expect(sum(points.map(({ events }) => events))).toBeLessThanOrEqual(total.events);
  });
});

test('what runs into a node and begins there runs out of it and ends there', { timeout }, async () => {
  await every(pathQuestions, async (question) => {
    const { sessions, nodes, edges } = await paths(table.database, table.relation, question);
    for (const { layer, node, count, started, ended, cut } of nodes) {
      const into = edges.filter((edge) => edge.layer === layer - 1 && edge.target === node);
      const out = edges.filter((edge) => edge.layer === layer && edge.source === node);
      expect(sum(into.map((edge) => edge.count)) + started).toBe(count);
      expect(sum(out.map((edge) => edge.count)) + ended).toBe(count);
      expect(cut).toBeLessThanOrEqual(ended);
    }
    expect(sum(nodes.map(({ started }) => started))).toBe(sessions);
    expect(sum(nodes.map(({ ended }) => ended))).toBe(sessions);
  });
});

test('everybody who is first seen by an event has that event in the same period', { timeout }, async () => {
  await every(retentions, async ({ from: _, ...question }) => {
    const { cohorts } = await retention(table.database, table.relation, { ...question, back: question.first });
    for (const { persons, back } of cohorts) {
      expect(back[0]).toBe(persons);
      for (const count of back) expect(count).toBeLessThanOrEqual(persons);
    }
  });
});

test('a session around a range without an event in it says nothing of its person', async () => {
  const minute = 60_000_000;
  const at = (time: number) => ({ time, type: 'view', product: null, category: null, brand: null, amount: null });
  const journey = (session: string, channel: string, times: readonly number[]): Journey => ({
    session,
    person: '1',
    start: times[0] ?? 0,
    events: times.map(at),
    touches: { first_channel: channel },
  });
  await table.fill([journey('1', 'mail', [0, 20 * minute]), journey('2', 'search', [10 * minute])]);
  const { groups } = await funnel(table.database, table.relation, {
    steps: [{ types: ['view'] }, { types: ['purchase'] }],
    order: 'ordered',
    by: 'person',
    breakdown: { touch: 'channel', which: 'first' },
    from: 5 * minute,
    to: 15 * minute,
  });
  expect(groups.map(({ value }) => value)).toEqual(['search']);
});
