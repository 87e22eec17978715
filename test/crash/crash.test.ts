import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CRASH_POINTS, type CrashPoint } from '../../src/engine/crash-point.ts';
import { differences } from '../engine/differences.ts';
import { performed } from '../engine/script.ts';
import { SOAK } from '../engine/soak.ts';
import { type Tables, TestShop } from '../engine/test-shop.ts';
import { type Death, runVictim, type Victim } from './run-victim.ts';
import { SCENARIOS, type ScenarioName } from './scenarios.ts';

const KILLS_A_POINT = SOAK > 1 ? 20 : 1;
const RANDOM_KILLS = SOAK > 1 ? 1000 : 2;
const seed = Number(process.env['FOOTFALL_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Points that a victim passes at most once between two of its starts. */
const ONCE = /^(migrate|stage|backfill|switch)\./;
const HOURS = 12 * 3_120_000;

describe.each(Object.keys(SCENARIOS) as ScenarioName[])(`%s, FOOTFALL_SEED=${seed}`, (scenario) => {
  let expected: Tables;
  const folders: string[] = [];
  const newVictim = (): Victim => {
    const folder = mkdtempSync(join(tmpdir(), 'footfall-crash-'));
    folders.push(folder);
    return { folder, scenario, seed };
  };

  beforeAll(async () => {
    const { found, tables } = await performed(SCENARIOS[scenario](seed));
    expect(found).toEqual([]);
    if (tables === undefined) throw new Error('no tables');
    expected = tables;
  }, 120_000);
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test('killed at every point, again and again, it ends where an uninterrupted run does', {
    timeout: HOURS,
  }, async () => {
    const kills = new Map<CrashPoint, number>(CRASH_POINTS.map((point) => [point, 0]));
    let victim = newVictim();
    let last = '';
    for (let turn = 0; [...kills.values()].some((count) => count < KILLS_A_POINT); turn += 1) {
      expect(turn, `points not reached: ${JSON.stringify([...kills])}`).toBeLessThan(KILLS_A_POINT * 60);
      const [point] = [...kills].reduce((least, each) => (each[1] < least[1] ? each : least));
      const pass = ONCE.test(point) ? 1 : 1 + (turn % 3);
      const { fate, began, errors } = await runVictim(victim, { at: { point, pass }, steps: 12 });
      expect(errors).toBe('');
      // A kill that finds the victim where the last one left it proves nothing new.
      if (fate === 'killed' && (began !== last || began === '')) kills.set(point, (kills.get(point) ?? 0) + 1);
      last = began;
      if (fate !== 'done') continue;
      await compare(victim, expected);
      victim = newVictim();
    }
    await finish(victim, {});
    await compare(victim, expected);
  });

  test('killed at any time, it ends where an uninterrupted run does', { timeout: HOURS }, async () => {
    let victim = newVictim();
    for (let kills = 0; kills < RANDOM_KILLS; ) {
      const millis = 250 + Math.random() * 900;
      const { fate, began, errors } = await runVictim(victim, { at: { millis } });
      expect(errors).toBe('');
      if (fate === 'killed' && began !== '') kills += 1;
      if (fate !== 'done') continue;
      await compare(victim, expected);
      victim = newVictim();
    }
    await finish(victim, {});
    await compare(victim, expected);
  });
});

async function finish(victim: Victim, death: Death): Promise<void> {
  const { fate, errors } = await runVictim(victim, death);
  expect([fate, errors]).toEqual(['done', '']);
}

async function compare({ folder, scenario, seed: of }: Victim, expected: Tables): Promise<void> {
  const { settings, steps } = SCENARIOS[scenario](of);
  const shop = await TestShop.at(folder, settings, undefined, 'applied');
  try {
    expect(differences(expected as never, await shop.tables())).toEqual([]);
    expect(await shop.verify()).toMatchObject({ equal: true });
    // A process that died after a commit, before it noted it outside the database, is no database that was replaced.
    expect(shop.shop.generation).toBe(1);
    const said = steps.flatMap((step) => (step.do === 'people' ? step.saying.rows : []));
    const inForce = await shop.rows(
      "SELECT key AS visitor, epoch_us(valid_from) AS since FROM dimension WHERE kind IN ('same_as', 'bot') ORDER BY valid_from",
    );
    expect(inForce).toEqual(said.map(({ visitor, from }) => ({ visitor, since: from })));
    const events = steps.reduce((sum, step) => sum + (step.do === 'give' ? step.events.length : 0), 0);
    expect(shop.shop.ingest.events + shop.shop.ingest.duplicates).toBe(events);
    expect(await shop.rows('SELECT count(*)::INTEGER AS events FROM raw')).toEqual([{ events }]);
  } finally {
    await shop.leave();
  }
}
