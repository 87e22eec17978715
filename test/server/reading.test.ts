import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, expect, test } from 'vitest';
import { footfall, scratch, until } from '../cli/footfall-process.ts';
import { type ApiDocument, routesOf, unlike } from './fuzz/api-document.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'read', 'analyst']);

/** Texts that a spreadsheet would run, and others that a CSV has to quote. */
const BRANDS = [
  '=1+1',
  '+1',
  '-2',
  '@SUM(A1)',
  '\tx',
  '\rx',
  "'=x",
  '＝1+1',
  'a,b',
  '"quoted"',
  'two\nlines',
  ' leading',
  'NULL',
  'Ünïcode 😀',
  'plain',
];
const EVENTS = BRANDS.flatMap((brand, i) =>
  ['view', 'purchase'].map((event_type, j) => ({
    event_id: `e-${i}-${j}`,
    event_time: new Date(Date.now() - (i * 13 + j) * 60_000).toISOString(),
    event_type,
    brand,
    price: i + 0.25,
    user_id: `u-${i % 4}`,
    session_id: `s-${i % 6}`,
    product_id: `p-${i}`,
    category: i % 5 === 0 ? undefined : `c-${i % 3}`,
  })),
);

beforeAll(async () => {
  expect(await (await shop.send(EVENTS)).json()).toMatchObject({ accepted: EVENTS.length });
  await until(async () => (await shop.get('/v1/status')).body['events'] === EVENTS.length);
});

test('every table has a path of its own, and its rows are as it is documented', async () => {
  const routes = routesOf((await (await shop.fetch('/docs/json')).json()) as ApiDocument);
  const tables = (await (await shop.fetch('/v1/tables', { as: 'read' })).json()) as { name: string; path: string }[];
  expect(tables.map(({ name }) => name)).toContain('conversion_funnel');
  let rows = 0;
  for (const { path } of tables) {
    const route = routes.find((each) => each.path === path && each.method === 'GET');
    const schema = route?.responses['200']?.content?.['application/json']?.schema;
    const text = await (await shop.fetch(`${path}?limit=500`, { as: 'read' })).text();
    expect([path, schema === undefined ? 'not documented' : unlike(schema, text)]).toEqual([path, null]);
    rows += (JSON.parse(text) as { rows: unknown[] }).rows.length;
  }
  expect(rows).toBeGreaterThan(EVENTS.length);
});

test('rows are filtered, grouped and compared over HTTP as on the command line', async () => {
  const where = encodeURIComponent('event_type:eq:purchase');
  const rows = await shop.rows('event_aggregations', `where=${where}&where=event_count:gte:1&group_by=event_type`);
  expect(rows).toMatchObject([{ event_type: 'purchase', event_count: BRANDS.length }]);
  expect(await shop.get('/v1/views/event_aggregations/rows?where=event_cont:eq:1')).toMatchObject({
    status: 400,
    body: { code: 'view.column_unknown', detail: expect.stringContaining('event_count') },
  });
  expect(await shop.get('/v1/views/event_aggregations/rows?group_by=day&measures=unique_users')).toMatchObject({
    status: 400,
    body: { code: 'query.measure', hint: expect.stringContaining('/v1/trend') },
  });
  const day = 86_400_000;
  const [from, to] = [Date.now() - 2 * day, Date.now() + day].map((at) => new Date(at).toISOString());
  const { body } = await shop.get(
    `/v1/views/event_aggregations/rows?group_by=total&measures=event_count&from=${from}&to=${to}&compare=previous`,
  );
  expect(body).toMatchObject({
    compared_with: { to: expect.stringContaining(String(from).slice(0, 19)) },
    rows: [{ event_count: EVENTS.length, event_count_before: 0, event_count_change_rate: null }],
  });
});

const analyst = { as: 'analyst' } as const;
/** A CSV cell as whoever wrote it had it. */
const unguarded = (text: unknown): unknown =>
  typeof text === 'string' ? text.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, '') : text;

async function read(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

test('a file has the rows, in every format, as another program reads it', async () => {
  const view = 'enriched_events';
  const columns = 'event_id,event_timestamp,event_type,brand,price,event_hour,is_weekend,category_name';
  const rows = await shop.rows(view, `columns=${columns}`);
  expect(rows).toHaveLength(EVENTS.length);
  const folder = scratch();
  const reader = {
    csv: `read_csv('FILE', allow_quoted_nulls = false, strict_mode = true)`,
    ndjson: `read_json('FILE')`,
    parquet: `read_parquet('FILE')`,
  };
  for (const [format, from] of Object.entries(reader)) {
    const answer = await shop.fetch(`/v1/views/${view}/export?format=${format}&columns=${columns}`, analyst);
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
      200,
      `attachment; filename="${view}.${format}"`,
    ]);
    const file = join(folder, `x.${format}`);
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
    const sql = `SELECT event_id, epoch_us(event_timestamp::TIMESTAMP)::BIGINT AS at, event_type, brand, price::DECIMAL(18,4)::VARCHAR AS price, event_hour::INTEGER AS hour, is_weekend, category_name FROM ${from.replace('FILE', file)} ORDER BY event_timestamp, event_id`;
    const found = await read(sql);
    expect(
      found.map((row) => ({
        ...row,
        at: Number(row['at']),
        brand: format === 'csv' ? unguarded(row['brand']) : row['brand'],
      })),
    ).toEqual(
      rows.map((row) => ({
        event_id: row['event_id'],
        at: Date.parse(String(row['event_timestamp'])) * 1000,
        event_type: row['event_type'],
        brand: row['brand'],
        price: row['price'],
        hour: row['event_hour'],
        is_weekend: row['is_weekend'],
        category_name: row['category_name'],
      })),
    );
  }
  const csv = readFileSync(join(folder, 'x.csv'), 'utf8');
  expect(csv).not.toMatch(/(^|,|\n)"?[=+\-@\t]/);
});

test('files are packed where that is taken, chosen like rows, and refused like them', async () => {
  const path = '/v1/views/event_aggregations/export?format=ndjson&group_by=event_type&measures=event_count';
  const plain = await shop.fetch(path, { ...analyst, headers: { 'accept-encoding': 'identity' } });
  const packed = await shop.fetch(path, { ...analyst, headers: { 'accept-encoding': 'gzip' } });
  expect([plain.headers.get('content-encoding'), packed.headers.get('content-encoding')]).toEqual([null, 'gzip']);
  const text = await plain.text();
  expect(await packed.text()).toBe(text);
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
  ).toMatchObject([
    { event_type: 'purchase', event_count: BRANDS.length },
    { event_type: 'view', event_count: BRANDS.length },
  ]);
  expect(plain.headers.get('footfall-cursor')).toMatch(/^1:\d+$/);
  const refused = (more: string, as: 'read' | 'analyst' = 'analyst') => shop.ask(`/v1/views/${more}`, { as });
  expect(await refused('brand_activity/export', 'read')).toMatchObject({ status: 403 });
  expect(await refused('brand_actvity/export')).toMatchObject({ status: 404, body: { code: 'view.unknown' } });
  expect(await refused('brand_activity/export?where=x:eq:1')).toMatchObject({ body: { code: 'view.column_unknown' } });
  expect(await refused('brand_activity/export?format=xlsx')).toMatchObject({ status: 400 });
});

test('the command writes the same file, whole or not at all', async () => {
  const folder = scratch();
  const out = join(folder, 'brands.csv');
  const args = ['export', 'event_aggregations', '--group-by', 'event_type', '--data', shop.data];
  const done = await footfall([...args, '--out', out, '--json']);
  expect([done.code, JSON.parse(done.stdout)]).toMatchObject([0, { file: out, format: 'csv' }]);
  const served = await shop.fetch('/v1/views/event_aggregations/export?group_by=event_type', analyst);
  expect(readFileSync(out, 'utf8')).toBe(await served.text());
  const failed = await footfall(['export', 'nothing', '--out', join(folder, 'n.csv'), '--data', shop.data]);
  expect([failed.code, readdirSync(folder)]).toEqual([2, ['brands.csv']]);
});

test('sessions and people have their story, over HTTP and on the command line', async () => {
  const list = async (path: string) => (await shop.get(path)).body['rows'] as Record<string, unknown>[];
  const sessions = await list('/v1/sessions?has=view,purchase&limit=1000');
  expect(sessions.length).toBeGreaterThan(6);
  expect(await list('/v1/sessions?without=view')).toEqual([]);
  const [first] = sessions;
  const path = `/v1/sessions/${encodeURIComponent(String(first?.['session_id']))}?visitor=${first?.['visitor']}`;
  const { body } = await shop.get(path);
  expect(body['session']).toEqual(first);
  expect((body['events'] as unknown[]).length).toBe(first?.['events']);
  expect(await shop.get('/v1/sessions/s-0')).toMatchObject({ status: 409, body: { code: 'session.several' } });
  expect(await shop.get('/v1/sessions/none')).toMatchObject({ status: 404, body: { code: 'session.unknown' } });
  expect(await shop.get('/v1/sessions?has=nothing')).toMatchObject({ status: 400 });
  const people = await list('/v1/people?search=u-');
  expect(people.map((row) => row['person'])).toEqual(['u-0', 'u-1', 'u-2', 'u-3']);
  expect(await shop.get('/v1/people/u-1')).toMatchObject({
    status: 200,
    body: { ...people[1], visitors: [{ visitor: 'u-1' }] },
  });
  expect(await list('/v1/people/u-1/events?limit=1000')).toHaveLength(Number(people[1]?.['events']));
  expect(await shop.get('/v1/people/nobody/events')).toMatchObject({ status: 404, body: { code: 'person.unknown' } });
  const [told, person] = await Promise.all([
    footfall(['sessions', '--has', 'view', '--limit', '1000', '--data', shop.data, '--json']),
    footfall(['people', 'u-1', '--data', shop.data]),
  ]);
  expect((JSON.parse(told.stdout) as { rows: unknown[] }).rows).toEqual(sessions);
  expect([person.code, person.stdout]).toEqual([0, expect.stringMatching(/person\s+u-1[\s\S]*event_type/)]);
});

test('the addresses that notebooks are told answer', async () => {
  const page = readFileSync(new URL('../../docs/notebooks.md', import.meta.url), 'utf8');
  const paths = new Set(page.match(/\/v1\/views\/\w+\/export\?[\w=,&]+/g));
  expect(paths.size).toBeGreaterThan(3);
  for (const path of paths) {
    const answer = await shop.fetch(path, analyst);
    expect([path, answer.status, (await answer.arrayBuffer()).byteLength > 0]).toEqual([path, 200, true]);
  }
});
