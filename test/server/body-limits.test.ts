import { request } from 'node:http';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read', 'admin']);

const event = (fields: object = {}) => ({
  event_time: new Date().toISOString(),
  event_type: 'view',
  user_id: 'u',
  ...fields,
});
const verdict = async (body: unknown): Promise<string> => {
  const answer = await shop.send(body);
  const { events } = (await answer.json()) as { events: { status: string; code?: string }[] };
  return events[0]?.code ?? events[0]?.status ?? String(answer.status);
};

test('an event has 64 KiB, 256 fields and 32 levels, and not one more', async () => {
  const text = (length: number) => {
    const bare = JSON.stringify(event({ x: '' })).length;
    return JSON.stringify(event({ x: 'y'.repeat(length - bare) }));
  };
  expect([await verdict(text(64 * 1024)), await verdict(text(64 * 1024 + 1))]).toEqual([
    'accepted',
    'event.field_size',
  ]);
  const fields = (count: number) =>
    event(Object.fromEntries(Array.from({ length: count - 3 }, (_, i) => [`f${i}`, i])));
  expect([await verdict(fields(256)), await verdict(fields(257))]).toEqual(['accepted', 'event.field_count']);
  const nested = (depth: number) =>
    `${JSON.stringify(event()).slice(0, -1)},"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  expect([await verdict(nested(32)), await verdict(nested(33))]).toEqual(['accepted', 'event.json']);
});

test('a body of events has 8 MB, one of a question 1 MB, and one of whoever signs in 16 kB', async () => {
  const blank = (bytes: number) => `[${' '.repeat(bytes - 2)}]`;
  const problem = async (answer: Response) => [answer.status, ((await answer.json()) as { detail?: string }).detail];
  expect((await shop.send(blank(8_000_000))).status).toBe(200);
  expect(await problem(await shop.send(blank(8_000_001)))).toEqual([413, expect.stringContaining('8000000 bytes')]);
  const funnel = (bytes: number) => shop.fetch('/v1/funnel', { as: 'read', body: blank(bytes) });
  expect((await funnel(1_000_000)).status).toBe(400);
  expect(await problem(await funnel(1_000_001))).toEqual([413, expect.stringContaining('1000000 bytes')]);
  const enter = (bytes: number) => shop.fetch('/v1/session', { headers: { origin: shop.url }, body: blank(bytes) });
  expect((await enter(16_000)).status).toBe(400);
  expect(await problem(await enter(16_001))).toEqual([413, expect.stringContaining('16000 bytes')]);
});

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('a body that is packed by %s unpacks to ten times of what was sent, or to 1 MB', async (coding, pack) => {
  const sent = async (text: string, chunked = false) => {
    const bytes = new Uint8Array(pack(Buffer.from(text)));
    const body = chunked ? new Blob([bytes]).stream() : bytes;
    const answer = await fetch(`${shop.url}/v1/events`, {
      method: 'POST',
      body,
      headers: { ...shop.bearer('ingest'), 'content-type': 'application/json', 'content-encoding': coding },
      ...(chunked ? { duplex: 'half' } : {}),
    } as RequestInit);
    const { code = 'accepted' } = (await answer.json()) as { code?: string };
    return { status: answer.status, code, times: text.length / bytes.length };
  };
  const refused = { status: 413, code: 'request.unpacks' };
  const same = (bytes: number) => `[${' '.repeat(bytes - 2)}]`;
  expect(await sent(same(1_000_000))).toMatchObject({ status: 200 });
  for (const chunked of [false, true]) expect(await sent(same(1_000_002), chunked)).toMatchObject(refused);
  // Events that differ pack to less than ten times, however many there are.
  const differing = JSON.stringify(
    Array.from({ length: 8_000 }, (_, i) =>
      event({ event_id: `e${i}`, session_id: crypto.randomUUID(), user_id: `u${i}` }),
    ),
  );
  const whole = await sent(differing);
  expect(differing.length).toBeGreaterThan(1_000_000);
  expect(whole).toMatchObject({ status: 200 });
  expect(whole.times).toBeLessThan(10);
});

test('of a body that may yet show who sent it, 1 MB is read', async () => {
  const track = (bytes: number, writeKey: string) =>
    shop.fetch('/v1/track', {
      body: JSON.stringify({ writeKey, type: 'track', event: 'x', userId: 'u', messageId: 'm', pad: '' }).replace(
        '"pad":""',
        `"pad":"${'x'.repeat(bytes)}"`,
      ),
    });
  expect((await track(10, shop.keyOf('ingest'))).status).toBe(200);
  expect((await track(10, 'nobody')).status).toBe(401);
  expect((await track(1_000_001, shop.keyOf('ingest'))).status).toBe(413);
  const packed = new Uint8Array(
    gzipSync(Buffer.from(`{"writeKey":"${shop.keyOf('ingest')}"${' '.repeat(1_000_000)}}`)),
  );
  const unpacks = await shop.fetch('/v1/track', { body: packed, headers: { 'content-encoding': 'gzip' } });
  expect(unpacks.status).toBe(413);
  // The same of whoever shows it before: more is read.
  const known = await shop.fetch('/v1/track', {
    as: 'ingest',
    body: JSON.stringify({ type: 'track', event: 'x', userId: 'u', messageId: 'n', pad: 'x'.repeat(1_000_001) }),
  });
  expect([known.status, await known.json()]).toMatchObject([200, { rejected: 1 }]);
});

test('of bodies that may yet show who sent them, 64 MB are read at a time', async () => {
  const { hostname, port } = new URL(shop.url);
  const headers = { 'content-type': 'text/plain' };
  const answers: (number | undefined)[] = [];
  const sending = Array.from({ length: 80 }, () => {
    const open = request({ hostname, port, path: '/v1/track', method: 'POST', headers }, (answer) => {
      answers.push(answer.statusCode);
      answer.resume();
    });
    open.on('error', () => undefined);
    open.write(`{"type":"${'x'.repeat(950_000)}`);
    return open;
  });
  // 67 of them are waited for; whoever is too many is told so, and the others may go on.
  await until(() => answers.length >= 13);
  expect(answers.slice(0, 13)).toEqual(Array(13).fill(429));
  expect((await shop.send([event()])).status).toBe(200);
  for (const each of sending) each.destroy();
  expect((await shop.fetch('/v1/track', { body: '{}', headers })).status).toBe(401);
});
