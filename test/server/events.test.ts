import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { rowsOf, until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read']);
const { data } = shop;

let number = 0;
const event = (fields: object = {}) => {
  number += 1;
  return { event_id: `e${number}`, event_time: new Date().toISOString(), event_type: 'view', user_id: 'u', ...fields };
};
const send = (body: string | Uint8Array, headers: Record<string, string> = {}) => shop.send(body, headers);
const get = (path: string) => shop.get(path);
const counted = async (): Promise<number> =>
  (await shop.rows('event_aggregations')).reduce((sum, row) => sum + Number(row['event_count']), 0);

test('each event has a verdict, in the order of the request, and what is accepted is counted', async () => {
  const before = await counted();
  const first = event();
  const answer = await send(
    JSON.stringify([first, first, { ...first, event_type: 'purchase' }, { event_type: 'view' }, event()]),
  );
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    accepted: 2,
    duplicate: 1,
    rejected: 2,
    events: [
      { status: 'accepted' },
      { status: 'duplicate' },
      {
        status: 'rejected',
        code: 'event.id_conflict',
        pointer: '/event_id',
        message: `another event with the id ${first.event_id} and other content came first`,
      },
      { status: 'rejected', code: 'event.time_missing', pointer: '/event_time', message: 'the event has no time' },
      { status: 'accepted' },
    ],
  });
  await until(async () => (await counted()) === before + 2);
  // Now it is in the database, and still known.
  expect(await (await send(JSON.stringify(first))).json()).toMatchObject({ accepted: 0, duplicate: 1 });
  const changed = await (await send(JSON.stringify({ ...first, brand: 'x' }))).json();
  expect(changed).toMatchObject({ rejected: 1, events: [{ code: 'event.id_conflict' }] });
  const refused = () => rowsOf(['quarantine', '--data', data]);
  await until(async () => (await refused()).some(({ code, events }) => code === 'event.id_conflict' && events === 2));
});

test.each([
  ['one object', (events: object[]) => JSON.stringify(events[0])],
  ['one object on several lines', (events: object[]) => JSON.stringify(events[0], null, 2)],
  ['an array', (events: object[]) => JSON.stringify(events)],
  ['one a line', (events: object[]) => events.map((each) => JSON.stringify(each)).join('\n')],
])('a body may be %s', async (_, form) => {
  const events = [event(), event()];
  const body = form(events);
  const accepted = body.split('event_id').length - 1;
  expect(await (await send(body)).json()).toMatchObject({ accepted, duplicate: 0, rejected: 0 });
});

test.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
  ['zstd', zstdCompressSync],
])('a body may be packed by %s, but not to unpack without end', async (coding, pack) => {
  const packed = (text: string) => new Uint8Array(pack(Buffer.from(text)));
  const answer = await send(packed(JSON.stringify([event()])), { 'content-encoding': coding });
  expect(await answer.json()).toMatchObject({ accepted: 1 });
  const bomb = await send(packed(`[${' '.repeat(20_000_000)}]`), { 'content-encoding': coding });
  expect(bomb.status).toBe(413);
  expect(await bomb.json()).toMatchObject({ code: 'request.unpacks' });
});

test('the same request with the same key has the same answer; another body with it is refused', async () => {
  const body = JSON.stringify([event(), event({ event_time: 'never' })]);
  const keyed = { 'idempotency-key': 'order-7' };
  const [one, other] = await Promise.all([send(body, keyed), send(body, keyed)]);
  const text = await one.text();
  expect(await other.text()).toBe(text);
  const again = await send(body, keyed);
  expect([again.headers.get('idempotency-replayed'), await again.text()]).toEqual(['true', text]);
  const changed = await send(JSON.stringify(event()), keyed);
  expect([changed.status, await changed.json()]).toMatchObject([422, { code: 'request.idempotency' }]);
});

test.each([
  [400, 'request.json', () => send('[{"a":1}')],
  [415, 'request.media_type', () => send('<a/>', { 'content-type': 'application/xml' })],
  [415, 'request.media_type', () => send('{}', { 'content-encoding': 'rot13' })],
  [401, 'access.missing', () => send('{}', { authorization: 'Bearer nobody' })],
  [403, 'access.denied', () => send('{}', shop.bearer('read'))],
  [404, 'server.route', () => shop.fetch('/v1/nothing')],
])('%i %s', async (status, code, ask) => {
  const answer = await ask();
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect([answer.status, await answer.json()]).toMatchObject([status, { code, status, hint: expect.any(String) }]);
});

test('an unpacked body that is cut off is refused, and the server goes on', async () => {
  const packed = new Uint8Array(gzipSync(Buffer.from(JSON.stringify([event()]))));
  const answer = await send(packed.slice(0, -6), { 'content-encoding': 'gzip' });
  expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'request.packed' }]);
  expect((await send(JSON.stringify(event()))).status).toBe(200);
});

test('rows come in pages that follow each other', async () => {
  await send(JSON.stringify(['a', 'b', 'c', null, 'd'].map((brand) => event(brand === null ? {} : { brand }))));
  await until(async () => ((await get('/v1/views/brand_activity/rows')).body['rows'] as unknown[]).length >= 5);
  const path = '/v1/views/realtime.brand_activity/rows?columns=brand&order=-brand&limit=2';
  const unkit = path.replace('realtime.', '');
  const all = (await get(unkit.replace('limit=2', 'limit=100'))).body['rows'] as unknown[];
  const paged: unknown[] = [];
  for (let cursor: unknown = ''; cursor !== null; ) {
    const { body, status } = await get(`${unkit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    paged.push(...(body['rows'] as unknown[]));
    cursor = body['next'];
  }
  expect(paged).toEqual(all);
  expect(await get('/v1/views/brand_activity/rows?cursor=rubbish')).toMatchObject({
    status: 400,
    body: { code: 'query.page' },
  });
  expect(await get('/v1/views/brand_activty/rows')).toMatchObject({ status: 404, body: { code: 'view.unknown' } });
  expect(await get('/v1/views/brand_activity/rows?limit=0')).toMatchObject({
    status: 400,
    body: { code: 'request.invalid' },
  });
});

test('rows that have not changed since are not sent again', async () => {
  const ask = (headers: Record<string, string> = {}) =>
    shop.fetch('/v1/views/brand_activity/rows?limit=1', { as: 'read', headers });
  const first = await ask();
  const etag = first.headers.get('etag') ?? '';
  for (const header of [etag, '*', `"x", ${etag}`]) {
    const same = await ask({ 'if-none-match': header });
    expect([same.status, same.headers.get('etag')]).toEqual([304, etag]);
  }
  // What is wrong stays wrong, and has no state that could be kept.
  for (const [path, status] of [
    ['brand_activty/rows', 404],
    ['brand_activity/rows?cursor=rubbish', 400],
    ['brand_activity/rows?where=nothing%3D1', 400],
  ] as const) {
    const wrong = await shop.fetch(`/v1/views/${path}`, { as: 'read', headers: { 'if-none-match': '*' } });
    expect([wrong.status, wrong.headers.get('etag')]).toEqual([status, null]);
  }
  await send(JSON.stringify(event()));
  await until(async () => (await ask({ 'if-none-match': etag })).status === 200);
});

test('Prometheus is told of those who left before the end', async () => {
  const leaving = new AbortController();
  const { body } = await shop.fetch('/v1/live?views=brand_activity', { as: 'read', signal: leaving.signal });
  await body?.getReader().read();
  leaving.abort();
  const left = /^footfall_http_request_duration_seconds_count\{method="GET",route="\/v1\/live",status="aborted"\} 1$/m;
  await until(async () => left.test(await (await shop.fetch('/metrics', { as: 'read' })).text()));
});

test('Prometheus is told how it goes', async () => {
  const answer = await shop.fetch('/metrics', { as: 'read' });
  const text = await answer.text();
  expect(Number(/^footfall_events_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
  expect(text).toMatch(
    /^footfall_http_request_duration_seconds_bucket\{le="0.05",method="POST",route="\/v1\/events",status="200"\} \d+$/m,
  );
});
