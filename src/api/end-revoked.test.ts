import Fastify from 'fastify';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { endRevoked } from './end-revoked.ts';

const wrong = new Set<string>();
const failing = new Set<string>();
let failures = 0;
const app = Fastify({ forceCloseConnections: true });
app.decorateRequest('caller', undefined);
app.addHook('onRequest', async (request) => {
  const { browser = '' } = request.query as { readonly browser?: string };
  const stillValid = (): boolean => {
    if (failing.has(browser)) {
      failures += 1;
      throw new Error('database is locked');
    }
    return !wrong.has(browser);
  };
  request.caller = { kind: 'person', id: 'ann', name: 'ann', role: 'read', stillValid };
});
endRevoked(app);
app.get('/live', (_, reply) => {
  reply.hijack();
  reply.raw.writeHead(200).write('begun');
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });
afterAll(() => app.close());
beforeEach(() => {
  wrong.clear();
  failing.clear();
});

/** A stream, and whether it was cut. */
async function stream(browser: string): Promise<{ cut: boolean }> {
  const { body } = await fetch(`${url}/live?browser=${browser}`);
  const state = { cut: false };
  const reader = body?.getReader();
  await reader?.read();
  void reader?.read().catch(() => {
    state.cut = true;
  });
  return state;
}

test.each([
  ['first', 'second'],
  ['second', 'first'],
])('who signs out at the %s browser is cut off there, and goes on at the %s', async (out, stays) => {
  const streams = { first: await stream('first'), second: await stream('second') };
  wrong.add(out);
  const [gone, going] = [streams[out as 'first'], streams[stays as 'first']];
  await vi.waitFor(() => expect(gone.cut).toBe(true), 5_000);
  expect(going.cut).toBe(false);
});

test('where nobody can be asked, streams go on until somebody can', async () => {
  const going = await stream('first');
  failing.add('first');
  const before = failures;
  await vi.waitFor(() => expect(failures).toBeGreaterThan(before + 1), 5_000);
  expect(going.cut).toBe(false);
  failing.clear();
  wrong.add('first');
  await vi.waitFor(() => expect(going.cut).toBe(true), 5_000);
});
