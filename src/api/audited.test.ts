import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Fastify from 'fastify';
import { afterAll, expect, test, vi } from 'vitest';
import { ControlDatabase } from '../store/control-database.ts';
import { auditRequests } from './audited.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-audited-'));
const control = ControlDatabase.open(join(folder, 'control.db'));
const { audit } = control.access;
// Who left keeps a connection open for the next request.
const app = Fastify({ forceCloseConnections: true });
auditRequests(app, audit, () => 0);
app.decorateRequest('caller', undefined);
app.addHook('onRequest', async (request) => {
  if (request.headers.authorization !== undefined)
    request.caller = { kind: 'key', id: 'k', name: 'till', role: 'read', stillValid: () => true };
});
const file = (endless: boolean): Readable =>
  new Readable({
    read() {
      this.push(Buffer.alloc(64 * 1024));
      if (!endless) this.push(null);
    },
  });
app.get<{ Params: { how: string } }>('/export/:how', { config: { audit: 'export' } }, async ({ params }, reply) => {
  reply.type('text/csv');
  return file(params.how === 'endless');
});
app.get('/asked', { config: { audit: 'sql' } }, () => new Promise(() => undefined));
const url = await app.listen({ port: 0, host: '127.0.0.1' });
afterAll(async () => {
  await app.close();
  control.close();
  rmSync(folder, { recursive: true, force: true });
});

const known = { authorization: 'Bearer k' };
const lines = () => audit.read({ limit: 100 });
const lineAfter = (count: number) =>
  vi.waitFor(() => {
    expect(lines()).toHaveLength(count + 1);
    return lines()[0];
  });

test('a file that was read to its end, or only in part, is told of', async () => {
  const before = lines().length;
  await (await fetch(`${url}/export/whole`, { headers: known })).bytes();
  expect(await lineAfter(before)).toMatchObject({ action: 'export', outcome: 'done', details: { status: 200 } });
  expect(lines()[0]?.details).not.toHaveProperty('aborted');
  const leaving = new AbortController();
  const cut = await fetch(`${url}/export/endless`, { headers: known, signal: leaving.signal });
  await cut.body?.getReader().read();
  leaving.abort();
  expect(await lineAfter(before + 1)).toMatchObject({
    who: { kind: 'key', id: 'k' },
    action: 'export',
    outcome: 'done',
    details: { status: 200, aborted: true },
  });
});

test('who goes before there is an answer is told of where somebody is known', async () => {
  const before = lines().length;
  const leave = async (headers: Record<string, string>): Promise<void> => {
    const gone = new Promise<void>((resolve) => app.server.once('request', (_, raw) => raw.once('close', resolve)));
    const leaving = new AbortController();
    const asked = fetch(`${url}/asked`, { headers, signal: leaving.signal });
    app.server.once('request', () => leaving.abort());
    await expect(asked).rejects.toThrow();
    await gone;
  };
  await leave({});
  await leave(known);
  const line = await lineAfter(before);
  expect(line).toMatchObject({ action: 'sql', outcome: 'failed', details: { aborted: true } });
  expect(line?.details).not.toHaveProperty('status');
});
