import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { RepairRule } from '../../src/core/repair-rule.ts';
import { readLake } from '../../src/engine/lake/read-lake.ts';
import type { Lake } from '../../src/runtime/lake/lake.ts';
import { type Stream, streams } from '../oracle/arbitrary.ts';
import { brokenFile, loadFacts, pieces } from './broken-file.ts';
import { differences, expectedTables } from './differences.ts';
import { SEED, SOAK } from './soak.ts';
import { NOW, TestShop } from './test-shop.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const RULE: RepairRule = [
  { do: 'rename', field: 'typ', to: 'event_type' },
  { do: 'cast', field: 'event_time', as: 'day-first' },
  { do: 'cast', field: 'price', as: 'decimal-comma' },
];

interface Case {
  readonly stream: Stream;
  readonly broken: readonly number[];
  readonly cuts: readonly number[];
  /** After which pieces the lake is written, and after which refused rows are repaired. */
  readonly writeAfter: readonly boolean[];
  readonly repairAfter: number;
  readonly undo: boolean;
  /** Events a step, and files of a day that are left apart. */
  readonly step: number;
  readonly mostFiles: number;
}

const cases = (): fc.Arbitrary<Case> =>
  fc.record({
    stream: streams({ maxEvents: 32 }).filter(({ events }) => events.length > 0),
    broken: fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }),
    cuts: fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }),
    writeAfter: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
    repairAfter: fc.nat(5),
    undo: fc.boolean(),
    step: fc.integer({ min: 4, max: 40 }),
    mostFiles: fc.integer({ min: 1, max: 4 }),
  });

const REFUSED =
  'SELECT partition_key, position, code, pointer, message, bytes, repaired, (SELECT s.shape FROM row_shape s WHERE s.id = q.shape) AS shape FROM quarantine q ORDER BY ALL';

const deleteDatabase = (folder: string): void => {
  for (const name of ['footfall.duckdb', 'footfall.duckdb.wal', 'control.db'])
    rmSync(join(folder, name), { force: true });
};

async function play({ stream, broken, cuts, writeAfter, repairAfter, undo, ...limits }: Case): Promise<number> {
  const file = brokenFile(stream.events, broken);
  const settings = { zone: stream.settings.zone };
  const shop = await TestShop.open(settings);
  folders.push(shop.folder);
  await loadFacts(shop, stream.facts);
  let lake: Lake = await shop.openLake(limits);
  let repaired = false;
  for (const [i, piece] of pieces(file, cuts).entries()) {
    await shop.takeIn(piece);
    if (i === repairAfter && (await shop.rows(REFUSED)).length > 0) {
      const { repair, rows } = await shop.repair(RULE);
      repaired = rows > 0;
      if (repaired && undo) {
        await shop.undo(repair);
        repaired = false;
      }
    }
    if (writeAfter[i % writeAfter.length] !== true) continue;
    await lake.write(NOW);
    // Another process goes on with it.
    if (i % 2 === 0) lake = await shop.openLake(limits);
  }
  await lake.write(NOW);

  await shop.finalize(true);
  const [tables, refused, progress] = [await shop.tables(), await shop.rows(REFUSED), shop.shop.ingest.progress];
  const { unconverted } = shop.shop;
  const { rows } = lake.manifest.files.reduce((sum, each) => ({ rows: sum.rows + each.rows }), { rows: 0 });
  await shop.leave();

  deleteDatabase(shop.folder);
  const again = await TestShop.at(shop.folder, settings);
  const taken = await again.takeInLake();
  expect(taken?.damaged ?? []).toEqual([]);
  await again.finalize(true);
  expect(differences(tables, await again.tables())).toEqual([]);
  if (!repaired)
    expect(differences(expectedTables(file.good, stream.facts, stream.settings), await again.tables())).toEqual([]);
  expect(await again.rows(REFUSED)).toEqual(refused);
  expect([...again.shop.ingest.progress]).toEqual([...progress]);
  expect(again.shop.unconverted).toBe(unconverted);
  expect(await again.verify()).toMatchObject({ equal: true });
  expect(await again.takeInLake()).toBeNull();
  await again.leave();
  return rows;
}

test('a deleted database is what the lake, the facts and the rules of repairs say', {
  timeout: 12 * 3_600_000,
}, async () => {
  let rows = 0;
  for (const each of fc.sample(cases(), { seed: SEED, numRuns: 2 * SOAK })) rows += await play(each);
  expect(rows).toBeGreaterThan(0);
});

interface Sources {
  readonly stream: Stream;
  /** Of each event by its place: which source it comes from; the last of them is history that is loaded. */
  readonly sources: readonly number[];
  readonly cut: number;
  readonly late: 'restate' | 'drop';
}

const LOAD = 'history';

test('sources that go on, have ended and are loaded come back as they stood; what was dropped does not come back', {
  timeout: 12 * 3_600_000,
}, async () => {
  const given = fc.record({
    stream: streams({ maxEvents: 32 }).filter(({ events }) => events.length > 3),
    sources: fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }),
    cut: fc.nat(30),
    late: fc.constantFrom('restate' as const, 'drop' as const),
  });
  for (const each of fc.sample(given, { seed: SEED, numRuns: SOAK })) await playSources(each);
});

async function playSources({ stream: { events, facts, settings }, sources, cut, late }: Sources): Promise<void> {
  const shop = await TestShop.open({ zone: settings.zone, late });
  folders.push(shop.folder);
  await loadFacts(shop, facts);
  const sourceOf = (i: number): string => ['p', 'q', 'r', LOAD][sources[i % sources.length] ?? 0] ?? 'p';
  const named = events.map((event, i) => ({ event, source: sourceOf(i) }));
  const live = named.filter(({ source }) => source !== LOAD);
  const loaded = named.filter(({ source }) => source === LOAD);
  const lake = await shop.openLake({ step: 5, mostFiles: 2 });
  for (const part of [live.slice(0, cut), live.slice(cut)]) {
    if (part.length > 0)
      await shop.give(
        part.map(({ event }) => event),
        { partition: (i) => part[i]?.source ?? 'p' },
      );
    await lake.write(NOW);
  }
  await shop.give([], { ended: ['r'] });
  if (loaded.length > 0)
    await shop.give(
      loaded.map(({ event }) => event),
      { partition: () => LOAD, ended: [LOAD], load: 1 },
    );
  await lake.write(NOW);
  await shop.finalize(true);
  const [tables, progress] = [await shop.tables(), shop.shop.ingest.progress];
  const stored = shop.shop.ingest.events;
  await shop.leave();

  deleteDatabase(shop.folder);
  const again = await TestShop.at(shop.folder, { zone: settings.zone, late });
  await again.takeInLake();
  await again.finalize(true);
  expect(again.shop.ingest.events).toBe(stored);
  expect(differences(tables, await again.tables())).toEqual([]);
  expect(new Map(again.shop.ingest.progress)).toEqual(new Map(progress));
  expect(await again.verify()).toMatchObject({ equal: true });
  await again.leave();
}

test('many refused rows come a few at a time, before an event, between two and after the last, wherever it is ended', async () => {
  const settings = { zone: 'UTC' };
  const shop = await TestShop.open(settings);
  folders.push(shop.folder);
  const ways = Array.from({ length: 60 }, (_, i) => (i === 25 || i === 26 || i === 40 ? 0 : 3));
  const file = brokenFile(
    ways.map((_, i) => ({
      event_id: `e-${i}`,
      event_time: `2020-01-01T10:00:${String(i).padStart(2, '0')}.000000Z`,
      event_type: 'purchase',
      product_id: 'p',
      user_id: 'u',
      price: '2.5000',
    })),
    ways,
  );
  const lake = await shop.openLake();
  for (const piece of pieces(file, [400, 800])) {
    await shop.takeIn(piece);
    await lake.write(NOW);
  }
  const [refused, progress] = [await shop.rows(REFUSED), shop.shop.ingest.progress];
  expect([refused.length, shop.shop.ingest.events]).toEqual([57, 3]);
  const { folder, manifest } = lake;
  expect(manifest.files.filter(({ kind }) => kind === 'refused').length).toBeGreaterThan(1);
  await shop.leave();
  deleteDatabase(shop.folder);

  const again = await TestShop.at(shop.folder, settings);
  let times = 0;
  // Each reading ends after a batch, and the next one goes on where it was.
  for (let more = true; more; ) {
    more = false;
    const [session, beside] = [await again.shop.database.connect(), await again.shop.database.connect()];
    const read = readLake(session, beside, folder, manifest, manifest.files, again.shop.ingest.progress, 7);
    for await (const { batch, load } of read) {
      expect(batch.rejected.length).toBeLessThanOrEqual(7);
      expect(load).toBeNull();
      await again.takeIn({ batch });
      times += 1;
      more = true;
      break;
    }
    for (const each of [session, beside]) await again.shop.database.disconnect(each);
  }
  expect(times).toBeGreaterThan(6);
  expect(again.shop.ingest.events).toBe(3);
  expect(await again.rows(REFUSED)).toEqual(refused);
  expect([...again.shop.ingest.progress.keys()]).toEqual([...progress.keys()]);
  for (const [key, { position, ended, clock }] of progress)
    expect(again.shop.ingest.progress.get(key)).toMatchObject({ position, ended, clock });
  await again.leave();
});
