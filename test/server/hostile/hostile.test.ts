import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_DEPTH, MAX_EVENT_BYTES } from '../../../src/source/validate/limits.ts';
import { until } from '../../cli/footfall-process.ts';
import { SEED, SOAK } from '../../engine/soak.ts';
import { serving } from '../serving.ts';
import { RUBBISH } from './connections.ts';
import { JSON_TEXTS } from './json-texts.ts';
import { RawSocket, say } from './raw-socket.ts';

const shop = serving(['ingest', 'read']);

interface Told {
  readonly status: number;
  /** Of the request or its first event that was refused. */
  readonly code: string;
  readonly accepted: number;
}

async function told(path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Told> {
  const answer = await shop.fetch(path, { as: path === '/v1/events' ? 'ingest' : 'read', body, headers });
  const said = (await answer.json()) as { code?: string; accepted?: number; events?: { code?: string }[] };
  const code = said.code ?? said.events?.find((event) => event.code !== undefined)?.code ?? '';
  return { status: answer.status, code, accepted: said.accepted ?? 0 };
}

const TIME = new Date().toISOString();
/** An event with a text in it. */
const around = (bytes: Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from(`{"event_time":"${TIME}","event_type":"view","properties":{"x":`),
    bytes,
    Buffer.from('}}'),
  ]);

/** What another parser says that the bytes are; undefined: no JSON. */
function parsed(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}
const depthOf = (value: unknown): number =>
  value === null || typeof value !== 'object' ? 0 : 1 + Math.max(0, ...Object.values(value).map(depthOf));

/** What is to be told of a single event, by the other parser's opinion of it. */
function expected(event: Uint8Array): Told | readonly Told[] {
  if (event.length > MAX_EVENT_BYTES)
    return [
      { status: 200, code: 'event.field_size', accepted: 0 },
      { status: 400, code: 'request.json', accepted: 0 },
    ];
  const found = parsed(event);
  if (found !== undefined && depthOf(found.value) <= MAX_DEPTH) return { status: 200, code: '', accepted: 1 };
  return [
    { status: 200, code: 'event.json', accepted: 0 },
    { status: 200, code: 'event.utf8', accepted: 0 },
    { status: 400, code: 'request.json', accepted: 0 },
  ];
}

const metric = async (name: string): Promise<number> => {
  const text = await (await shop.fetch('/metrics', { as: 'read' })).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};
const eventsTaken = async (): Promise<number> => {
  await until(async () => (await metric('footfall_journal_backlog_rows')) === 0);
  return metric('footfall_events_total');
};

const SLOW: RawSocket[] = [];
test('what begins and does not go on keeps nobody waiting', async () => {
  const { authorization } = shop.bearer('ingest');
  const begun = [
    '',
    'POST /v1/ev',
    'POST /v1/events HTTP/1.1\r\nHost: shop\r\nX: ',
    `POST /v1/events HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nAuthorization: ${authorization}\r\nContent-Length: 100\r\n\r\n[{`,
    `POST /v1/events HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nAuthorization: ${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{`,
  ];
  for (let i = 0; i < 400; i += 1) {
    const socket = new RawSocket(shop.url);
    socket.write(begun[i % begun.length] ?? '');
    // Half of them say that nothing more comes; some go away.
    if (i % 4 === 1) socket.finish();
    if (i % 4 === 3) socket.destroy();
    SLOW.push(socket);
  }
  const began = performance.now();
  for (let i = 0; i < 20; i += 1) expect((await shop.fetch('/v1/health/live')).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('JSON is taken and what is none is refused, as another parser has it', { timeout: 120_000 }, async () => {
  const before = await eventsTaken();
  let accepted = 0;
  for (const { what, bytes } of JSON_TEXTS) {
    const event = around(bytes);
    const said = await told('/v1/events', event);
    expect([expected(event)].flat(), `${what}: ${Buffer.from(bytes).toString().slice(0, 60)}`).toContainEqual(said);
    accepted += said.accepted;
    // As the whole body it is no event, whatever it is.
    const whole = await told('/v1/events', bytes);
    expect(whole, what).toMatchObject({ status: expect.toBeOneOf([200, 400]), accepted: 0 });
    expect(await told('/v1/funnel', bytes), what).toMatchObject({ status: 400, code: /^(request|cli|query)\./ });
  }
  expect(accepted).toBeGreaterThan(50);
  expect(await eventsTaken()).toBe(before + accepted);
});

test('so is JSON with some bytes of it changed', { timeout: 3_600_000 }, async () => {
  const texts = JSON_TEXTS.map(({ bytes }) => bytes).filter(({ length }) => length < 200);
  const pieces = [
    '"',
    '\\',
    '[',
    ']',
    ',',
    ':',
    '-',
    '.',
    '0',
    '1',
    'e',
    'E',
    '+',
    ' ',
    '\n',
    '\t',
    'u',
    'd',
    'null',
    '\u00e9',
    '\0',
  ];
  // With brackets of objects changed, one event could become several.
  const plain = texts.filter((text) => !/[{}]/.test(Buffer.from(text).toString('latin1')));
  const changed = fc
    .tuple(
      fc.constantFrom(...plain),
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.nat(2),
          fc.oneof(
            { weight: 6, arbitrary: fc.constantFrom(...pieces).map((text) => Buffer.from(text)) },
            {
              weight: 1,
              arbitrary: fc
                .uint8Array({ minLength: 1, maxLength: 3 })
                .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x7b && byte !== 0x7d))),
            },
          ),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([text, changes]) =>
      changes.reduce((bytes, [at, gone, put]) => {
        const place = at % (bytes.length + 1);
        return Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + gone)]);
      }, Buffer.from(text)),
    );
  let [taken, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(changed, async (bytes) => {
      const event = around(bytes);
      const said = await told('/v1/events', event);
      expect([expected(event)].flat()).toContainEqual(said);
      if (said.accepted === 1) taken += 1;
      else refused += 1;
    }),
    { numRuns: 250 * SOAK, seed: SEED },
  );
  expect(Math.min(taken, refused)).toBeGreaterThan(10);
});

test('lines end as they like, and may be empty; one that is too long is refused alone', async () => {
  const line = (id: string, more: object = {}) =>
    JSON.stringify({ event_id: id, event_time: TIME, event_type: 'view', ...more });
  const ndjson = { 'content-type': 'application/x-ndjson' };
  for (const end of ['\n', '\r\n', '\n\n\n', '\r\n \t\r\n', '\r']) {
    const body = [1, 2, 3].map((i) => line(`${JSON.stringify(end)}-${i}`)).join(end);
    expect([end, await told('/v1/events', `${end}${body}${end}`, ndjson)]).toEqual([
      end,
      { status: 200, code: '', accepted: 3 },
    ]);
  }
  const long = [line('a'), line('b', { properties: { x: 'x'.repeat(1_000_000) } }), line('c')].join('\n');
  expect(await told('/v1/events', long, ndjson)).toEqual({ status: 200, code: 'event.field_size', accepted: 2 });
  expect(await told('/v1/events', '\n'.repeat(1_000_000), ndjson)).toEqual({ status: 200, code: '', accepted: 0 });
  const empty = Array.from({ length: 100_000 }, () => '{}').join('\n');
  expect(await told('/v1/events', empty, ndjson)).toEqual({ status: 200, code: 'event.time_missing', accepted: 0 });
});

test('numbers that no column holds, and names that mean something to a program, do no harm', async () => {
  const event = (fields: string) => `{"event_time":"${TIME}","event_type":"view",${fields}}`;
  for (const price of [
    '1e999',
    '-1e999',
    '1e-999',
    '9'.repeat(5_000),
    `0.${'9'.repeat(5_000)}`,
    '1e99999999999999999999',
  ]) {
    const said = await told('/v1/events', event(`"price":${price}`));
    expect([price.slice(0, 20), said.status, said.accepted === 1 || said.code.startsWith('event.')]).toEqual([
      price.slice(0, 20),
      200,
      true,
    ]);
  }
  for (const name of ['__proto__', 'constructor', 'toString', 'then', 'length', '', 'event_time\\u0000']) {
    const said = await told('/v1/events', event(`"${name}":{"event_type":"purchase","polluted":true}`));
    expect([name, said.status, said.accepted]).toEqual([name, 200, 1]);
    expect(await told('/v1/funnel', `{"${name}":{"polluted":true}}`)).toMatchObject({
      status: 400,
      code: 'request.invalid',
    });
  }
  expect(await told('/v1/events', event('"event_type":"purchase"'))).toMatchObject({ status: 200 });
});

const EVENT = Buffer.from(JSON.stringify({ event_time: TIME, event_type: 'view' }));
const PACKED = [
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
  ['zstd', zstdCompressSync],
] as const;

test.each(PACKED)('a body that %s does not unpack, wholly and once, is refused', async (coding, pack) => {
  const send = (bytes: Uint8Array, as: string = coding) => told('/v1/events', bytes, { 'content-encoding': as });
  const packed = new Uint8Array(pack(EVENT));
  expect(await send(packed)).toMatchObject({ status: 200, accepted: 1 });
  for (let cut = 0; cut < packed.length; cut += Math.ceil(packed.length / 12)) {
    const said = await send(packed.slice(0, cut));
    expect([cut, said.status, said.accepted]).toEqual([cut, expect.toBeOneOf([200, 400]), 0]);
  }
  for (let at = 0; at < packed.length; at += Math.ceil(packed.length / 12)) {
    const flipped = packed.map((byte, i) => (i === at ? byte ^ 0xff : byte));
    expect([at, (await send(flipped)).status]).toEqual([at, expect.toBeOneOf([200, 400, 413])]);
  }
  expect((await send(EVENT)).status).toBe(400);
  expect((await send(new Uint8Array(pack(packed)))).accepted).toBe(0);
  expect(await send(packed, `${coding}, ${coding}`)).toMatchObject({ status: 415, code: 'request.media_type' });
  expect((await send(packed, coding.toUpperCase())).accepted).toBe(1);
});

test('bombs cost little memory, however many there are at a time', { timeout: 120_000 }, async () => {
  const zeros = Buffer.alloc(200_000_000);
  const bombs = [
    ['gzip', gzipSync(zeros)],
    ['br', brotliCompressSync(zeros.subarray(0, 50_000_000))],
    ['zstd', zstdCompressSync(zeros)],
    ['deflate', deflateRawSync(zeros.subarray(0, 20_000_000))],
  ] as const;
  const before = await metric('process_resident_memory_bytes');
  const sent = Array.from({ length: 24 }, async (_, i) => {
    const [coding, bytes] = bombs[i % bombs.length] ?? bombs[0];
    return told('/v1/events', new Uint8Array(bytes), { 'content-encoding': coding });
  });
  const meanwhile = (await shop.fetch('/v1/health/live')).status;
  // Deflate without its header is no deflate.
  for (const { status, accepted } of await Promise.all(sent))
    expect([[413, 400], 0]).toEqual([expect.arrayContaining([status]), accepted]);
  expect(meanwhile).toBe(200);
  expect((await metric('process_resident_memory_bytes')) - before).toBeLessThan(400_000_000);
});

test('what is no request, or can be read in two ways, is refused, and does nothing', async () => {
  const before = await eventsTaken();
  for (const { what, text, statuses } of RUBBISH) {
    const socket = await say(shop.url, text);
    // One refusal, and nothing after it: what was smuggled is no request.
    expect([what, statuses], socket.received.slice(0, 500)).toEqual([
      what,
      expect.arrayContaining(socket.statuses.length === 0 ? [0] : [...socket.statuses]),
    ]);
    expect([what, socket.statuses.length]).toEqual([what, socket.statuses.length === 0 ? 0 : 1]);
  }
  expect(await eventsTaken()).toBe(before);
});

test('requests that follow each other at once are answered in order; a body waits until it is asked for', async () => {
  const { authorization } = shop.bearer('ingest');
  const socket = new RawSocket(shop.url);
  const paths = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? '/v1/health/live' : '/v1/nowhere'));
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`).join(''));
  await until(() => socket.statuses.length === paths.length);
  expect(socket.statuses).toEqual(paths.map((path) => (path.endsWith('live') ? 200 : 404)));
  socket.write(
    `POST /v1/events HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${EVENT.length}\r\n\r\n`,
  );
  await until(() => socket.statuses.at(-1) === 100);
  socket.write(EVENT);
  await socket.end();
  expect(socket.statuses.slice(paths.length)).toEqual([100, 200]);
});

test('what went on too slowly is told so, or let go', { timeout: 90_000 }, async () => {
  const waiting = SLOW.filter((socket) => !socket.closed);
  // Headers that were begun, on connections that are still open on both sides.
  const begun = SLOW.filter((_, i) => (i % 5 === 1 || i % 5 === 2) && i % 4 !== 1 && i % 4 !== 3);
  expect(begun.length).toBeGreaterThan(50);
  await until(() => begun.every(({ closed }) => closed), 60);
  for (const { statuses, received } of begun)
    expect([statuses, received]).toEqual([[408], expect.stringContaining('request.slow')]);
  for (const socket of waiting) socket.destroy();
  expect((await shop.send(EVENT)).status).toBe(200);
});
