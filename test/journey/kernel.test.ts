import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { funnel } from '../../src/journey/funnel/funnel.ts';
import { paths } from '../../src/journey/paths.ts';
import { retention } from '../../src/journey/retention.ts';
import { trend } from '../../src/journey/trend.ts';
import { funnelOracle } from '../oracle/counting/funnel.ts';
import { pathsOracle } from '../oracle/counting/paths.ts';
import { retentionOracle, trendOracle } from '../oracle/counting/trend.ts';
import { funnels, pathQuestions, retentions, shops, trends } from './arbitrary.ts';
import { JourneyTable } from './journey-table.ts';

const RUNS = Number(process.env['FOOTFALL_RUNS'] ?? 60);
const timeout = 600_000;

let table: JourneyTable;
beforeAll(async () => {
  table = await JourneyTable.open();
});
afterAll(() => table.close());

/** Shops, each with some questions about it. */
const asked = <Q>(questions: (beginning: number) => fc.Arbitrary<Q>) =>
  shops.chain(({ journeys, beginning }) =>
    fc.array(questions(beginning), { minLength: 4, maxLength: 4 }).map((each) => ({ journeys, questions: each })),
  );

test('funnels in every order, by session and person, are what trying every attempt gives', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(asked(funnels), async ({ journeys, questions }) => {
      await table.fill(journeys);
      for (const question of questions)
        expect(await funnel(table.database, table.relation, question), JSON.stringify(question)).toEqual(
          funnelOracle(journeys, question),
        );
    }),
    { numRuns: RUNS },
  );
});

test('trends over calendar periods of any zone are what counting gives', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(asked(trends), async ({ journeys, questions }) => {
      await table.fill(journeys);
      for (const question of questions)
        expect(await trend(table.database, table.relation, question), JSON.stringify(question)).toEqual(
          trendOracle(journeys, question),
        );
    }),
    { numRuns: RUNS },
  );
});

test('paths by any node, from a start or to an end, are what following each session gives', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(asked(pathQuestions), async ({ journeys, questions }) => {
      await table.fill(journeys);
      for (const question of questions)
        expect(await paths(table.database, table.relation, question), JSON.stringify(question)).toEqual(
          pathsOracle(journeys, question),
        );
    }),
    { numRuns: RUNS },
  );
});

test('retention by any period is what following each person gives', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(asked(retentions), async ({ journeys, questions }) => {
      await table.fill(journeys);
      for (const question of questions)
        expect(await retention(table.database, table.relation, question), JSON.stringify(question)).toEqual(
          retentionOracle(journeys, question),
        );
    }),
    { numRuns: RUNS },
  );
});
