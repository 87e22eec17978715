import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { ControlDatabase } from '../store/control-database.ts';
import { guard } from './access.ts';
import { RequestLimits } from './request-limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-guard-'));
const control = ControlDatabase.open(join(folder, 'control.db'));
afterAll(() => {
  control.close();
  rmSync(folder, { recursive: true, force: true });
});

function guarded(trustProxy: string[] | false = false, anonymous = 1): FastifyInstance {
  const app = Fastify({ trustProxy });
  const limits = new RequestLimits({ ingest: 1, read: 1, query: 1, anonymous }, () => 0);
  guard(app, { access: control.access, limits, now: () => 0 });
  return app;
}

test('a route that does not say whom it is for keeps the server from starting', () => {
  const app = guarded();
  expect(() => app.get('/open', async () => 'x')).toThrow('GET /open does not say who may call it');
  expect(() => app.post('/configured', { config: { json: true } }, async () => 'x')).toThrow('POST /configured');
  expect(() => app.get('/docs/page', async () => 'x')).not.toThrow();
  expect(() => app.get('/docs-of-others', async () => 'x')).toThrow('GET /docs-of-others');
  expect(() => app.get('/said', { config: { access: 'public' } }, async () => 'x')).not.toThrow();
});

test('what is said of somebody else is believed of trusted proxies alone', async () => {
  const refusedAfter = async (app: FastifyInstance, own: (i: number) => string): Promise<number> => {
    app.get('/', { config: { access: 'public' } }, async () => 'x');
    for (let i = 0; i < 40; i += 1) {
      const { statusCode } = await app.inject({ url: '/', headers: { 'x-forwarded-for': own(i) } });
      if (statusCode !== 200) return i;
    }
    return Number.POSITIVE_INFINITY;
  };
  const another = (i: number) => `10.0.0.${i}`;
  // Whoever could choose an address would have no limit.
  expect(await refusedAfter(guarded(), another)).toBe(10);
  expect(await refusedAfter(guarded(['192.168.0.0/16']), another)).toBe(10);
  expect(await refusedAfter(guarded(['127.0.0.1']), another)).toBe(Number.POSITIVE_INFINITY);
  expect(await refusedAfter(guarded(['127.0.0.1']), (i) => `10.0.0.${i}, 10.9.9.9`)).toBe(10);
});
