import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { footfall, until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read', 'admin']);

const HEADER = 'event_time,event_type,product_id,user_id,session_id,price';
const line = (i: number, user = `u${i % 50}`): string =>
  `2019-10-${String(1 + (i % 28)).padStart(2, '0')}T10:${String(i % 60).padStart(2, '0')}:00Z,${i % 9 === 0 ? 'purchase' : 'view'},p${i % 7},${user},s${i % 500},${i % 9 === 0 ? '10.00' : ''}`;
const csv = (events: number, user?: string): string =>
  [HEADER, ...Array.from({ length: events }, (_, i) => line(i, user)), ''].join('\n');
type Import = Readonly<Record<string, unknown>>;
const put = async (name: string, body: string | Uint8Array, query = ''): Promise<{ status: number; body: Import }> =>
  shop.ask(`/v1/imports/${name}${query}`, {
    as: 'admin',
    method: 'PUT',
    body,
    headers: { 'content-type': 'application/octet-stream' },
  });
const get = async (name: string): Promise<Import> => (await shop.get(`/v1/imports/${name}`)).body;
const done = (name: string): Promise<void> => until(async () => (await get(name))['status'] === 'done', 60);
const total = async (): Promise<number> =>
  (await shop.rows('event_aggregations')).reduce((sum, row) => sum + Number(row['event_count']), 0);
const files = (): readonly string[] => readdirSync(join(shop.data, 'imports')).sort();

test('a file is imported beside all else, whatever it is packed as, and is the same import when it is sent again', {
  timeout: 60_000,
}, async () => {
  const first = await put('oct.csv', csv(1_000));
  expect(first).toMatchObject({
    status: 201,
    body: { name: 'oct.csv', format: 'csv', packing: 'plain', fields: { event_time: 'event_time', price: 'price' } },
  });
  await done('oct.csv');
  expect(await get('oct.csv')).toMatchObject({ events: 1_000, rejected: 0, progress: null, error: null });
  expect(await total()).toBe(1_000);
  expect((await put('oct.csv', csv(1_000))).status).toBe(200);
  expect(await put('oct.csv', csv(10))).toMatchObject({ status: 409, body: { code: 'import.exists' } });
  const other = csv(1_000).replace('p1,', 'q1,');
  expect(await put('oct.csv', other)).toMatchObject({ status: 409, body: { code: 'import.exists' } });
  // The same content under another name, packed: all of it is known.
  expect((await put('again', gzipSync(csv(1_000)))).status).toBe(201);
  await done('again');
  expect(await total()).toBe(1_000);
  const lines = Array.from({ length: 200 }, (_, i) => ({
    at: `2019-11-01T00:00:${String(i % 60).padStart(2, '0')}Z`,
    what: 'view',
    id: `n${i}`,
  }));
  const ndjson = `${lines.map((each) => JSON.stringify(each)).join('\n')}\n{"at":"never"}\n`;
  expect(await put('mapped', ndjson)).toMatchObject({ status: 422, body: { code: 'source.columns_unknown' } });
  const mapped = await put('mapped', ndjson, '?map=event_time=at,event_type=what,event_id=id');
  expect(mapped).toMatchObject({ status: 201, body: { format: 'ndjson', fields: { event_time: 'at' } } });
  await done('mapped');
  expect(await get('mapped')).toMatchObject({ events: 200, rejected: 1 });
  expect(await total()).toBe(1_200);
  expect((await shop.get('/v1/imports')).body).toHaveLength(3);
});

test('what cannot be imported leaves nothing', async () => {
  const before = files();
  expect(await put('-x', 'a')).toMatchObject({ status: 400, body: { code: 'import.name' } });
  expect(await put('empty', '')).toMatchObject({ status: 400, body: { code: 'import.empty' } });
  expect(await put('words', 'neither,this\nnor,that\n')).toMatchObject({ status: 422 });
  expect(await shop.get('/v1/imports/words')).toMatchObject({ status: 404, body: { code: 'import.unknown' } });
  // An upload that is cut off.
  const url = new URL(`${shop.url}/v1/imports/cut`);
  const sending = request(url, { method: 'PUT', headers: { ...shop.bearer('admin'), 'content-length': '1000000' } });
  sending.on('error', () => undefined);
  sending.write(csv(1_000));
  await until(() => files().some((name) => name.startsWith('.upload-')));
  sending.destroy();
  await until(() => !files().some((name) => name.startsWith('.upload-')));
  expect(files()).toEqual(before);
});

test('killed anywhere, an import is gone on with, and a deleted database has its rows again', {
  timeout: 120_000,
}, async () => {
  const before = await total();
  const events = 12_000;
  // With a header of its own: the beginning of a file says which one it is.
  const big = [`${HEADER},big`, ...Array.from({ length: events }, (_, i) => `${line(i)},x`), ''].join('\n');
  expect((await put('big', big)).status).toBe(201);
  await shop.kill();
  await shop.start();
  await until(async () => Number((await get('big'))['events']) > 0, 60);
  await shop.kill();
  await shop.start();
  await done('big');
  expect(await get('big')).toMatchObject({ events, rejected: 0 });
  expect(await total()).toBe(before + events);
  await shop.stop();
  for (const file of ['footfall.duckdb', 'footfall.duckdb.wal', 'control.db', 'control.db-wal', 'control.db-shm'])
    rmSync(join(shop.data, file), { force: true });
  for (const role of ['ingest', 'read', 'admin'] as const) await shop.addKey(role);
  await shop.start();
  await until(async () => (await total()) === before + events, 60);
  expect((await footfall(['verify', '--data', shop.data])).code).toBe(0);
});

test('an erasure leaves nothing in files that were sent', { timeout: 120_000 }, async () => {
  const before = await total();
  const canary = 'canary6b1f0c';
  const lines = [...Array.from({ length: 500 }, (_, i) => line(i, canary)), line(1, 'other')];
  await put('theirs', [`${HEADER},theirs`, ...lines.map((each) => `${each},x`), ''].join('\n'));
  const erased = await shop.ask('/v1/erasures', {
    as: 'admin',
    body: { visitor: canary, confirm: true },
    headers: { prefer: 'wait=60' },
  });
  expect(erased).toMatchObject({ status: 200, body: { status: 'done' } });
  const result = erased.body['result'] as {
    certificate: { searched: { place: string; before: number; after: number }[] };
  };
  const place = result.certificate.searched.find((each) => each.place === 'imports/theirs.data');
  // An event of somebody else in a session of theirs has its id.
  expect(place?.before).toBe(501);
  expect(place?.after).toBe(0);
  expect(existsSync(join(shop.data, 'imports/theirs.data'))).toBe(false);
  expect(await get('theirs')).toMatchObject({ status: 'done', events: 501 });
  expect(await total()).toBe(before + 501);
});

test('a file is sent from the command line, to the server that is found or named', { timeout: 60_000 }, async () => {
  const file = join(shop.data, '..', `sent-${process.pid}.csv`);
  writeFileSync(file, csv(100, 'sender').replaceAll('2019-10', '2018-10'));
  try {
    const send = (args: readonly string[], key = shop.keyOf('admin')) =>
      footfall(['import', file, ...args], { env: { FOOTFALL_KEY: key } });
    const sent = await send(['--name', 'sent', '--data', shop.data, '--json']);
    expect([sent.code, sent.stderr]).toEqual([0, '']);
    expect(JSON.parse(sent.stdout)).toMatchObject({ name: 'sent', status: 'done', events: 100 });
    const again = await send(['--name', 'sent', '--server', shop.url]);
    expect(again.stdout).toContain('sent: done, 100 events, 0 refused');
    expect((await send(['--server', shop.url], shop.keyOf('read'))).stderr).toContain('access.denied');
  } finally {
    rmSync(file);
  }
});
