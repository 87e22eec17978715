import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import type { CrashPoint } from '../../src/engine/crash-point.ts';
import { scratch, until } from '../cli/footfall-process.ts';
import { SEED, SOAK } from '../engine/soak.ts';
import { type AnyRow, compareRows } from '../oracle/compare-rows.ts';
import { oracle } from '../oracle/oracle.ts';
import type { TableName } from '../oracle/table.ts';
import { makeKey } from '../server/server-process.ts';
import { EventMaker, type SentRequest, sendUntil, sendUntilAnswered } from './sending-client.ts';
import { ServedVictim, type ServerDeath } from './served-victim.ts';

const CLIENTS = 20;
const KILLS_A_ROUND = 6;
/** Of an hour: a window of funnels. */
const QUARTER = 900_000;
/** FOOTFALL_SOAK=167 kills a thousand times. */
const ROUNDS = SOAK;
/** Where taking events in passes again and again. */
const POINTS: readonly CrashPoint[] = [
  'ingest.begun',
  'ingest.raw_written',
  'ingest.marks_written',
  'ingest.before_commit',
  'ingest.committed',
  'finalize.begun',
  'finalize.windows_written',
  'finalize.dirty_recomputed',
  'finalize.sessions_written',
  'finalize.before_commit',
  'finalize.committed',
];
const SIGNALS = ['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGBUS'] as const;
const TABLES: readonly TableName[] = [
  'event_aggregations',
  'brand_activity',
  'user_session_analytics',
  'journeys',
  'conversion_funnel',
  'product_page_views',
  'category_revenue',
  'click_purchase_conversion',
  'sales_metrics',
];

/** The same numbers for the same seed, between 0 and 1. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let victim: ServedVictim | null = null;
afterAll(() => victim?.stop());
const folders = Array.from({ length: ROUNDS }, () => scratch());

test.each(folders.map((folder, round) => [round, folder] as const))(
  'round %i: what clients were told is counted once and as they know it, whatever ends the server',
  { timeout: 600_000 },
  async (round, data) => {
    const random = randomFrom(SEED + round);
    const [ingest, read] = [await makeKey(data, 'ingest'), await makeKey(data, 'read')];
    // Of the first window of funnels there is little: it is closed before those that come late begin in it.
    const events = new EventMaker(random, Math.floor(Date.now() / QUARTER) * QUARTER - 4_000);
    let [over, finished] = [false, false];
    // Otherwise the clients of a round that fails would go on in the next.
    onTestFinished(() => {
      finished = true;
    });
    const address = (): string | null => {
      if (finished) throw new Error('the round is over');
      return victim?.url ?? null;
    };
    let answered = 0;
    const counting = async (name: string): Promise<readonly SentRequest[]> =>
      sendUntil(
        () => {
          answered += 1;
          return over;
        },
        name,
        { events, random, address, key: ingest },
      );
    const clients = Promise.all(Array.from({ length: CLIENTS }, (_, i) => counting(`c${i}`)));
    clients.catch(() => undefined);
    const same: Promise<readonly string[]>[] = [];
    const shared: CanonicalEvent[] = [];
    const deaths: string[] = [];
    for (let kills = 0; kills < KILLS_A_ROUND; ) {
      const death = deathFrom(random, round * KILLS_A_ROUND + kills);
      const before = answered;
      victim = await ServedVictim.start(data, death);
      if (victim === null) continue;
      if (kills % 2 === 0) {
        const event = events.event(null);
        shared.push(event);
        const body = JSON.stringify([event]);
        const idempotency = `shared-${shared.length}`;
        const each = () => sendUntilAnswered(body, idempotency, address, ingest);
        const answers = Promise.all(Array.from({ length: 100 }, each));
        answers.catch(() => undefined);
        same.push(answers);
      }
      await victim.dies(death);
      victim = null;
      // A kill that finds it where the last one left it proves nothing new.
      if (answered === before) continue;
      kills += 1;
      deaths.push('point' in death ? `${death.point}@${death.pass}` : death.signal);
    }
    victim = await ServedVictim.start(data);
    if (victim === null) throw new Error('nobody killed it');
    for (const answers of same) expect(new Set(await answers).size).toBe(1);
    over = true;
    const sent = (await clients).flat();

    for (const { events: made, copies, answer } of sent)
      expect([deaths, JSON.parse(answer)]).toEqual([
        deaths,
        expect.toSatisfy(
          ({ accepted, duplicate, rejected }: Readonly<Record<string, number>>) =>
            // An event that was accepted, and told of by nobody, is a duplicate when it is sent again.
            rejected === 0 && (accepted ?? 0) + (duplicate ?? 0) === made.length + copies && (duplicate ?? 0) >= copies,
        ),
      ]);
    const all = [...sent.flatMap((each) => each.events), ...shared];
    expect(all.length).toBeGreaterThan(KILLS_A_ROUND * 10);
    // A session that came to begin in a funnel that was closed is in it when it is over.
    await compare(oracle(all), all.length, {
      key: read,
      tables: TABLES.filter((name) => name !== 'conversion_funnel'),
    });

    const closing = events.closing();
    await sendUntilAnswered(JSON.stringify([closing]), 'closing', address, ingest);
    all.push(closing);
    const expected = oracle(all);
    await compare(expected, all.length, { key: read, tables: TABLES });

    // The journal alone is enough.
    await victim.stop();
    for (const file of ['footfall.duckdb', 'footfall.duckdb.wal']) rmSync(join(data, file), { force: true });
    victim = await ServedVictim.start(data);
    await compare(expected, all.length, { key: read, tables: TABLES });
    await victim?.stop();
    victim = null;
  },
);

function deathFrom(random: () => number, n: number): ServerDeath {
  const point = POINTS[Math.floor(random() * POINTS.length)];
  if (n % 2 === 0 && point !== undefined) return { point, pass: 1 + Math.floor(random() * 3), patience: 2_000 };
  const signal = SIGNALS[Math.floor(random() * SIGNALS.length)] ?? 'SIGKILL';
  return { signal, after: 50 + random() * 700 };
}

/** All rows equal those of the clients' own list, live ones included. */
async function compare(
  expected: ReturnType<typeof oracle>,
  events: number,
  { key, tables }: { readonly key: string; readonly tables: readonly TableName[] },
): Promise<void> {
  const get = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await fetch(`${victim?.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    return (await answer.json()) as Readonly<Record<string, unknown>>;
  };
  await until(async () => (await get('/v1/status'))['events'] === events);
  let found: string[] = [];
  const agrees = async (): Promise<boolean> => {
    found = [];
    for (const table of tables) {
      const { rows } = await get(`/v1/views/${table}/rows?limit=10000`);
      found.push(...compareRows(table, expected[table].map(cells), (rows as AnyRow[]).map(cells)).slice(0, 4));
    }
    return found.length === 0;
  };
  // What came late corrects closed rows at the next finalize.
  await until(agrees, 30).catch(() => undefined);
  expect(found).toEqual([]);
}

/** Whether a session is over depends on when it is asked. */
const cells = ({ status: _, ...row }: AnyRow): AnyRow => row;
