import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ROLES } from '../../src/core/role.ts';
import { ControlDatabase } from '../../src/store/control-database.ts';
import { footfall } from '../cli/footfall-process.ts';
import { makeKey } from './server-process.ts';
import { serving } from './serving.ts';
import { signedIn } from './signed-in.ts';

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly 'x-role': string }>>>>;
}

/** Somebody who calls, and what they may call. */
interface Caller {
  readonly who: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Roles of the routes that let them in. */
  readonly may: readonly string[];
  /** What all others answer. */
  readonly else: 'access.missing' | 'access.denied' | 'access.cross_site';
  /** Of what they may call, only what reads. */
  readonly readingOnly?: true;
}

const shop = serving(ROLES);
const { data } = shop;
let routes: readonly { readonly method: string; readonly path: string; readonly role: string }[] = [];
let callers: readonly Caller[] = [];

/** Routes by role: what a role may call. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  ingest: ['public', 'known', 'ingest'],
  read: ['public', 'known', 'read'],
  analyst: ['public', 'known', 'read', 'analyst'],
  admin: ['public', 'known', 'ingest', 'read', 'analyst', 'admin'],
};
const NOBODY = ['public'];

beforeAll(async () => {
  const { paths } = (await (await shop.fetch('/docs/json')).json()) as OpenApi;
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-role': role }]) => ({ method: method.toUpperCase(), path, role })),
  );
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const { keys, end } = withKeys();
  const revoked = keys.create({ name: 'revoked', role: 'admin' }, 1);
  keys.revoke(revoked.id, 2);
  const expired = keys.create({ name: 'expired', role: 'admin', expires: Date.now() * 1000 }, 1);
  end();
  const [reader, analyst, admin] = await Promise.all([
    signedIn(shop, 'reader', 'read'),
    signedIn(shop, 'analyst', 'analyst'),
    signedIn(shop, 'admin', 'admin'),
  ]);
  const own = { 'sec-fetch-site': 'same-origin', origin: shop.url };
  const denied = 'access.denied' as const;
  callers = [
    { who: 'nobody', headers: {}, may: NOBODY, else: 'access.missing' },
    ...ROLES.map((role) => ({ who: `${role} key`, headers: shop.bearer(role), may: MAY[role] ?? [], else: denied })),
    { who: 'expired key', headers: bearer(expired.key), may: NOBODY, else: 'access.missing' },
    { who: 'revoked key', headers: bearer(revoked.key), may: NOBODY, else: 'access.missing' },
    { who: 'reader', headers: { ...own, cookie: reader }, may: MAY['read'] ?? [], else: denied },
    { who: 'analyst', headers: { ...own, cookie: analyst }, may: MAY['analyst'] ?? [], else: denied },
    { who: 'administrator', headers: { ...own, cookie: admin }, may: MAY['admin'] ?? [], else: denied },
    {
      who: 'administrator at a page of another site',
      headers: { cookie: admin, 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' },
      may: NOBODY,
      else: 'access.cross_site',
    },
    {
      who: 'administrator at a page of a neighbour',
      headers: { cookie: admin, 'sec-fetch-site': 'same-site' },
      may: NOBODY,
      else: 'access.cross_site',
    },
    {
      who: 'administrator at an older browser at a page of another site',
      headers: { cookie: admin, origin: 'https://elsewhere.example' },
      may: NOBODY,
      else: 'access.cross_site',
    },
    {
      who: 'administrator whose browser does not say from where',
      headers: { cookie: admin },
      may: MAY['admin'] ?? [],
      else: 'access.cross_site',
      readingOnly: true,
    },
    { who: 'a cookie of nobody', headers: { ...own, cookie: 'footfall=AAAA' }, may: NOBODY, else: 'access.missing' },
    {
      who: 'a key that wins over a cookie',
      headers: { ...own, ...shop.bearer('read'), cookie: admin },
      may: MAY['read'] ?? [],
      else: denied,
    },
  ];
});

function withKeys() {
  const control = ControlDatabase.open(join(data, 'control.db'));
  return { keys: control.keys, end: () => control.close() };
}

const REFUSALS = ['access.missing', 'access.denied', 'access.cross_site'];
const called = async (method: string, path: string, headers: Readonly<Record<string, string>>) => {
  const over = new AbortController();
  const body = ['POST', 'PUT', 'PATCH'].includes(method);
  // Whoever is let in does no harm: what is named does not exist, and nobody is signed out.
  const url = path.replaceAll(/\{\w+\}/g, 'nothing') + (method === 'DELETE' ? '?everywhere=no' : '');
  const answer = await shop.fetch(url, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    signal: over.signal,
    ...(body ? { body: '{}' } : {}),
  });
  const json = answer.headers.get('content-type')?.includes('problem+json') === true;
  const { code = '' } = json ? ((await answer.json()) as { code?: string }) : {};
  over.abort();
  return { status: answer.status, code };
};

test('every route lets in whom it is for, and nobody else', async () => {
  expect(routes.length).toBeGreaterThan(30);
  expect(new Set(routes.map(({ role }) => role))).toEqual(
    new Set(['public', 'known', 'ingest', 'read', 'analyst', 'admin']),
  );
  let cells = 0;
  for (const { method, path, role } of routes)
    for (const { who, headers, may, else: refusal, readingOnly } of callers) {
      const { status, code } = await called(method, path, headers);
      const reads = method === 'GET';
      // Where events come in, a cookie is not looked at.
      const person = headers['cookie'] !== undefined && headers['authorization'] === undefined;
      const allowed =
        may.includes(role) && (role === 'public' || reads || readingOnly !== true) && !(person && role === 'ingest');
      // Where people come in, pages of other sites are refused before anything is looked at.
      const entry = role === 'public' && path.startsWith('/v1/session');
      const foreign = refusal === 'access.cross_site' && readingOnly !== true;
      const wanted =
        entry && foreign
          ? 'access.cross_site'
          : allowed
            ? 'let in'
            : person && role === 'ingest'
              ? 'access.missing'
              : refusal;
      const found = REFUSALS.includes(code) ? code : 'let in';
      expect([who, method, path, found]).toEqual([who, method, path, wanted]);
      expect([who, method, path, status < 500 || status === 503]).toEqual([who, method, path, true]);
      if (found !== 'let in') expect(status).toBe(code === 'access.missing' ? 401 : 403);
      cells += 1;
    }
  expect(cells).toBe(routes.length * callers.length);
}, 120_000);

test('a key that was revoked is none, and what it still reads ends within a second', async () => {
  const gone = await makeKey(data, 'read');
  const as = { authorization: `Bearer ${gone}` };
  expect((await shop.fetch('/v1/views', { headers: as })).status).toBe(200);
  const stream = await shop.fetch('/v1/live?views=brand_activity', { headers: as });
  expect(stream.status).toBe(200);
  const ended = (async () => {
    const reader = stream.body?.getReader();
    while ((await reader?.read())?.done === false);
  })().catch(() => undefined);
  const prefix = gone.slice(0, 'ff_read_'.length + 12);
  const { code } = await footfall(['keys', 'revoke', prefix, '--data', data]);
  const revoked = performance.now();
  expect([code, (await shop.fetch('/v1/views', { headers: as })).status]).toEqual([0, 401]);
  await ended;
  expect(performance.now() - revoked).toBeLessThan(1_000);
  const listed = await footfall(['keys', 'list', '--data', data]);
  expect(listed.stdout).toContain(prefix);
  expect(listed.stdout).not.toContain(gone);
});

test('administrators make, replace and end keys', async () => {
  const admin = (path: string, method: string, body?: object) =>
    shop.ask(path, { as: 'admin', method, ...(body === undefined ? {} : { body }) });
  const made = await admin('/v1/keys', 'POST', { name: 'till', role: 'read', expires_in_days: 30 });
  expect(made).toMatchObject({ status: 201, body: { key: expect.stringMatching(/^ff_read_[\w-]{43}$/) } });
  const { key, id } = made.body as { key: string; id: string };
  const works = async (each: unknown) =>
    (await shop.fetch('/v1/views', { headers: { authorization: `Bearer ${each}` } })).status === 200;
  expect(await works(key)).toBe(true);
  const next = await admin(`/v1/keys/${id}/rotate`, 'POST', {});
  expect([next.status, await works(key), await works(next.body['key'])]).toEqual([201, false, true]);
  const after = await admin(`/v1/keys/${next.body['id']}/rotate`, 'POST', { overlap_hours: 1 });
  expect([await works(next.body['key']), await works(after.body['key'])]).toEqual([true, true]);
  expect([made, next, after].map(({ body }) => body['expires'])).toEqual(
    Array.from({ length: 3 }, () => expect.stringMatching(/^\d{4}-/)),
  );
  expect(after.body['expires']).toBe(made.body['expires']);
  expect(await admin(`/v1/keys/${next.body['id']}/rotate`, 'POST', {})).toMatchObject({
    status: 404,
    body: { code: 'access.key' },
  });
  expect((await shop.fetch(`/v1/keys/${after.body['prefix']}`, { as: 'admin', method: 'DELETE' })).status).toBe(204);
  expect(await works(after.body['key'])).toBe(false);
  expect(await admin(`/v1/keys/${after.body['id']}`, 'DELETE')).toMatchObject({
    status: 404,
    body: { code: 'access.key' },
  });
  const { body } = await admin('/v1/keys', 'GET');
  expect(JSON.stringify(body)).not.toContain(key);
});

test('what is no key is refused', async () => {
  for (const key of ['', 'x', '../../etc/passwd', "' OR 1=1 --", 'ff_admin_'.padEnd(60, 'A')])
    expect((await shop.fetch('/v1/views', { headers: { authorization: `Bearer ${key}` } })).status).toBe(401);
});
