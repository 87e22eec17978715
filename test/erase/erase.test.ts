import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { minutes } from '../../src/core/time.ts';
import { type CrashPoint, ERASE_CRASH_POINTS } from '../../src/engine/crash-point.ts';
import { keptProperties, readProperties } from '../../src/engine/erase/erased-fields.ts';
import { searchDatabase } from '../../src/engine/erase/search-database.ts';
import { Tombstones } from '../../src/engine/erase/tombstones.ts';
import { LIVE } from '../../src/engine/protocol/schedule.ts';
import { readErasureKey } from '../../src/journal/erasure-key.ts';
import { type ErasureFact, FactLog } from '../../src/journal/fact-log.ts';
import { dataFolder } from '../../src/runtime/data-folder.ts';
import type { Certificate } from '../../src/runtime/erase/certificate.ts';
import { type ErasureRequest, eraseVisitor } from '../../src/runtime/erase/erase-visitor.ts';
import { openShop, type ShopOptions } from '../../src/runtime/open-shop.ts';
import { brokenFile, loadFacts, pieces } from '../engine/broken-file.ts';
import { differences, expectedTables } from '../engine/differences.ts';
import { SEED, SOAK } from '../engine/soak.ts';
import { TestShop } from '../engine/test-shop.ts';
import { streams } from '../oracle/arbitrary.ts';
import type { OracleFacts } from '../oracle/input.ts';
import { CANARY, canaryShop, FILE, VISITOR } from './canary-shop.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const optionsOf = (folder: string, zone = 'UTC'): ShopOptions => ({
  folder: dataFolder(folder),
  settings: { zone, lateness: minutes(10), late: 'restate' },
  views: catalog,
  memoryLimit: '1GB',
  threads: 2,
});

async function erase(
  folder: string,
  request: Pick<ErasureRequest, 'visitor' | 'mode'>,
  zone = 'UTC',
): Promise<Certificate> {
  const open = await openShop(optionsOf(folder, zone), LIVE, 'stored');
  try {
    const outcome = await eraseVisitor(open, { person: true, confirmed: true, ...request });
    if (!outcome.done) throw new Error('it was confirmed');
    return outcome.certificate;
  } finally {
    await open.close();
  }
}

/** The tombstones of a folder, as whoever has the key can make them. */
function tombstonesIn(folder: string): { readonly stones: Tombstones; readonly fact: ErasureFact } {
  const facts = FactLog.in(folder)
    .read()
    .filter((fact) => fact.kind === 'erasure');
  const [fact] = facts;
  const key = readErasureKey(folder);
  if (fact === undefined || key === null) throw new Error('nobody was erased');
  return { stones: new Tombstones(key, facts), fact };
}

/** What is left of events, said once more and without the product's code for it. */
function leftOf(
  events: readonly CanonicalEvent[],
  given: ReadonlySet<string>,
  visitor: string,
  mode: ErasureFact['mode'],
  other: (id: string) => string,
): readonly CanonicalEvent[] {
  const names = (event: CanonicalEvent) => event.user_id === visitor || event.anonymous_id === visitor;
  const sessions = new Set(events.filter(names).flatMap(({ session_id: id }) => (id == null ? [] : [id])));
  return events.flatMap((event) => {
    const shared = event.session_id != null && sessions.has(event.session_id);
    const theirs = names(event) || (shared && event.user_id == null && event.anonymous_id == null);
    const renamed = (id: string | null | undefined) => (id == null ? null : other(id));
    if (theirs && mode === 'remove') return [];
    if (!theirs) return [shared ? { ...event, session_id: renamed(event.session_id) } : event];
    const { event_id: id = null, properties } = event;
    return [
      {
        ...event,
        event_id: id !== null && given.has(id) ? other(id) : id,
        user_id: renamed(event.user_id),
        anonymous_id: renamed(event.anonymous_id),
        session_id: renamed(event.session_id),
        order_id: renamed(event.order_id),
        properties: properties == null ? null : keptProperties(properties, readProperties(catalog)),
      },
    ];
  });
}

const visitorsOf = (events: readonly CanonicalEvent[]): readonly string[] =>
  [...new Set(events.flatMap(({ user_id: a, anonymous_id: b }) => [a, b]).filter((id) => id != null))].sort();

test('after an erasure all tables say what the events say that are left, raw adds up, and a rebuild says the same', {
  timeout: 600_000,
}, async () => {
  const cases = fc.record({
    stream: streams({ maxEvents: 40 }).filter(({ events }) => visitorsOf(events).length > 0),
    whose: fc.nat(20),
    mode: fc.constantFrom<ErasureFact['mode'][]>('anonymise', 'remove'),
    end: fc.boolean(),
    cuts: fc.array(fc.nat(1000), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ stream, whose, mode, end, cuts }) => {
      const { zone } = stream.settings;
      const file = brokenFile(stream.events, [0]);
      const given = new Set(stream.events.flatMap(({ event_id: id }) => (id == null ? [] : [id])));
      const visitors = visitorsOf(file.all);
      const visitor = visitors[whose % visitors.length] ?? '';
      const shop = await TestShop.open({ zone });
      folders.push(shop.folder);
      await loadFacts(shop, stream.facts);
      for (const piece of pieces(file, cuts)) {
        await shop.takeIn(piece);
        await shop.finalize();
      }
      await shop.finalize(end);
      await shop.leave();

      const certificate = await erase(shop.folder, { visitor, mode }, zone);
      expect(certificate.found.before).toBeGreaterThan(0);
      expect(certificate.found.after).toBe(0);
      const { stones, fact } = tombstonesIn(shop.folder);
      const left = leftOf(file.all, given, visitor, mode, (id) => stones.surrogate(fact, id));
      const { users = [] } = stream.facts;
      const facts: OracleFacts = { ...stream.facts, users: users.filter(({ user_id: id }) => id !== visitor) };
      const expected = expectedTables(left, facts, stream.settings);

      const after = await TestShop.at(shop.folder, { zone });
      expect(await after.verify()).toMatchObject({ equal: true });
      await after.finalize(true);
      expect(differences(expected, await after.tables())).toEqual([]);
      expect(await after.verify()).toMatchObject({ equal: true, waiting: 0 });
      expect(after.shop.generation).toBe(2);
      await after.leave();

      const folder = mkdtempSync(join(tmpdir(), 'footfall-erase-'));
      folders.push(folder);
      cpSync(shop.folder, folder, {
        recursive: true,
        filter: (path) => !path.startsWith(join(shop.folder, 'footfall.duckdb')),
      });
      const again = await TestShop.at(folder, { zone });
      for (const piece of pieces(file, [])) await again.takeIn(piece);
      await again.finalize(true);
      expect(differences(expected, await again.tables())).toEqual([]);
      const found = await again.ask(({ database }) => searchDatabase(database, stones));
      expect(found.filter(({ rows }) => rows > 0)).toEqual([]);
      await again.leave();
    }),
    { numRuns: 2 * SOAK, seed: SEED, interruptAfterTimeLimit: 300_000 * SOAK },
  );
});

/** Rows of any column of any table that hold a text, by SQL alone: another way to look than the product's. */
async function rowsWith(folder: string, text: string): Promise<Readonly<Record<string, number>>> {
  const shop = await TestShop.at(folder);
  try {
    const columns = await shop.rows(
      "SELECT schema_name || '.' || table_name AS t, column_name AS c FROM duckdb_columns() WHERE NOT internal AND table_name NOT IN (SELECT view_name FROM duckdb_views())",
    );
    const found: Record<string, number> = {};
    for (const { t, c } of columns) {
      const decoded = `"${String(c)}"::VARCHAR`;
      const [row] = await shop.rows(
        `SELECT count(*)::INTEGER AS n FROM ${String(t)} WHERE contains(${decoded}, '${text}')`,
      );
      if (Number(row?.['n']) > 0) found[`${String(t)}.${String(c)}`] = Number(row?.['n']);
    }
    for (const path of filesIn(folder).filter((name) => name.endsWith('.parquet'))) {
      const [row] = await shop.rows(
        `SELECT count(*)::INTEGER AS n FROM (SELECT COLUMNS(*)::VARCHAR FROM '${path}') t WHERE contains(t::VARCHAR, '${text}')`,
      );
      if (Number(row?.['n']) > 0)
        found[path.slice(folder.length + 1).replace(/-\d+\.parquet$/, '')] = Number(row?.['n']);
    }
    return found;
  } finally {
    await shop.leave();
  }
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
/** Files that hold a text as it is written. */
const plainlyIn = (folder: string, text: string): readonly string[] =>
  filesIn(folder).filter((path) => readFileSync(path).includes(text));

test.each<ErasureFact['mode']>(['anonymise', 'remove'])(
  '%s: canaries in every table and file are found before, and none after',
  {
    timeout: 120_000,
  },
  async (mode) => {
    const folder = await canaryShop();
    folders.push(folder);
    // The CSV that was loaded lies outside of what is the shop's.
    for (const name of readdirSync(folder)) if (name.endsWith('.csv')) rmSync(join(folder, name));
    const before = await rowsWith(folder, CANARY);
    for (const place of [
      'main.raw_event.user_id',
      'main.raw_event.anonymous_id',
      'main.raw_event.session_id',
      'main.raw_event.event_id',
      'main.raw_event.order_id',
      'main.raw_extra.page_url',
      'main.raw_extra.properties',
      'main.symbol.text',
      'main.quarantine.bytes',
      'main.dimension.key',
      'main.dimension.attributes',
      'result.user_session_analytics.session_id',
      'result.user_session_analytics_history.visitor',
      'result.cart_abandonment.visitor',
      'lake/2020-01-01/events',
      'lake/refused/refused',
    ])
      expect(Object.keys(before), place).toContain(place);
    const plain = plainlyIn(folder, CANARY).map((path) => path.slice(folder.length + 1));
    for (const part of ['facts.ndjson', 'facts.ndjson.torn', 'facts/', 'journal/'])
      expect(
        plain.some((path) => path.startsWith(part)),
        part,
      ).toBe(true);
    const { ino } = statSync(join(folder, 'footfall.duckdb'));
    const revenue = await revenueOf(folder);

    const certificate = await erase(folder, { visitor: VISITOR, mode });
    expect(certificate.found.after).toBe(0);
    expect(certificate.searched.filter((each) => each.before > 0).length).toBeGreaterThan(10);
    expect(JSON.stringify(certificate)).not.toContain(CANARY);
    const replaced = certificate.files.find(({ path }) => path === 'footfall.duckdb');
    expect(replaced?.before).not.toBe(replaced?.after);
    expect(statSync(join(folder, 'footfall.duckdb')).ino).not.toBe(ino);
    expect(certificate.files.filter(({ path, after }) => path.startsWith('lake/') && after !== null)).not.toEqual([]);
    expect(certificate.searched).toContainEqual({ place: 'lake/events.user_id', before: 5, after: 0 });
    expect(plainlyIn(folder, CANARY)).toEqual([]);
    expect(await rowsWith(folder, CANARY)).toEqual({});
    expect(existsSync(join(folder, 'erasing.json'))).toBe(false);
    expect(existsSync(join(folder, 'erasures', `erasure-${certificate.erasure}.json`))).toBe(true);
    expect(statSync(join(folder, 'erasure.key')).mode & 0o777).toBe(0o600);

    const shop = await TestShop.at(folder);
    expect(await shop.verify()).toMatchObject({ equal: true });
    await shop.leave();
    expect(await revenueOf(folder)).toBe(mode === 'anonymise' ? revenue : '30.0000');
    await expect(erase(folder, { visitor: VISITOR, mode })).rejects.toMatchObject({ code: 'erase.unknown' });
  },
);

async function revenueOf(folder: string): Promise<string> {
  const shop = await TestShop.at(folder);
  const rows = (await shop.tables()).user_session_analytics;
  await shop.leave();
  return (
    rows.reduce((sum, row) => sum + Number(String(row['total_purchase_value']).replace('.', '')), 0) / 1e4
  ).toFixed(4);
}

test('a copy of the database from before is erased when it is put back, and a source that is read again on the way in', {
  timeout: 120_000,
}, async () => {
  const folder = await canaryShop();
  folders.push(folder);
  for (const name of readdirSync(folder)) if (name.endsWith('.csv')) rmSync(join(folder, name));
  const copy = join(folder, '..', `${folder.split('/').at(-1)}.backup`);
  folders.push(copy);
  cpSync(join(folder, 'footfall.duckdb'), copy);
  await erase(folder, { visitor: VISITOR, mode: 'anonymise' });
  cpSync(copy, join(folder, 'footfall.duckdb'));
  const opened = await openShop(optionsOf(folder), LIVE);
  await opened.close();
  expect(await rowsWith(folder, CANARY)).toEqual({});
  for (const name of readdirSync(folder)) if (name.startsWith('footfall.duckdb')) rmSync(join(folder, name));
  const again = await TestShop.at(folder, { lateness: 0 });
  for (const piece of pieces(FILE, [])) await again.takeIn(piece);
  await again.finalize(true);
  await again.leave();
  expect(await rowsWith(folder, CANARY)).toEqual({});
  rmSync(join(folder, 'erasure.key'));
  await expect(TestShop.at(folder)).rejects.toMatchObject({ code: 'erase.key' });
});

const VICTIM = fileURLToPath(new URL('./erase-victim.ts', import.meta.url));

async function runVictim(folder: string, mode: string, at?: string): Promise<readonly [unknown, string]> {
  const env = { ...process.env, UV_THREADPOOL_SIZE: '16', ...(at === undefined ? {} : { FOOTFALL_CRASH_AT: at }) };
  const child = spawn(process.execPath, [VICTIM, folder, VISITOR, mode], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return [signal ?? code, errors];
}

test('killed at every point, an erasure is finished by whoever comes next', { timeout: 240_000 }, async () => {
  const mode = SEED % 2 === 0 ? 'anonymise' : 'remove';
  const folder = await canaryShop();
  folders.push(folder);
  for (const name of readdirSync(folder)) if (name.endsWith('.csv')) rmSync(join(folder, name));
  const points: readonly CrashPoint[] = ['erase.begun', 'fact.written', ...ERASE_CRASH_POINTS.slice(1)];
  for (const point of points)
    expect([point, ...(await runVictim(folder, mode, `${point}@1`))]).toEqual([point, 'SIGKILL', '']);
  expect(await runVictim(folder, mode)).toEqual([0, '']);
  expect(readdirSync(join(folder, 'erasures'))).toHaveLength(1);
  expect(plainlyIn(folder, CANARY)).toEqual([]);
  expect(await rowsWith(folder, CANARY)).toEqual({});
  const shop = await TestShop.at(folder);
  expect(await shop.verify()).toMatchObject({ equal: true, waiting: 0 });
  await shop.leave();
});
