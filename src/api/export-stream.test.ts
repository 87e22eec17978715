import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { ExportSink } from '../runtime/export/export-rows.ts';
import { sendFile } from './export-stream.ts';

const PART = Buffer.alloc(64 * 1024, 'x,y\n');
const begun = { cursor: '1:1' };
let given = 0;
let over: Promise<unknown> = Promise.resolve();

const makes: Readonly<Record<string, (sink: ExportSink) => Promise<unknown>>> = {
  whole: async (sink) => {
    sink.begin(begun);
    for (let i = 0; i < 8; i++) await sink.write(PART);
  },
  broken: async (sink) => {
    sink.begin(begun);
    for (let i = 0; i < 8; i++) await sink.write(PART);
    throw new Error('the disk is gone');
  },
  refused: async () => {
    throw new FootfallError('view.unknown', { view: 'x', suggestion: '' });
  },
  endless: async (sink) => {
    sink.begin(begun);
    for (;;) {
      await sink.write(PART);
      given += PART.length;
    }
  },
};

const app = Fastify();
app.setErrorHandler((error, _, reply) =>
  reply.code(error instanceof FootfallError ? error.entry.http : 500).send('no'),
);
app.get<{ Params: { how: string } }>('/:how', (request, reply) =>
  sendFile(request, reply, { name: 'x', format: 'csv' }, (sink) => {
    over = makes[request.params.how]?.(sink) ?? Promise.resolve();
    return over;
  }),
);
const url = await app.listen({ port: 0 });
afterAll(() => app.close());

const get = (how: string, coding: string) => fetch(`${url}/${how}`, { headers: { 'accept-encoding': coding } });

test.each(['identity', 'gzip'])('half a file never looks whole (%s)', async (coding) => {
  expect((await (await get('whole', coding)).text()).length).toBe(8 * PART.length);
  const half = await get('broken', coding);
  expect(half.status).toBe(200);
  await expect(half.text()).rejects.toThrow();
  const refused = await get('refused', coding);
  expect([refused.status, refused.headers.get('content-disposition')]).toEqual([404, null]);
  expect(await refused.text()).toBe('no');
});

test('a reader who does not read holds up who writes, and one who leaves ends it', async () => {
  const leaving = new AbortController();
  const answer = await fetch(`${url}/endless`, { signal: leaving.signal, headers: { 'accept-encoding': 'identity' } });
  expect(answer.status).toBe(200);
  let before = -1;
  for (; before !== given; await sleep(100)) before = given;
  // What sockets and streams hold, and no more.
  expect(given).toBeLessThan(32_000_000);
  leaving.abort();
  await expect(over).rejects.toThrow();
});
