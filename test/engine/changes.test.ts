import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { isStored } from '../../src/compile/tables.ts';
import { Follower } from './follower.ts';
import { performed, type Script } from './script.ts';
import { journeyScripts, loadScripts, reloadScripts } from './scripts.ts';
import { SEED, SOAK } from './soak.ts';

const timeout = 12 * 3_600_000;
const STORED = catalog.filter(isStored).map(({ name }) => name);

/** Followers that look after every how many steps: the last one only at the end, from its first snapshot on. */
const PACES = [2, Number.POSITIVE_INFINITY];

/** What followers were told wrong while a script was played. */
async function mistold(script: Script): Promise<string[]> {
  const followers = PACES.map((every) => ({ every, follower: new Follower() }));
  const { found, tables } = await performed(script, (shop, step) =>
    shop.ask(async (reading) => {
      const lines: string[] = [];
      for (const { every, follower } of followers) {
        const looks = step === 0 || step === script.steps.length || step % every === 0;
        if (looks) lines.push(...(await follower.differences(reading)));
      }
      return lines;
    }),
  );
  // What the followers hold at the end is what a query says, in the same form.
  for (const name of found.length > 0 ? [] : STORED) {
    const said = (rows: readonly object[] = []) => rows.map((row) => JSON.stringify(row)).sort();
    const asked = said(tables?.[name as 'brand_activity']);
    for (const { follower } of followers) expect(said(follower.rows(name)), name).toEqual(asked);
  }
  return found;
}

test.each([
  ['late events, merging sessions, closes by end and what comes after', journeyScripts(), 2],
  ['dimensions loaded again', reloadScripts(), 1],
  ['history loaded behind', loadScripts(), 2],
] as const)(
  'a reader that applies changes at any time holds the final rows: %s',
  {
    timeout,
  },
  async (_, scripts, usual) => {
    for (const script of fc.sample(scripts as fc.Arbitrary<Script>, { seed: SEED, numRuns: usual * SOAK })) {
      expect(await mistold(script), `FOOTFALL_SEED=${SEED} ${JSON.stringify(script)}`).toEqual([]);
    }
  },
);
