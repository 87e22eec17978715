import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { footfall } from '../cli/footfall-process.ts';
import { type Answered, serving } from './serving.ts';

const shop = serving(['ingest', 'read', 'analyst', 'admin']);

const T0 = Date.parse('2026-03-02T10:00:00Z');
const at = (minute: number): string => new Date(T0 + minute * 60_000).toISOString();
let sent = 0;
const view = (minute: number, more: Readonly<Record<string, unknown>> = {}) => {
  sent += 1;
  return { event_id: `e${sent}`, event_time: at(minute), event_type: 'view', product_id: 'p1', ...more };
};
const change = (path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answered> =>
  shop.ask(path, { as: 'admin', method: 'POST', headers, ...(body === undefined ? {} : { body }) });
const resultOf = ({ body }: Answered) => body['result'] as Readonly<Record<string, unknown>>;
const inForce = async (): Promise<Readonly<Record<string, unknown>>> => {
  const history = (await shop.get('/v1/plan/history')).body as unknown as Readonly<Record<string, unknown>>[];
  return history.find((each) => each['in_force'] === true) ?? {};
};

test('definitions are planned, put in force and taken back, once for a key', async () => {
  await shop.send(Array.from({ length: 50 }, (_, i) => view(i, { session_id: `s${i % 5}`, user_id: `u${i % 5}` })));
  const zone = { zone: 'Asia/Kolkata' };
  const planned = await shop.ask('/v1/plan', { as: 'analyst', body: zone });
  expect(planned.status).toBe(200);
  expect((planned.body['views'] as unknown[]).length).toBeGreaterThan(0);
  expect(await inForce()).toMatchObject({ zone: 'UTC' });

  const applied = await change('/v1/apply', zone, { 'idempotency-key': 'a' });
  expect(applied).toMatchObject({ status: 200, body: { operation: 'apply', status: 'done', error: null } });
  expect(resultOf(applied)).toMatchObject({ changed: true });
  const number = (await inForce())['number'];
  expect(await inForce()).toMatchObject({ zone: 'Asia/Kolkata' });
  const again = await shop.fetch('/v1/apply', { as: 'admin', body: zone, headers: { 'idempotency-key': 'a' } });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await again.json()).toEqual(applied.body);
  expect(await change('/v1/apply', {}, { 'idempotency-key': 'a' })).toMatchObject({
    status: 422,
    body: { code: 'request.idempotency' },
  });

  const back = await change('/v1/rollback', { in_force: number });
  expect(back).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await inForce()).toMatchObject({ zone: 'UTC' });
  expect(await change('/v1/rollback', { in_force: number })).toMatchObject({
    status: 409,
    body: { code: 'plan.moved' },
  });
  expect(await inForce()).toMatchObject({ zone: 'UTC' });
  expect((await change('/v1/apply', { zone: 'Mars/Olympus' })).body).toMatchObject({ code: 'config.invalid' });
  expect((await change('/v1/apply', { views: [{ name: 'x' }] })).body).toMatchObject({ code: 'view.compile' });
});

test('a run goes on when nobody waits, and is told of by its id', async () => {
  const begun = await change('/v1/apply', { gap: '10m' }, { prefer: 'respond-async' });
  expect(begun.status).toBe(202);
  expect(begun.body).toMatchObject({ operation: 'apply', status: 'running', result: null });
  const run = await shop.get(`/v1/runs/${String(begun.body['id'])}?wait=30`);
  expect(run.body).toMatchObject({ status: 'done', result: { changed: true } });
  const all = (await shop.get('/v1/runs')).body as unknown as Readonly<Record<string, unknown>>[];
  expect(all[0]).toEqual(run.body);
  expect(await shop.get('/v1/runs/none')).toMatchObject({ status: 404, body: { code: 'run.unknown' } });
  await change('/v1/apply', {});
});

test('visitors are linked and marked, and it is withdrawn', async () => {
  await shop.send([view(60, { anonymous_id: 'a1', session_id: 'x1' }), view(61, { user_id: 'u1', session_id: 'x1' })]);
  const said = { links: [{ anonymous_id: 'a1', user_id: 'u1' }] };
  expect(resultOf(await change('/v1/identity', said))).toMatchObject({ rows: 1, changed: 1 });
  expect(resultOf(await change('/v1/identity', said))).toMatchObject({ rows: 1, changed: 0 });
  expect((await shop.get('/v1/identity')).body).toMatchObject({ in_force: [{ visitor: 'a1', user_id: 'u1' }] });
  expect(await change('/v1/identity', { links: [{ anonymous_id: 'u1', user_id: 'a1' }] })).toMatchObject({
    status: 409,
    body: { code: expect.stringMatching(/^people\./) },
  });
  expect(resultOf(await change('/v1/identity/withdraw', { links: [{ anonymous_id: 'a1' }] }))).toMatchObject({
    changed: 1,
  });
  expect((await shop.get('/v1/identity')).body).toMatchObject({ in_force: [] });
  await change('/v1/bots', { marks: [{ visitor: 'u2', from: '2026-03-02T00:00:00Z' }] });
  expect((await shop.get('/v1/bots')).body).toMatchObject({ in_force: [{ visitor: 'u2' }], pending: 0 });
  await change('/v1/bots/withdraw', { marks: [{ visitor: 'u2' }] });
  expect((await shop.get('/v1/bots')).body).toMatchObject({ in_force: [] });
  for (const path of ['/v1/identity/proposals', '/v1/bots/proposals?limit=5'])
    expect((await shop.ask(path, { as: 'analyst' })).status).toBe(200);
});

test('refused events are put right by a rule, and that is taken back', async () => {
  await shop.send([view(70, { event_type: 'purchase', price: '12,50 EUR' }), view(71)]);
  const groups = (await shop.get('/v1/quarantine/groups')).body as unknown as Readonly<Record<string, unknown>>[];
  const [group] = groups;
  expect(group).toMatchObject({ events: 1 });
  const wanted = { code: String(group?.['code']), rule: [{ do: 'drop', field: 'price' }] };
  const tried = await shop.ask('/v1/quarantine/try', { as: 'analyst', body: wanted });
  expect(tried.body).toMatchObject({ repair: null, rows: 1, passed: 1 });
  const repaired = resultOf(await change('/v1/quarantine/repairs', wanted));
  expect(repaired).toMatchObject({ rows: 1, passed: 1 });
  const { repair } = repaired;
  expect((await shop.get('/v1/quarantine/repairs')).body).toMatchObject([{ repair, in_force: 1, undone: null }]);
  expect(resultOf(await change(`/v1/quarantine/repairs/${String(repair)}/undo`))).toMatchObject({ rows: 1 });
  expect((await shop.get('/v1/quarantine/repairs')).body).toMatchObject([{ repair, in_force: 0 }]);
  expect(await change('/v1/quarantine/repairs/99/undo')).toMatchObject({
    status: 404,
    body: { code: 'repair.unknown' },
  });
  expect((await footfall(['verify', '--data', shop.data])).code).toBe(0);
});

test('a run that a kill interrupted is begun again by the same request', async () => {
  const body = { zone: 'Europe/Athens' };
  const headers = { 'idempotency-key': 'killed' };
  const begun = await change('/v1/apply', body, { ...headers, prefer: 'respond-async' });
  await shop.kill();
  await shop.start();
  const again = await change('/v1/apply', body, headers);
  expect(again.body).toMatchObject({ id: begun.body['id'], status: 'done' });
  expect(await inForce()).toMatchObject({ zone: 'Europe/Athens' });
});

test('what is running is compared bit by bit, and says so', async () => {
  expect((await shop.get('/v1/self-verify?days=7&views=raw')).body).toMatchObject({ days: 7, equal: true });
});

test('dimensions are loaded as they are sent, and what cannot be read changes nothing', async () => {
  const put = (name: string, csv: string, headers: Readonly<Record<string, string>> = {}) =>
    shop.ask(`/v1/dimensions/${name}`, {
      as: 'admin',
      method: 'PUT',
      body: csv,
      headers: { 'content-type': 'text/csv', ...headers },
    });
  const csv = 'product_id,name,category\np1,Schuh,größe';
  expect(await put('product', csv, { 'idempotency-key': 'd' })).toMatchObject({
    status: 200,
    body: { status: 'done' },
  });
  expect(await put('product', csv, { 'idempotency-key': 'd' })).toMatchObject({ status: 200 });
  expect(await put('product', 'p1', { 'idempotency-key': 'd' })).toMatchObject({ status: 422 });
  const loaded = (await shop.get('/v1/dimensions')).body as unknown as Readonly<Record<string, unknown>>[];
  expect(loaded).toMatchObject([{ dimension: 'product', keys: 1, versions: 1 }]);
  const wrong = await put('rates', 'a,b\n1,2\n');
  expect(wrong.status).toBe(422);
  expect(wrong.body).toMatchObject({ code: 'dimension.columns' });
  expect(JSON.stringify(wrong.body)).not.toContain(shop.data);
  expect(await put('nothing', csv)).toMatchObject({ status: 400 });
  // More than the largest body of any other route.
  const lines = Array.from({ length: 900 }, (_, i) => `q${i},Hemd,`.padEnd(10_000, 'x'));
  const large = `${csv}\n${lines.join('\n')}\n`;
  expect(await put('product', large)).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await refusedAtOnce('/v1/dimensions/product', 64_000_001)).toEqual([413, 'request.too_large']);
});

/** What a request is told by its headers, which announce so many bytes of CSV: `fetch` would go on sending them. */
const refusedAtOnce = (path: string, bytes: number): Promise<readonly [number | undefined, unknown]> =>
  new Promise((resolve, reject) => {
    const headers = { ...shop.bearer('admin'), 'content-type': 'text/csv', 'content-length': bytes };
    const sending = request(`${shop.url}${path}`, { method: 'PUT', headers }, async (answer) => {
      const { code } = (await json(answer)) as { readonly code?: unknown };
      resolve([answer.statusCode, code]);
      sending.destroy();
    });
    sending.on('error', reject);
    sending.flushHeaders();
  });
