import { afterAll, beforeAll, expect, test } from 'vitest';
import { footfall, until } from '../cli/footfall-process.ts';
import { serving } from '../server/serving.ts';
import { type PostgresServer, startPostgres } from '../stores/start-postgres.ts';
import { canonicalRows } from './canonical-rows.ts';

const VIEWS = ['event_aggregations', 'user_session_analytics', 'category_revenue'];
const KITS = ['journey', 'journey', 'realtime'];

let store: PostgresServer;
const shop = serving(['ingest', 'read', 'admin']);
beforeAll(async () => {
  store = await startPostgres();
});
afterAll(() => store.stop());

const START = Date.parse('2026-03-01T10:00:00Z');
let sent = 0;
const events = (count: number, minutes: number): readonly object[] =>
  Array.from({ length: count }, (_, i) => {
    sent += 1;
    return {
      event_id: `e${sent}`,
      event_time: new Date(START + minutes * 60_000 + i * 100).toISOString(),
      event_type: i % 5 === 0 ? 'purchase' : 'view',
      product_id: `p${i % 7}`,
      category: `c${i % 3}`,
      price: '12.5000',
      user_id: `u${i % 11}`,
      session_id: `s${i % 13}`,
    };
  });

/** Sends events until they are acknowledged, as clients do: each has an id, so that none counts twice. */
const send = (body: readonly object[]): Promise<void> =>
  until(async () => {
    const answer = await shop.send(body).catch(() => undefined);
    return answer?.ok === true;
  });

const asked = async (view: string): Promise<readonly string[]> =>
  canonicalRows((await shop.rows(view)).map((row) => JSON.stringify(row)));
const copied = async (view: string): Promise<readonly string[]> => {
  const kit = KITS[VIEWS.indexOf(view)];
  const rows = await store.rows(`SELECT row_to_json(t)::text AS row FROM ${kit}.${view} t`).catch(() => []);
  return canonicalRows(rows.map(({ row }) => String(row)));
};
/** Waits until the copies are what the shop answers, and that is as much as it should be. */
async function equal(views = VIEWS): Promise<void> {
  for (const view of views) {
    let ours: readonly string[] = [];
    let theirs: readonly string[] = [];
    await until(async () => {
      [ours, theirs] = await Promise.all([asked(view).catch(() => []), copied(view)]);
      return ours.length > 0 && JSON.stringify(ours) === JSON.stringify(theirs);
    }).catch(() => undefined);
    expect(theirs, view).toEqual(ours);
    expect(ours.length).toBeGreaterThan(0);
  }
}
const sinks = async (...args: readonly string[]) => footfall(['sinks', ...args, '--data', shop.data]);

test('what the shop answers is in PostgreSQL: live, final, corrected, and after either side was killed', {
  timeout: 120_000,
}, async () => {
  await send(events(500, 0));
  const added = await sinks('add', 'postgres', '--url', store.url, '--views', VIEWS.join(','), '--json');
  expect(JSON.parse(added.stdout)).toMatchObject({ name: 'postgres', state: 'stopped', views: VIEWS });
  expect(added.stdout).not.toContain('secret');
  await equal();

  await send(events(300, 90));
  await equal();
  await shop.kill();
  await shop.start();
  await send(events(50, 1));
  await store.crash();
  await send(events(300, 300));
  await equal();

  const { body } = await shop.get('/v1/sinks');
  expect(body['sinks']).toMatchObject([{ name: 'postgres', state: 'running', error: null }]);
  expect(JSON.stringify(body)).not.toContain('secret');
});

test('a sink is paused, goes on, begins anew and is removed, and everything wrong is told', {
  timeout: 120_000,
}, async () => {
  expect(await shop.ask('/v1/sinks/postgres/pause', { as: 'admin', method: 'POST' })).toMatchObject({ status: 200 });
  await until(async () => JSON.parse((await sinks('--json')).stdout)[0].state === 'paused');
  const before = await copied('category_revenue');
  await send(events(100, 500));
  await until(async () => JSON.stringify(await asked('category_revenue')) !== JSON.stringify(before));
  expect(await copied('category_revenue')).toEqual(before);
  await store.rows('DELETE FROM realtime.category_revenue');
  await sinks('resume', 'postgres');
  await sinks('reset', 'postgres');
  await equal();

  const wrong = await Promise.all([
    sinks('add', 'postgres', '--url', store.url),
    sinks('add', 'mysql', '--url', 'mysql://a@b/c'),
    sinks('add', 'postgres', '--name', 'other', '--url', 'postgres://b'),
    sinks('add', 'postgres', '--name', 'other', '--url', store.url, '--views', 'no_view'),
    sinks('pause', 'postgre'),
    sinks('add', 'postgres'),
  ]);
  const codes = wrong.map(({ stderr }) => /error ([\w.]+)/.exec(stderr)?.[1]);
  expect(codes).toEqual(['sink.exists', 'sink.kind', 'sink.url', 'view.unknown', 'sink.unknown', 'cli.usage']);
  expect(wrong.map(({ stderr }) => stderr).join()).not.toContain('secret');

  await sinks('remove', 'postgres');
  expect((await sinks()).stderr).toContain('no sinks');
  expect((await copied('category_revenue')).length).toBeGreaterThan(0);
});
