import { expect, test } from 'vitest';
import { footfall, scratch, until } from '../cli/footfall-process.ts';
import { makeKey } from './server-process.ts';
import { serving } from './serving.ts';

const shop = serving(
  ['ingest', 'read', 'analyst'],
  ['--limit-read', '3', '--limit-query', '5', '--limit-ingest', '50KB', '--limit-anonymous', '4'],
);

const problem = async (answer: Response): Promise<Record<string, unknown>> => (await answer.json()) as never;
/** Asks until it is too much. @returns answers before, and the one that says so */
async function untilRefused(ask: () => Promise<Response>) {
  for (let before = 0; before < 1_000; before += 1) {
    const answer = await ask();
    if (answer.status === 429) return { before, answer };
    await answer.arrayBuffer();
  }
  throw new Error('it was never too much');
}

test('each key reads as much as it may, is told how much is left, and when to come back', async () => {
  const views = (headers = shop.bearer('read')) => shop.fetch('/v1/dimensions', { headers });
  const first = await views();
  expect(first.headers.get('ratelimit-policy')).toBe('"read";q=30;w=10');
  expect(first.headers.get('ratelimit')).toMatch(/^"read";r=\d+;t=\d+$/);
  const { before, answer } = await untilRefused(views);
  expect(before).toBeGreaterThanOrEqual(29);
  expect(await problem(answer)).toMatchObject({ status: 429, code: 'access.rate' });
  const wait = Number(answer.headers.get('retry-after'));
  expect(wait).toBe(1);
  expect(answer.headers.get('ratelimit')).toMatch(/^"read";r=0;t=\d+$/);
  // Others are not held up by it.
  const other = { authorization: `Bearer ${await makeKey(shop.data, 'read')}` };
  expect((await views(other)).status).toBe(200);
  await until(async () => (await views()).status === 200);
});

test('queries have a limit of their own', async () => {
  const query = () => shop.fetch('/v1/sql', { as: 'analyst', body: { sql: 'SELECT 1' } });
  const { before, answer } = await untilRefused(query);
  expect(before).toBeGreaterThanOrEqual(5);
  expect(answer.headers.get('ratelimit-policy')).toBe('"query";q=5;w=60');
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(1);
  expect((await shop.fetch('/v1/sql/schema', { as: 'analyst' })).status).toBe(200);
});

test('events are counted by their bytes', async () => {
  const batch = JSON.stringify(
    Array.from({ length: 1_000 }, () => ({ event_time: new Date().toISOString(), event_type: 'view', user_id: 'u' })),
  );
  const { before, answer } = await untilRefused(() => shop.send(batch));
  // 500 kB at once, and 50 kB a second; the last batch may be more than what is left.
  expect(before).toBeGreaterThanOrEqual(Math.floor(500_000 / batch.length));
  expect(before * batch.length).toBeLessThan(2_000_000);
  expect(answer.headers.get('ratelimit-policy')).toBe('"ingest";q=500000;w=10;qu="content-bytes"');
  expect(await problem(answer)).toMatchObject({ code: 'access.rate' });
});

test('an address without a key asks as much as it may, and holds up nobody who has one', async () => {
  const { answer } = await untilRefused(() => shop.fetch('/v1/demo'));
  expect(answer.headers.get('ratelimit-policy')).toBe('"anonymous";q=40;w=10');
  const wrong = await untilRefused(() => shop.fetch('/v1/views', { headers: { authorization: 'Bearer nobody' } }));
  expect(wrong.before).toBeLessThan(1_000);
  const known = { authorization: `Bearer ${await makeKey(shop.data, 'read')}` };
  expect((await shop.fetch('/v1/dimensions', { headers: known })).status).toBe(200);
  // What watches over the process, and what every visitor of a shop loads, is never refused.
  expect((await shop.fetch('/v1/health/live')).status).toBe(200);
  expect((await shop.fetch('/footfall.js')).status).toBe(200);
});

test('a server that others can reach wants somebody who may use it', async () => {
  const data = scratch();
  const up = ['up', '--host', '0.0.0.0', '--port', '0', '--no-demo', '--no-open', '--data', data];
  expect(await footfall(up)).toMatchObject({ code: 2, stderr: expect.stringContaining('access.exposed') });
});
