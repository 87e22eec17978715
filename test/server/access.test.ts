import { afterAll, beforeAll, expect, test } from 'vitest';
import { footfall, scratch } from '../cli/footfall-process.ts';
import { makeKey, type ServerProcess, startServer } from './server-process.ts';

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly tags?: readonly string[] }>>>>;
}

const data = scratch();
const ROLES = ['ingest', 'read', 'analyst', 'admin'];
const keys = new Map<string, string>();
let server: ServerProcess;
let routes: readonly (readonly [method: string, path: string, sends: boolean])[] = [];
beforeAll(async () => {
  for (const role of ROLES) keys.set(role, await makeKey(data, role));
  server = await startServer(data);
  const { paths } = (await (await fetch(`${server.url}/docs/json`)).json()) as OpenApi;
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { tags }]) => [method.toUpperCase(), path, tags?.includes('events') === true] as const,
    ),
  );
});
afterAll(() => server.stop());

const OPEN = ['/v1/health/live', '/v1/health/ready'];
const call = async (method: string, path: string, key: string | undefined): Promise<number> => {
  const over = new AbortController();
  const answer = await fetch(`${server.url}${path.replace('{name}', 'brand_activity')}`, {
    method,
    signal: over.signal,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'POST' ? { body: '{}' } : {}),
  });
  over.abort();
  return answer.status;
};

test('every documented route refuses whoever has no key, and every role that may not', async () => {
  expect(routes.length).toBeGreaterThan(15);
  for (const [method, path, sends] of routes) {
    const open = OPEN.includes(path);
    expect([method, path, await call(method, path, undefined)]).toEqual([method, path, open ? 200 : 401]);
    if (open) continue;
    for (const role of ROLES) {
      const may = role === 'admin' || (sends ? role === 'ingest' : role !== 'ingest');
      const status = await call(method, path, keys.get(role));
      expect([role, method, path, status === 403]).toEqual([role, method, path, !may]);
      expect(status).toBeLessThan(500);
    }
  }
});

test('a key that was revoked or has expired is none', async () => {
  const [gone, brief] = [await makeKey(data, 'read'), await makeKey(data, 'read')];
  expect(await call('GET', '/v1/views', gone)).toBe(200);
  const prefix = gone.slice(0, 'ff_read_'.length + 12);
  expect((await footfall(['keys', 'revoke', prefix, '--data', data])).code).toBe(0);
  expect(await call('GET', '/v1/views', gone)).toBe(401);
  expect(await call('GET', '/v1/views', brief)).toBe(200);
  const made = await footfall(['keys', 'create', '--role', 'read', '--expires', '1s', '--data', data, '--json']);
  const { key } = JSON.parse(made.stdout) as { key: string };
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect(await call('GET', '/v1/views', key)).toBe(401);
  const listed = await footfall(['keys', 'list', '--data', data]);
  expect(listed.stdout).toContain(prefix);
  expect(listed.stdout).not.toContain(gone);
});

test('what is no key is refused', async () => {
  for (const key of ['', 'x', '../../etc/passwd', "' OR 1=1 --", 'ff_admin_'.padEnd(60, 'A')])
    expect(await call('GET', '/v1/views', key)).toBe(401);
});
