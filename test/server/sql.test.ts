import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { footfall, scratch, until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'analyst', 'admin']);

const ask = (sql: string) => shop.ask('/v1/sql', { as: 'analyst', body: { sql } });
const rows = async (sql: string) => (await ask(sql)).body['rows'];
const send = async (...events: object[]): Promise<void> => {
  const event_time = new Date().toISOString();
  const answer = await shop.send(events.map((event) => ({ event_time, event_type: 'view', ...event })));
  expect(answer.status).toBe(200);
};

test('queries see the views, a few seconds late at most', async () => {
  const counted = () =>
    rows('SELECT brand, sum(event_count)::INTEGER AS n FROM brand_activity GROUP BY brand ORDER BY brand');
  expect(await counted()).toEqual([]);
  await send({ brand: 'Acme', user_id: 'u' }, { brand: 'Acme' }, { brand: 'Zeta' });
  // Windows of this view overlap: each event is in two.
  await until(async () => JSON.stringify(await counted()) === '[["Acme",4],["Zeta",2]]');
  expect(await rows('SELECT count(*)::INTEGER FROM enriched_events')).toEqual([[3]]);
  await send({ brand: 'Zeta' });
  await until(async () => JSON.stringify(await rows('SELECT count(*)::INTEGER FROM enriched_events')) === '[[4]]');
  const { body } = await ask('SELECT 1');
  expect(Date.now() - Date.parse(String(body['as_of']))).toBeLessThan(10_000);
});

test('the schema names what can be read', async () => {
  const answer = await shop.fetch('/v1/sql/schema', { as: 'analyst' });
  const tables = (await answer.json()) as { name: string; columns: { name: string; type: string }[] }[];
  expect(tables.find(({ name }) => name === 'brand_activity')?.columns).toMatchObject([
    { name: 'window_start', type: 'timestamp' },
    { name: 'window_end', type: 'timestamp' },
    { name: 'brand', type: 'text' },
    { name: 'event_count', type: 'integer', unit: 'events' },
    { name: 'unique_users', type: 'integer' },
    { name: 'avg_price', type: 'double' },
    { name: 'is_final', type: 'boolean' },
    { name: 'revision' },
    { name: 'late_events' },
    { name: 'epoch' },
  ]);
  for (const { name, columns } of tables.filter(({ name }) => name !== 'enriched_events').slice(0, 4)) {
    const list = columns.map((column) => `"${column.name}"`).join(', ');
    expect([name, (await ask(`SELECT ${list} FROM ${name} LIMIT 1`)).status]).toEqual([name, 200]);
  }
});

test('a query that cannot be run is told where it is wrong, and intake does not notice', async () => {
  const bombs = ['SELECT len(range(2000000000))', 'SELECT list_sort(range(200000000))[1]'].map(ask);
  expect(await ask("SELECT * FROM read_text('/etc/passwd')")).toMatchObject({
    status: 400,
    body: { code: 'query.refused', where: 'line 1, column 15' },
  });
  expect(await ask('SELECT FROM WHERE')).toMatchObject({ status: 400, body: { code: 'query.sql' } });
  const began = performance.now();
  await send({ brand: 'Meanwhile' });
  expect(performance.now() - began).toBeLessThan(2_000);
  for (const bomb of bombs) expect((await bomb).status).toBe(400);
});

const endless = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT (n + 1) % 7 FROM t) SELECT sum(n) FROM t';
const asked = (path: string, body: object, method = 'POST') => shop.ask(path, { as: 'analyst', body, method });
const got = async (path: string): Promise<Record<string, unknown>[]> =>
  (await (await shop.fetch(path, { as: 'analyst' })).json()) as Record<string, unknown>[];

test('an answer says what may cut it, how old its tables are, and how it would be run', async () => {
  const { body } = await asked('/v1/sql', { sql: 'SELECT brand FROM brand_activity', limit: 1 });
  expect(body).toMatchObject({
    truncated: 'rows',
    limits: { rows: 1, bytes: 16_000_000, seconds: 30 },
    tables: [{ name: 'brand_activity', as_of: expect.stringMatching(/Z$/) }],
  });
  const plan = await asked('/v1/sql/explain', {
    sql: 'SELECT brand, max(event_count) FROM brand_activity GROUP BY brand',
  });
  expect([plan.status, plan.body['plan']]).toEqual([200, expect.stringMatching(/GROUP_BY/)]);
  expect(await asked('/v1/sql/explain', { sql: "SELECT * FROM read_text('/etc/passwd')" })).toMatchObject({
    body: { code: 'query.refused' },
  });
});

test('an error is where it is, by line and column', async () => {
  for (const [sql, where] of [
    ['SELECT 1,\n  nothing\nFROM brand_activity', 'line 2, column 3'],
    ['SELECT 1\nFRM x y z', 'line 2, column 5'],
    ["SELECT 'Ünïcode',\n read_blob('x')", 'line 2, column 2'],
  ] as const)
    expect([sql, await ask(sql)]).toMatchObject([sql, { status: 400, body: { where } }]);
});

test('a query is cancelled while it runs, by whoever asked it', async () => {
  const slow = asked('/v1/sql', { sql: endless, id: 'mine' });
  await until(async () => (await got('/v1/sql/running')).some(({ id }) => id === 'mine'));
  expect(await shop.ask('/v1/sql/running/mine', { as: 'admin', method: 'DELETE' })).toMatchObject({
    body: { cancelled: 0 },
  });
  expect(await asked('/v1/sql/running/mine', {}, 'DELETE')).toMatchObject({ body: { cancelled: 1 } });
  expect(await slow).toMatchObject({ status: 409, body: { code: 'query.cancelled' } });
  expect(await got('/v1/sql/running')).toEqual([]);
  const [last, ...before] = await got('/v1/sql/history?limit=200');
  expect(last).toMatchObject({ sql: endless, rows: null, error: 'query.cancelled' });
  expect(before.find(({ error }) => error === null)).toMatchObject({ rows: 1 });
  const others = (await (await shop.fetch('/v1/sql/history', { as: 'admin' })).json()) as unknown[];
  expect(others).toEqual([]);
});

test('queries are kept by name, run by name, and changed by whoever saved them', async () => {
  const sql = 'SELECT 1 AS one, chr(61) AS two';
  expect(await asked('/v1/queries', { name: 'first', sql, description: 'just one' })).toMatchObject({
    status: 200,
    body: { name: 'first', sql },
  });
  expect(await asked('/v1/queries', { name: 'first', sql })).toMatchObject({
    status: 409,
    body: { code: 'query.saved_taken' },
  });
  expect(await asked('/v1/sql', { query: 'first' })).toMatchObject({ body: { rows: [[1, '=']] } });
  expect(await asked('/v1/sql', { query: 'frist' })).toMatchObject({
    status: 404,
    body: { code: 'query.saved_unknown' },
  });
  expect(await asked('/v1/sql', { query: 'first', sql })).toMatchObject({ status: 400 });
  const file = await shop.fetch('/v1/sql/export', { as: 'analyst', body: { query: 'first' } });
  // Copies may be older than what is final by now: changes do not go on from them.
  expect([await file.text(), file.headers.get('content-disposition'), file.headers.get('footfall-cursor')]).toEqual([
    "one,two\r\n1,'=\r\n",
    'attachment; filename="first.csv"',
    null,
  ]);
  const many = await asked('/v1/sql/export', { sql: 'SELECT * FROM range(100001)' });
  expect(many).toMatchObject({ status: 400, body: { code: 'query.cut' } });
  const change = { sql: 'SELECT 2 AS one' };
  expect(await asked('/v1/queries/first', change, 'PUT')).toMatchObject({ status: 200, body: change });
  await shop.ask('/v1/queries', { as: 'admin', body: { name: 'other', sql } });
  expect(await asked('/v1/queries/other', change, 'PUT')).toMatchObject({
    status: 403,
    body: { code: 'query.saved_other' },
  });
  expect((await got('/v1/queries')).map(({ name, owner }) => [name, typeof owner])).toEqual([
    ['first', 'string'],
    ['other', 'string'],
  ]);
  expect(await shop.ask('/v1/queries/first', { as: 'admin', method: 'DELETE' })).toMatchObject({ status: 200 });
  expect(await shop.ask('/v1/queries/first', { as: 'analyst' })).toMatchObject({ status: 404 });
});

test('the command line asks a server, with the key from a file', async () => {
  const file = join(scratch(), 'analyst.key');
  writeFileSync(file, `${shop.keyOf('analyst')}\n`);
  const from = (url: string, sql: string, ...more: string[]) =>
    footfall(['query', '--sql', sql, '--server', url, '--key-file', file, ...more]);
  const [told, wrong, silent] = await Promise.all([
    from(shop.url, 'SELECT 1 AS a, NULL AS b', '--json'),
    from(shop.url, 'SELECT\nnothing'),
    from('http://127.0.0.1:1', 'SELECT 1'),
  ]);
  expect([told.code, JSON.parse(told.stdout)]).toEqual([0, [{ a: 1, b: null }]]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/line 2, column 1[\s\S]*query\.sql/)]);
  expect([silent.code, silent.stderr]).toEqual([5, expect.stringContaining('does not answer')]);
});
