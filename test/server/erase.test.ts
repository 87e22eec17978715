import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { footfall, until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read', 'admin', 'analyst']);

const T0 = Date.parse('2026-03-02T10:00:00Z');
const CANARY = 'canary9e4d1b';
const event = (id: string, minute: number, user: string) => ({
  event_id: `${user}-${id}`,
  event_time: new Date(T0 + minute * 60_000).toISOString(),
  event_type: 'purchase',
  product_id: 'p1',
  price: '10.00',
  order_id: `${user}-o${id}`,
  user_id: user,
  session_id: `${user}-s`,
});
const total = async (): Promise<number> => {
  const rows = await shop.rows('event_aggregations');
  return rows.reduce((sum, row) => sum + Number(row['event_count']), 0);
};
const erase = (visitor: string, more: Readonly<Record<string, unknown>> = {}, prefer = 'wait=60') =>
  shop.ask('/v1/erasures', { as: 'admin', body: { visitor, confirm: true, ...more }, headers: { prefer } });

/** Files of the data folder in which a text stands as it is. */
function plainlyIn(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((each) => {
    const path = join(folder, each.name);
    if (each.isDirectory()) return plainlyIn(path, text);
    return each.isFile() && readFileSync(path).includes(text) ? [path] : [];
  });
}

test('a person is erased while events come in and rows are read, and nothing that was acknowledged is lost', {
  timeout: 120_000,
}, async () => {
  const own = Array.from({ length: 20 }, (_, i) => event(String(i), i, CANARY));
  expect((await shop.send(own, { 'idempotency-key': `of ${CANARY}` })).status).toBe(200);
  await until(async () => (await total()) === 20);
  const tried = await shop.ask('/v1/erasures/try', { as: 'admin', body: { visitor: CANARY } });
  expect(tried).toMatchObject({ status: 200, body: { done: false } });
  expect(await shop.ask('/v1/erasures', { as: 'admin', body: { visitor: CANARY } })).toMatchObject({ status: 400 });

  let over = false;
  let acknowledged = 0;
  const refused: number[] = [];
  const sending = (async () => {
    for (let i = 0; !over; i += 1) {
      const { status } = await shop.send([event(String(i), 30, 'somebody'), event(`old-${i}`, 1, CANARY)]);
      if (status === 200) acknowledged += 2;
      else refused.push(status);
    }
  })();
  const read: number[] = [];
  const reading = (async () => {
    while (!over) read.push((await shop.get('/v1/views/user_session_analytics/rows')).status);
  })();
  const erased = await erase(CANARY);
  over = true;
  await Promise.all([sending, reading]);
  expect(erased).toMatchObject({ status: 200, body: { operation: 'erasure', status: 'done' } });
  expect(refused).toEqual([]);
  expect(acknowledged).toBeGreaterThan(0);
  expect(new Set(read)).toEqual(new Set([200]));
  await until(async () => (await total()) === 20 + acknowledged);

  const [certificate] = (await shop.ask('/v1/erasures', { as: 'admin' })).body as unknown as Record<string, unknown>[];
  expect(certificate).toMatchObject({ mode: 'anonymise', found: { after: 0 } });
  expect((await shop.ask(`/v1/erasures/${certificate?.['erasure']}`, { as: 'admin' })).body).toEqual(certificate);
  expect((await shop.ask('/v1/erasures/77', { as: 'admin' })).body).toMatchObject({ code: 'erase.no_certificate' });
  // What came of them afterwards is of a time before the erasure, and nobody's either.
  const visitors = (await shop.rows('user_session_analytics')).map((row) => String(row['visitor'] ?? row['user_id']));
  expect(visitors.some((visitor) => visitor.includes(CANARY))).toBe(false);
  expect((await erase(CANARY)).body).toMatchObject({ code: 'erase.unknown' });
  expect((await shop.stop()).code).toBe(0);
  expect(plainlyIn(shop.data, CANARY)).toEqual([]);
  expect((await footfall(['verify', '--data', shop.data])).code).toBe(0);
  await shop.start();
});

test('an erasure that a kill cut off is finished at the next start', { timeout: 120_000 }, async () => {
  const other = 'canary5c2f7a';
  await shop.send(Array.from({ length: 10 }, (_, i) => event(String(i), i, other)));
  const before = await total();
  await until(async () => (await total()) >= before && (await shop.get('/v1/status')).body['events'] !== 0);
  const begun = await erase(other, { mode: 'anonymise' }, 'respond-async');
  expect(begun.status).toBe(202);
  // Once the fact is on disk there is no way back.
  await until(() => readFileSync(join(shop.data, 'facts.ndjson'), 'utf8').split('"kind":"erasure"').length === 3);
  await shop.kill();
  await shop.start();
  await shop.stop();
  expect(existsSync(join(shop.data, 'erasing.json'))).toBe(false);
  expect(plainlyIn(shop.data, other)).toEqual([]);
  expect((await footfall(['verify', '--data', shop.data])).code).toBe(0);
  await shop.start();
});

test('another process erases through the one that serves', { timeout: 60_000 }, async () => {
  const third = 'canary0b8e3d';
  await shop.send(Array.from({ length: 5 }, (_, i) => event(String(i), i, third)));
  await until(async () => (await footfall(['erase', third, '--data', shop.data])).stderr.includes('erase.confirm'));
  const done = await footfall(['erase', third, '--yes', '--data', shop.data, '--json']);
  expect([done.code, done.stderr]).toEqual([0, '']);
  expect(JSON.parse(done.stdout)).toMatchObject({ found: { after: 0 } });
  expect(shop.runs).toBe(true);
  expect((await shop.get('/v1/health/ready')).status).toBe(200);
});

test('nobody who was erased is in what queries are asked of', { timeout: 60_000 }, async () => {
  const fourth = 'canary7d1a4c';
  const copies = join(shop.data, 'explorer');
  const asked = async (): Promise<unknown> => {
    const sql = `SELECT count(*)::INTEGER FROM enriched_events WHERE user_id = '${fourth}'`;
    const { status, body } = await shop.ask('/v1/sql', { as: 'analyst', body: { sql } });
    return status === 200 ? body['rows'] : body;
  };
  await shop.send(Array.from({ length: 5 }, (_, i) => event(String(i), i, fourth)));
  await until(async () => JSON.stringify(await asked()) === '[[5]]');
  const before = readdirSync(copies, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'));
  expect(before).not.toEqual([]);
  expect((await erase(fourth)).body).toMatchObject({ status: 'done' });
  expect(before.filter((name) => existsSync(join(copies, name)))).toEqual([]);
  expect(await asked()).toEqual([[0]]);

  // Copies of a process that was killed are gone before anybody is erased without it.
  await shop.kill();
  expect(readdirSync(copies)).not.toEqual([]);
  expect((await footfall(['erase', fourth, '--yes', '--data', shop.data])).stderr).toContain('erase.unknown');
  expect(existsSync(copies)).toBe(false);
});
