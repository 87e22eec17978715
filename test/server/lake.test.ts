import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LakeFile, lakeFolder, readManifest } from '../../src/journal/lake/manifest.ts';
import { footfall, rowsOf, scratch, until } from '../cli/footfall-process.ts';
import { ShopServer } from './serving.ts';

const DAY = '2020-01-01';
const event = (i: number) => ({
  event_id: `e-${i}`,
  event_time: `${DAY}T10:${String(i % 60).padStart(2, '0')}:00Z`,
  event_type: i % 3 === 0 ? 'purchase' : 'view',
  product_id: `p-${i % 4}`,
  price: '10.50',
  user_id: `u-${i % 5}`,
  properties: { note: `nr ${i}` },
});

/** How a row came to be is no part of what it says. */
const PROVENANCE = ['processing_timestamp', 'epoch', 'revision', 'late_events', 'is_final'];

const filesOf = (data: string): readonly LakeFile[] => {
  const found = readManifest(lakeFolder(data));
  return found.found === 'manifest' ? found.manifest.files : [];
};
const rowsInLake = (data: string): number => filesOf(data).reduce((sum, { rows }) => sum + rows, 0);

/** Flips a bit of a file; doing it again puts it right. */
function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

const counted = (data: string): readonly string[] => [
  'query',
  '--sql',
  'SELECT count(*)::INTEGER AS n FROM enriched_events',
  '--data',
  data,
];

const remove = (data: string, names: readonly string[]): void => {
  for (const name of names) rmSync(join(data, name), { recursive: true, force: true });
};

const DATABASE = ['footfall.duckdb', 'footfall.duckdb.wal', 'control.db', 'control.db-wal', 'control.db-shm'];

test('with the database and the journal gone, a server says the same from its lake, and knows copies', async () => {
  const data = scratch();
  const shop = new ShopServer(data, ['--lake-every', '100ms']);
  await shop.addKey('ingest');
  await shop.start();
  const events = Array.from({ length: 40 }, (_, i) => event(i));
  expect((await shop.send([...events.slice(0, 25), { ...event(99), price: 'much' }])).status).toBe(200);
  await until(() => rowsInLake(data) === 26);
  expect((await shop.send(events.slice(25))).status).toBe(200);
  await until(() => rowsInLake(data) === 41);
  await shop.addKey('read');
  const before = await shop.rows('enriched_events');
  const sums = await shop.rows('event_aggregations');
  expect(before).toHaveLength(40);
  await shop.stop();

  expect(await rowsOf(['journal', '--data', data])).toMatchObject([
    { file: 'journal/events-0000000000000000.journal', state: 'whole', rows: 41, in_lake: true, missing: [] },
  ]);
  expect(await rowsOf(['lake', '--data', data])).toMatchObject([
    { day: null, files: 1, rows: 1 },
    { day: DAY, files: 2, rows: 40 },
  ]);
  const verify = ['journal', 'verify', '--data', data];
  expect(await footfall(verify)).toMatchObject({ code: 0, stdout: expect.stringContaining('4 files') });
  const [segment = ''] = readdirSync(join(data, 'journal'));
  flip(join(data, 'journal', segment), 100);
  const [{ path = '' } = {}] = filesOf(data);
  flip(join(lakeFolder(data), path), 50);
  const { code, stdout } = await footfall(verify);
  expect([code, stdout.split('\n')]).toEqual([
    1,
    [
      expect.stringMatching(/^journal\/\S+: bytes 0 to \d+ are damaged \(.*\); rows 0 to 25 are lost unless/),
      `lake/${path}: its content is not what was written; its 25 rows are lost to a database that is made anew`,
      expect.stringMatching(/^4 files with .* were read; 2 are damaged$/),
      '',
    ],
  ]);
  flip(join(lakeFolder(data), path), 50);

  remove(data, [...DATABASE, 'journal']);
  for (const role of ['ingest', 'read'] as const) await shop.addKey(role);
  expect(existsSync(join(data, 'journal'))).toBe(false);
  await shop.start();
  const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
  const plain = (rows: readonly Readonly<Record<string, unknown>>[]) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !PROVENANCE.includes(name))));
  expect(sorted(plain(await shop.rows('enriched_events')))).toEqual(sorted(plain(before)));
  expect(sorted(plain(await shop.rows('event_aggregations')))).toEqual(sorted(plain(sums)));
  const again = (await (await shop.send(events)).json()) as { accepted: number; duplicate: number };
  expect(again).toMatchObject({ accepted: 0, duplicate: 40 });
  expect((await shop.send([event(50)])).status).toBe(200);
  await until(async () => (await shop.rows('enriched_events')).length === 41);
  // Its number comes after those that are in the lake.
  await until(() => rowsInLake(data) === 42);
  expect(readdirSync(join(data, 'journal'))).toEqual(['events-0000000000000041.journal']);
  await shop.stop();

  remove(data, DATABASE);
  expect(await rowsOf(counted(data))).toEqual([{ n: 41 }]);

  // A file of the lake is damaged, of which the journal still has all.
  const newest = filesOf(data).find(({ positions }) => positions['journal']?.[0] === 41);
  flip(join(lakeFolder(data), newest?.path ?? ''), 60);
  remove(data, DATABASE);
  const { stderr, stdout: found } = await footfall([...counted(data), '--json']);
  expect([found.replace(/\s/g, ''), stderr]).toEqual(['[{"n":41}]', expect.stringContaining('error lake.file')]);
}, 120_000);

test('what a server had accepted and not taken in when it died is seen by the next command', async () => {
  const data = scratch();
  const shop = new ShopServer(data);
  await shop.addKey('ingest');
  const database = join(data, 'footfall.duckdb');
  await shop.start();
  await shop.stop();
  cpSync(database, `${database}.before`);
  await shop.start();
  expect((await shop.send(Array.from({ length: 9 }, (_, i) => event(i)))).status).toBe(200);
  await shop.kill();
  rmSync(`${database}.wal`, { force: true });
  cpSync(`${database}.before`, database);
  const asked = counted(data);
  expect(await rowsOf(asked)).toEqual([{ n: 9 }]);
  expect(await rowsOf(asked)).toEqual([{ n: 9 }]);
}, 60_000);
