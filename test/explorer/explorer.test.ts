import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Explorer } from '../../src/explorer/explorer.ts';
import { ESCAPES } from './escapes.ts';

const folder = mkdtempSync(join(tmpdir(), 'explorer-'));
let explorer: Explorer;
beforeAll(() => {
  explorer = new Explorer(folder, { deadline: 2_000 });
});
afterAll(() => {
  explorer.close();
  rmSync(folder, { recursive: true });
});

const TABLES = [{ name: 'brand_activity', files: [], columns: [{ name: 'brand', type: 'VARCHAR' }] }];
const ask = (sql: string, signal?: AbortSignal) =>
  explorer.ask({ sql, limit: 3, mostBytes: 100, tables: TABLES }, signal);

test('queries are answered, cut where they are too long', async () => {
  expect(await ask('SELECT 1 AS a, NULL AS b, [1.5] AS c;')).toEqual({
    columns: [
      { name: 'a', type: 'INTEGER' },
      { name: 'b', type: 'INTEGER' },
      { name: 'c', type: 'DECIMAL(2,1)[]' },
    ],
    rows: [[1, null, ['1.5']]],
    truncated: null,
  });
  expect(await ask('SELECT * FROM range(5)')).toMatchObject({ rows: [[0], [1], [2]], truncated: 'rows' });
  expect(await ask(`SELECT '${'x'.repeat(60)}' FROM range(3)`)).toMatchObject({ truncated: 'bytes' });
  expect(
    await ask('WITH a AS (FROM brand_activity) SELECT count(*) AS n FROM a x JOIN a y USING (brand)'),
  ).toMatchObject({
    rows: [[0]],
  });
  expect(
    await ask(
      'SELECT list_transform([1, 2], x -> x + 1)[2] AS a, rank() OVER (ORDER BY 1) AS b, CAST(1 AS DECIMAL(4, 1)) AS c',
    ),
  ).toMatchObject({ rows: [[3, 1, '1.0']] });
});

test.each(ESCAPES)('%s', async (sql) => {
  const outcome = await ask(sql).then(
    (rows) => rows,
    (error: { code?: string }) => error.code,
  );
  // A comment swallows only what was put behind the query.
  if (sql === 'SELECT 1 -- )') expect(outcome).toMatchObject({ rows: [[1]] });
  else expect(['query.refused', 'query.sql', 'query.deadline']).toContain(outcome);
  expect(existsSync('/tmp/escaped.csv') || existsSync('/tmp/escaped.parquet') || existsSync('/tmp/escaped')).toBe(
    false,
  );
});

test('an error says where it is', async () => {
  await expect(ask('SELEC 1')).rejects.toMatchObject({ code: 'query.sql', where: 'line 1, column 1' });
  await expect(ask("SELECT 1 + read_text('x')")).rejects.toMatchObject({
    code: 'query.refused',
    where: 'line 1, column 12',
  });
});

const endless = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT (n + 1) % 7 FROM t) SELECT sum(n) FROM t';

test('what takes too long is ended, by the deadline or by whoever asked, and the next is answered', async () => {
  await expect(ask(endless)).rejects.toMatchObject({ code: 'query.deadline' });
  const gone = new AbortController();
  setTimeout(() => gone.abort(), 200);
  const began = performance.now();
  await expect(ask(endless, gone.signal)).rejects.toMatchObject({ code: 'query.cancelled' });
  expect(performance.now() - began).toBeLessThan(1_500);
  expect(await ask('SELECT 1')).toMatchObject({ rows: [[1]] });
});

test('queries at the same time do not wait for each other', async () => {
  const slow = ask(endless).catch(() => 'ended');
  expect(await ask('SELECT 2')).toMatchObject({ rows: [[2]] });
  expect(await slow).toBe('ended');
});

test('a deadline ends a query within half a second, whatever it does', { timeout: 30_000 }, async () => {
  const strict = new Explorer(folder, { deadline: 400 });
  const bombs = [
    endless,
    'SELECT count(*) FROM range(1000000000) a, range(1000) b',
    'SELECT sum(sin(x)) FROM range(100000000000) t(x)',
  ];
  for (const sql of bombs) {
    await strict.ask({ sql: 'SELECT 1', limit: 1, mostBytes: 100, tables: [] });
    const began = performance.now();
    await expect(strict.ask({ sql, limit: 1, mostBytes: 100, tables: [] })).rejects.toMatchObject({
      code: 'query.deadline',
    });
    expect(performance.now() - began).toBeLessThan(900);
  }
  strict.close();
});

test('so many run, so many wait, and more are sent away', async () => {
  const narrow = new Explorer(folder, { deadline: 20_000, running: 1, waiting: 1 });
  const task = (sql: string) => ({ sql, limit: 1, mostBytes: 100, tables: [] });
  const [first, second] = [new AbortController(), new AbortController()];
  const running = narrow.ask(task(endless), first.signal).catch((error: { code: string }) => error.code);
  const waiting = narrow.ask(task(endless), second.signal).catch((error: { code: string }) => error.code);
  await expect(narrow.ask(task('SELECT 1'))).rejects.toMatchObject({ code: 'query.busy' });
  second.abort();
  expect(await waiting).toBe('query.cancelled');
  const next = narrow.ask(task('SELECT 1'));
  first.abort();
  expect(await running).toBe('query.cancelled');
  expect(await next).toMatchObject({ rows: [[1]] });
  narrow.close();
});

test('a child that cannot be begun is an answer, and no end of the server', async () => {
  const task = { sql: 'SELECT 1', limit: 1, mostBytes: 100, tables: [] };
  const nowhere = new Explorer(join(folder, 'nothing'), { deadline: 20_000 });
  nowhere.warmUp();
  await expect(nowhere.ask(task)).rejects.toMatchObject({ code: 'query.explorer' });
  nowhere.close();
  const hasty = new Explorer(folder, { deadline: 20_000, start: 1 });
  await expect(hasty.ask(task)).rejects.toMatchObject({ code: 'query.explorer' });
  hasty.close();
});
