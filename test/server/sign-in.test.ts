import { expect, test } from 'vitest';
import { begin, footfall, until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';
import { cookieOf, PASSWORD, signedIn } from './signed-in.ts';

const shop = serving(['admin', 'analyst', 'read']);
const own = () => ({ origin: shop.url });
const signIn = (name: string, password: string) =>
  shop.fetch('/v1/session', { body: { name, password }, headers: own() });
const asked = async (cookie: string, path = '/v1/session') => {
  const answer = await shop.fetch(path, { headers: { cookie } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test('the first administrator comes by a link that is printed at the start, once', async () => {
  const link = () => /\/sign-in#([\w-]{43})/.exec(shop.process.errors())?.[1];
  await until(() => link() !== undefined);
  const use = (name: string, password: string) =>
    shop.ask('/v1/session/link', { body: { link: link(), name, password }, headers: own() });
  expect(await use('root', 'short')).toMatchObject({ status: 422, body: { code: 'access.password' } });
  expect(await use('root', PASSWORD)).toMatchObject({
    status: 200,
    body: { kind: 'person', name: 'root', role: 'admin' },
  });
  expect(await use('eve', PASSWORD)).toMatchObject({ status: 401, body: { code: 'access.link' } });
});

test('who signs in is known by a cookie that scripts and other sites do not get', async () => {
  await signedIn(shop, 'ann', 'analyst');
  const answer = await signIn('Ann', PASSWORD);
  expect([answer.status, await answer.json()]).toMatchObject([200, { kind: 'person', name: 'ann', role: 'analyst' }]);
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^footfall=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/),
  ]);
  // Behind a proxy that speaks TLS, the page says so.
  const proxied = await shop.fetch('/v1/session', {
    body: { name: 'ann', password: PASSWORD },
    headers: { origin: shop.url.replace('http:', 'https:') },
  });
  expect(proxied.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-footfall=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict; Secure$/),
  ]);
  for (const cookie of [cookieOf(answer), cookieOf(proxied)])
    expect(await asked(cookie)).toMatchObject({ status: 200, body: { name: 'ann', expires: expect.any(String) } });
  const out = await shop.fetch('/v1/session', {
    method: 'DELETE',
    headers: { cookie: cookieOf(answer), 'sec-fetch-site': 'same-origin' },
  });
  expect([out.status, out.headers.getSetCookie()[0]]).toEqual([204, expect.stringMatching(/^footfall=; .*Max-Age=0/)]);
  expect((await asked(cookieOf(answer))).status).toBe(401);
  expect((await asked(cookieOf(proxied))).status).toBe(200);
  const everywhere = await shop.fetch('/v1/session?everywhere=true', {
    method: 'DELETE',
    headers: { cookie: cookieOf(proxied), ...own() },
  });
  expect([everywhere.status, (await asked(cookieOf(proxied))).status]).toEqual([204, 401]);
});

test('people change their own password, and are signed out at all other browsers', async () => {
  const first = await signedIn(shop, 'cleo', 'read');
  const second = cookieOf(await signIn('cleo', PASSWORD));
  const change = (password: string, next: string) =>
    shop.fetch('/v1/session/password', {
      method: 'PUT',
      body: { password, new_password: next },
      headers: { cookie: second, ...own() },
    });
  expect((await change('not the password', 'a new and long one')).status).toBe(401);
  expect((await change(PASSWORD, 'short')).status).toBe(422);
  const changed = await change(PASSWORD, 'a new and long one');
  expect(changed.status).toBe(200);
  expect((await Promise.all([first, second].map((each) => asked(each)))).map(({ status }) => status)).toEqual([
    401, 401,
  ]);
  expect((await asked(cookieOf(changed))).status).toBe(200);
  expect((await signIn('cleo', PASSWORD)).status).toBe(401);
  // A key is nobody who could have a password.
  const key = await shop.ask('/v1/session/password', {
    as: 'admin',
    method: 'PUT',
    body: { password: PASSWORD, new_password: PASSWORD },
  });
  expect(key).toMatchObject({ status: 403, body: { code: 'access.people' } });
  expect(await shop.get('/v1/session')).toMatchObject({
    status: 200,
    body: { kind: 'key', role: 'read', expires: null },
  });
});

test('whoever guesses is slowed, and is not told whether there is anybody', async () => {
  await signedIn(shop, 'dora', 'read');
  const tries = async (name: string) => {
    for (let i = 1; ; i += 1) {
      const answer = await signIn(name, `guess number ${i} of many`);
      const { detail, code } = (await answer.json()) as Record<string, unknown>;
      if (answer.status === 429) return { before: i - 1, wait: Number(answer.headers.get('retry-after')) };
      expect([answer.status, code, detail]).toEqual([401, 'access.sign_in', 'nobody has this name and password']);
    }
  };
  const nobody = await tries('nobody of this name');
  expect(nobody.before).toBeGreaterThanOrEqual(5);
  const somebody = await tries('dora');
  expect(somebody.before).toBeGreaterThanOrEqual(5);
  expect(somebody.wait).toBeGreaterThan(0);
  // Nor does the right password get in then: it was one more guess.
  expect((await signIn('dora', PASSWORD)).status).toBe(429);
});

test('people are let in, given another role, and sent away while the server runs', async () => {
  const admin = (path: string, method: string, body?: object) =>
    shop.ask(path, { as: 'admin', method, ...(body === undefined ? {} : { body }) });
  const cookie = await signedIn(shop, 'finn', 'read');
  expect((await asked(cookie, '/v1/sql/schema')).status).toBe(403);
  expect(await admin('/v1/users/finn', 'PATCH', { role: 'analyst' })).toMatchObject({ body: { role: 'analyst' } });
  expect((await asked(cookie, '/v1/sql/schema')).status).toBe(200);
  expect(await admin('/v1/users', 'POST', { name: 'FINN', role: 'read' })).toMatchObject({
    status: 409,
    body: { code: 'access.name' },
  });
  const reset = await admin('/v1/users/finn/reset', 'POST');
  expect([reset.status, (await asked(cookie)).status, (await signIn('finn', PASSWORD)).status]).toEqual([
    200, 401, 401,
  ]);
  expect((await shop.fetch('/v1/users/finn', { as: 'admin', method: 'DELETE' })).status).toBe(204);
  expect((await signIn('finn', PASSWORD)).status).toBe(401);
  // The same at the command line, at once.
  const cli = (...args: string[]) => footfall(['users', ...args, '--data', shop.data, '--json']);
  const added = JSON.parse((await cli('add', 'gus', '--role', 'read')).stdout) as { link: string };
  const answer = await shop.fetch('/v1/session/link', {
    body: { link: added.link.split('#')[1], password: PASSWORD },
    headers: own(),
  });
  expect(answer.status).toBe(200);
  expect((await cli('role', 'gus', '--role', 'admin')).code).toBe(0);
  expect((await asked(cookieOf(answer))).body).toMatchObject({ name: 'gus', role: 'admin' });
  const running = begin(['users', 'reset', 'gus', '--stdin', '--data', shop.data], {
    input: Buffer.from('a password from a file\n'),
  });
  expect((await running.ended).code).toBe(0);
  expect((await asked(cookieOf(answer))).status).toBe(401);
  expect((await signIn('gus', 'a password from a file')).status).toBe(200);
  const listed = JSON.parse((await cli('list')).stdout) as { name: string; signed_in: string | null }[];
  expect(listed).toContainEqual(expect.objectContaining({ name: 'gus', role: 'admin', has_password: true }));
  expect((await cli('remove', 'gus')).code).toBe(0);
  expect(await cli('remove', 'gus')).toMatchObject({ code: 2, stderr: expect.stringContaining('access.account') });
  expect(await cli('role', 'root', '--role', 'read')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('access.last_admin'),
  });
});

test('who did what can be read by administrators, holds no secret, and is known to be whole', async () => {
  const sql = 'SELECT count(*) AS "who is wolf4711" FROM brand_activity WHERE brand = \'visitor-wolf4711\' -- wolf4711';
  await shop.ask('/v1/sql', { as: 'analyst', body: { sql } });
  const cli = (...args: string[]) => footfall([...args, '--data', shop.data]);
  const asked = "SELECT count(*) FROM journeys WHERE visitor = 'visitor-wolf4711'";
  expect((await cli('query', '--sql', asked)).code).toBe(0);
  expect((await cli('identity', 'link', 'visitor-wolf4711', 'ann')).code).toBe(0);
  const made = await shop.ask('/v1/keys', { as: 'admin', body: { name: 'till', role: 'read' } });
  await shop.ask('/v1/keys', { as: 'read', body: { name: 'mine', role: 'admin' } });
  const read = async (query = '') => (await shop.ask(`/v1/audit?limit=1000${query}`, { as: 'admin' })).body;
  const lines = (await read())['lines'] as { action: string; outcome: string; who: { kind: string; name: string } }[];
  const told = lines.map(({ action, outcome, who }) => `${who.kind} ${action} ${outcome}`);
  for (const line of [
    'key sql done',
    'key key.create done',
    'key key.create refused',
    'person sign-in done',
    'person sign-in refused',
    'person sign-in.link done',
    'person sign-out done',
    'person password done',
    'key user.add done',
    'key user.role done',
    'key user.reset done',
    'key user.remove done',
    'shell key.create done',
    'shell sql done',
    'shell link done',
    'shell user.add done',
    'shell user.role failed',
  ])
    expect(told).toContain(line);
  const text = JSON.stringify(lines);
  for (const secret of [PASSWORD, 'guess number', 'wolf4711', String(made.body['key']), shop.keyOf('admin')])
    expect(text).not.toContain(secret);
  expect(text).toContain('SELECT count(*) AS ? FROM brand_activity WHERE brand = ?');
  const page = (await shop.ask('/v1/audit?limit=2&action=key', { as: 'admin' })).body as {
    lines: { action: string; number: number }[];
    next: number;
  };
  expect(page.lines.map(({ action }) => action)).toEqual(['key.create', 'key.create']);
  expect(page.next).toBe(page.lines[1]?.number);
  const whole = (await shop.ask('/v1/audit/verify', { as: 'admin' })).body as {
    head: { number: number; hash: string };
  };
  expect(whole).toMatchObject({ wrong: [], lines: whole.head.number });
  const { number, hash } = whole.head;
  expect(await cli('audit', 'verify', '--head', `${number}:${hash}`)).toMatchObject({ code: 0 });
  expect(await cli('audit', 'verify', '--head', `${number}:${'0'.repeat(64)}`)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`line ${number} is changed`),
  });
  expect((await cli('audit', '--action', 'user', '--limit', '3')).stdout.split('\n')).toHaveLength(5);
});
