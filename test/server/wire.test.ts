import { expect, test } from 'vitest';
import { rowsOf, until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read']);
const { data } = shop;

const post = (path: string, body: unknown, headers: Record<string, string> = {}) => shop.fetch(path, { body, headers });
const ingest = () => shop.keyOf('ingest');
const basic = () => ({ authorization: `Basic ${Buffer.from(`${ingest()}:`).toString('base64')}` });
const counts = async (): Promise<Record<string, number>> => {
  const counted: Record<string, number> = {};
  for (const { event_type: type, event_count: n } of await shop.rows('event_aggregations'))
    counted[String(type)] = (counted[String(type)] ?? 0) + Number(n);
  return counted;
};
const now = (): string => new Date().toISOString();
const order = (id: string, products: readonly unknown[]) => ({
  type: 'track',
  event: 'Order Completed',
  messageId: id,
  anonymousId: 'a',
  timestamp: now(),
  properties: { order_id: id, currency: 'USD', products },
});

test('the library of a server sends what it sends to Segment: Basic, a batch, times by its own clock', async () => {
  // Its clock is an hour ahead.
  const ahead = (seconds: number) => new Date(Date.now() + 3_600_000 - seconds * 1000).toISOString();
  const batch = [
    { type: 'track', event: 'Product Viewed', messageId: 's1', userId: 'u', timestamp: ahead(5), properties: {} },
    { type: 'identify', messageId: 's2', userId: 'u', timestamp: ahead(4), traits: { plan: 'gold' } },
    { type: 'alias', messageId: 's3', userId: 'u', previousId: 'a', timestamp: ahead(3) },
  ];
  const answer = await post('/v1/batch', { batch, sentAt: ahead(0) }, basic());
  expect([answer.status, await answer.json()]).toMatchObject([200, { accepted: 3, rejected: 0 }]);
  // Sent again because the answer was lost: its times come out otherwise, and it is the same.
  const again = await post('/v1/batch', { batch, sentAt: ahead(0) }, basic());
  expect(await again.json()).toMatchObject({ accepted: 0, duplicate: 3 });
  await until(async () => (await counts())['alias'] === 1);
  expect(await counts()).toMatchObject({ view: 1, identify: 1, alias: 1 });
  // Also when they are in the database.
  const late = await post('/v1/batch', { batch, sentAt: ahead(0) }, basic());
  expect(await late.json()).toMatchObject({ accepted: 0, duplicate: 3 });
});

test('a message has one verdict: the first product that is refused, and where; the others are taken', async () => {
  const good = { product_id: 'p', price: 1, quantity: 1 };
  const whole = order('w1', [good, { ...good, price: -1 }, good]);
  const answer = await post('/v1/batch', { batch: [whole, order('w2', [good]), 7] }, basic());
  expect(await answer.json()).toEqual({
    accepted: 1,
    duplicate: 0,
    rejected: 2,
    events: [
      {
        status: 'rejected',
        code: 'event.price_negative',
        pointer: '/batch/0/properties/products/1/price',
        message: 'the price is negative: -1',
        item: 1,
      },
      { status: 'accepted' },
      expect.objectContaining({ status: 'rejected', code: 'event.json', pointer: '/batch/2' }),
    ],
  });
  await until(async () => (await counts())['purchase'] === 3);
  const refused = await rowsOf(['quarantine', '--data', data]);
  expect(refused.map(({ code }) => code).sort()).toEqual(['event.json', 'event.price_negative']);
});

test('a browser that may not add headers sends its key in the body, as text, from any site', async () => {
  const message = { ...order('b1', []), event: 'Promotion Viewed', writeKey: ingest() };
  const answer = await post('/v1/t', message, { 'content-type': 'text/plain', origin: 'https://shop.example' });
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  const asked = await shop.fetch('/v1/track', { method: 'OPTIONS', headers: { origin: 'https://shop.example' } });
  expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
  const rows = await shop.fetch('/v1/views', { as: 'read' });
  expect(rows.headers.get('access-control-allow-origin')).toBeNull();
});

test('keys that can read are not taken from where others may see them', async () => {
  const admin = await shop.addKey('admin');
  expect((await post(`/v1/track?key=${admin}`, order('x', []))).status).toBe(403);
  expect((await post(`/v1/track?key=${shop.keyOf('read')}`, order('x', []))).status).toBe(403);
  expect((await post('/v1/track', { ...order('x', []), writeKey: 'nobody' })).status).toBe(401);
  expect((await post('/v1/track', '{"a"')).status).toBe(401);
  expect((await shop.fetch(`/v1/views?key=${shop.keyOf('read')}`)).status).toBe(401);
});

test('GA4 is answered as GA4 answers; the debug address says what would become of the events and keeps nothing', async () => {
  const events = [
    {
      name: 'refund',
      params: { currency: 'USD', transaction_id: 'o', items: [{ item_id: 'p', price: 2, quantity: 1 }] },
    },
    { name: 'refund', params: { currency: 'USD', value: 'much' } },
  ];
  const address = `mp/collect?measurement_id=G-1&api_secret=${ingest()}`;
  const tried = await post(`/debug/${address}`, { client_id: 'c', events });
  expect(await tried.json()).toMatchObject({
    accepted: 1,
    rejected: 1,
    events: [{}, { code: 'event.amount', pointer: '/events/1/params/value' }],
  });
  const answer = await post(`/${address}`, { client_id: 'c', events });
  expect([answer.status, await answer.text()]).toEqual([204, '']);
  await until(async () => (await counts())['refund'] === 1);
});

test('the tag of a browser sends its key in the path, by POST, by beacon or as the address of a picture', async () => {
  const before = (await counts())['search'] ?? 0;
  const address = `/k/${ingest()}/g/collect?v=2&tid=G-1&cid=1.2&sid=3&dl=https%3A%2F%2Fshop.example%2F`;
  const beacon = { 'content-type': 'text/plain;charset=UTF-8', origin: 'https://shop.example' };
  expect((await post(`${address}&en=search`, '', beacon)).status).toBe(204);
  expect((await post(address, 'en=search&ep.search_term=a\r\nen=search', beacon)).status).toBe(204);
  expect((await shop.fetch(`${address}&en=search`)).status).toBe(204);
  expect((await shop.fetch('/k/nobody/g/collect?en=search')).status).toBe(401);
  await until(async () => (await counts())['search'] === before + 4);
});

test.each([
  ['/v1/batch', 'request.invalid', { batch: 5 }],
  ['/mp/collect', 'request.invalid', { events: {} }],
  ['/mp/collect', 'request.json', '[1'],
  ['/v1/shopify', 'request.invalid', '7'],
  ['/com.snowplowanalytics.snowplow/tp2', 'request.invalid', []],
])('%s refuses a body that holds no messages: %s', async (path, code, body) => {
  const answer = await post(path, body, basic());
  expect([answer.status, await answer.json()]).toMatchObject([400, { code }]);
});
