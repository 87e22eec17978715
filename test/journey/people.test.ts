import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { funnel } from '../../src/journey/funnel/funnel.ts';
import { paths } from '../../src/journey/paths.ts';
import { retention } from '../../src/journey/retention.ts';
import { trend } from '../../src/journey/trend.ts';
import { funnelOracle } from '../oracle/counting/funnel.ts';
import { pathsOracle } from '../oracle/counting/paths.ts';
import { type PeopleInForce, withPeople } from '../oracle/counting/people.ts';
import { retentionOracle, trendOracle } from '../oracle/counting/trend.ts';
import { funnels, pathQuestions, retentions, shops, trends } from './arbitrary.ts';
import { JourneyTable } from './journey-table.ts';

const RUNS = Number(process.env['FOOTFALL_RUNS'] ?? 40);
const HOUR = 3_600_000_000;

let table: JourneyTable;
beforeAll(async () => {
  table = await JourneyTable.open();
});
afterAll(() => table.close());

/** Visitors are 7 and 1; a user of whom nothing else is known may be no number. */
const people = (beginning: number): fc.Arbitrary<PeopleInForce> => {
  const from = fc.constantFrom(0, beginning, beginning + 1, beginning + HOUR, beginning + 24 * HOUR);
  return fc.record({
    links: fc.uniqueArray(
      fc.record({ visitor: fc.constantFrom('7', '1', 'x'), user: fc.constantFrom('1', '07', '99', 'ann'), from }),
      { maxLength: 4, selector: ({ visitor, from: at }) => `${visitor}/${at}` },
    ),
    bots: fc.uniqueArray(fc.record({ visitor: fc.constantFrom('7', '1', '01', 'x'), from }), {
      maxLength: 2,
      selector: ({ visitor }) => visitor,
    }),
  });
};

test('links and marks decide whose a journey is: all four questions count people', { timeout: 600_000 }, async () => {
  const cases = shops.chain(({ journeys, beginning }) =>
    fc.record({
      journeys: fc.constant(journeys),
      people: people(beginning),
      humans: fc.boolean(),
      funnels: fc.array(funnels(beginning), { minLength: 3, maxLength: 3 }),
      trend: trends(beginning),
      retention: retentions(beginning),
      paths: pathQuestions(beginning),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ journeys, people: said, humans, ...asked }) => {
      await table.fill(journeys);
      await table.say(said);
      const mine = withPeople(journeys, said, humans);
      const { database, relation } = table;
      for (const each of asked.funnels) {
        const question = { ...each, humans };
        expect(await funnel(database, relation, question)).toEqual(funnelOracle(mine, question));
      }
      const of = <Q extends object>(question: Q) => ({ ...question, humans });
      expect(await trend(database, relation, of(asked.trend))).toEqual(trendOracle(mine, asked.trend));
      expect(await retention(database, relation, of(asked.retention))).toEqual(retentionOracle(mine, asked.retention));
      expect(await paths(database, relation, of(asked.paths))).toEqual(pathsOracle(mine, asked.paths));
    }),
    { numRuns: RUNS },
  );
});
