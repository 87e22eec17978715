import { beforeAll, expect, test } from 'vitest';
import { until } from '../cli/footfall-process.ts';
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
