import { beforeAll, expect, test } from 'vitest';
import { ROLES } from '../../src/core/role.ts';
import { footfall } from '../cli/footfall-process.ts';
import { makeKey } from './server-process.ts';
import { serving } from './serving.ts';

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly 'x-role': string }>>>>;
}

const shop = serving(ROLES);
const { data } = shop;
let routes: readonly { readonly method: string; readonly path: string; readonly role: string }[] = [];
beforeAll(async () => {
  const { paths } = (await (await shop.fetch('/docs/json')).json()) as OpenApi;
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-role': role }]) => ({ method: method.toUpperCase(), path, role })),
  );
});

/** Who may call a route that wants a role. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ingest: ['ingest', 'admin'],
  read: ['read', 'analyst', 'admin'],
  analyst: ['analyst', 'admin'],
  admin: ['admin'],
};
const call = async (method: string, path: string, key: string | undefined): Promise<number> => {
  const over = new AbortController();
  const answer = await fetch(`${shop.url}${path.replace('{name}', 'brand_activity')}`, {
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

test('every documented route says whom it is for, and refuses everybody else', async () => {
  expect(routes.length).toBeGreaterThan(20);
  for (const { method, path, role } of routes) {
    const anonymous = await call(method, path, undefined);
    if (role === 'public') {
      expect([method, path, anonymous]).toEqual([method, path, expect.not.toBeOneOf([401, 403])]);
      continue;
    }
    expect([method, path, anonymous]).toEqual([method, path, 401]);
    for (const has of ROLES) {
      const status = await call(method, path, shop.keyOf(has));
      expect([has, method, path, status === 403]).toEqual([has, method, path, !ALLOWED[role]?.includes(has)]);
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
