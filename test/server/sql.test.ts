import { expect, test } from 'vitest';
import { until } from '../cli/footfall-process.ts';
import { serving } from './serving.ts';

const shop = serving(['ingest', 'analyst']);

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
  const tables = (await answer.json()) as { name: string; columns: { name: string }[] }[];
  for (const { name, columns } of tables.filter(({ name }) => name !== 'enriched_events').slice(0, 4)) {
    const list = columns.map((column) => `"${column.name}"`).join(', ');
    expect([name, (await ask(`SELECT ${list} FROM ${name} LIMIT 1`)).status]).toEqual([name, 200]);
  }
});

test('a query that cannot be run is told where it is wrong, and intake does not notice', async () => {
  const bombs = ['SELECT len(range(2000000000))', 'SELECT list_sort(range(200000000))[1]'].map(ask);
  expect(await ask("SELECT * FROM read_text('/etc/passwd')")).toMatchObject({
    status: 400,
    body: { code: 'query.refused', where: 'character 15' },
  });
  expect(await ask('SELECT FROM WHERE')).toMatchObject({ status: 400, body: { code: 'query.sql' } });
  const began = performance.now();
  await send({ brand: 'Meanwhile' });
  expect(performance.now() - began).toBeLessThan(2_000);
  for (const bomb of bombs) expect((await bomb).status).toBe(400);
});
