import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Cursor } from '../../src/core/cursor.ts';
import { PostgresSink } from '../../src/sink/postgres/postgres-sink.ts';
import type { Delivery, SinkTable } from '../../src/sink/sink.ts';
import type { Change, ResultRow } from '../../src/store/change.ts';
import { type PostgresServer, startPostgres } from '../stores/start-postgres.ts';

let server: PostgresServer;
let sinks: PostgresSink[] = [];
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(sinks.map((sink) => sink.close()));
  sinks = [];
  await server.rows('DROP SCHEMA IF EXISTS kit CASCADE');
  await server.rows('DROP SCHEMA IF EXISTS footfall CASCADE');
});

const column = (name: string, type: string) => ({ name, type, description: `what ${name} is` });
const TABLE: SinkTable = {
  kit: 'kit',
  name: 'orders',
  description: "orders' sums",
  columns: [
    column('who', 'VARCHAR'),
    column('at', 'TIMESTAMP'),
    column('sum', 'DECIMAL(38,4)'),
    column('share', 'DOUBLE'),
    column('tags', 'VARCHAR[]'),
    column('times', 'TIMESTAMP[]'),
    column('pieces', 'STRUCT(item VARCHAR, price DECIMAL(18,4))[]'),
    column('is_final', 'BOOLEAN'),
  ],
  keys: ['who', 'at'],
  time: 'at',
};
const AT = '2019-10-01T00:00:00.000001Z';
const row = (who: string | null, more: Partial<Record<string, ResultRow[string]>> = {}): ResultRow => ({
  who,
  at: AT,
  sum: '1.5000',
  share: 0.1,
  tags: ['a', 'ü'],
  times: [AT],
  pieces: [{ item: 'x', price: '2.0000' }],
  is_final: true,
  ...more,
});

const open = async (table = TABLE, url = server.url, id = 'mine'): Promise<PostgresSink> => {
  const sink = new PostgresSink({ name: 'results', id }, url);
  sinks.push(sink);
  await sink.prepare(table);
  return sink;
};

const delivery = (
  kind: Delivery['kind'],
  from: Cursor | null,
  epoch: number,
  changes: readonly Change[],
): Delivery => ({
  kind,
  from,
  to: { generation: 1, epoch },
  blocks: (async function* () {
    yield changes;
  })(),
});
const put = (...rows: ResultRow[]): Change[] => rows.map((each) => ({ op: 'upsert', row: each }));
const names = async (): Promise<unknown[]> =>
  (await server.rows('SELECT who FROM kit.orders ORDER BY who NULLS FIRST')).map(({ who }) => who);

test('every type of column comes as it is, with its meaning', async () => {
  const sink = await open();
  const big = '99999999999999999999999999999999.9999';
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(row('anna', { sum: big, share: 0.1 + 0.2 }))));
  const [found] = await server.rows(
    `SELECT sum::text, share, tags, to_char(at AT TIME ZONE 'UTC', 'HH24:MI:SS.US') AS at, times[1] = at AS same, pieces FROM kit.orders`,
  );
  expect(found).toEqual({
    sum: big,
    share: 0.1 + 0.2,
    tags: ['a', 'ü'],
    at: '00:00:00.000001',
    same: true,
    pieces: [{ item: 'x', price: '2.0000' }],
  });
  const said = await server.rows(
    `SELECT obj_description('kit.orders'::regclass) AS t, col_description('kit.orders'::regclass, 1) AS c`,
  );
  expect(said).toEqual([{ t: "orders' sums", c: 'what who is' }]);
});

test('rows are put, replaced and removed by their keys, in which nulls are equal', async () => {
  const sink = await open();
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(row('anna'), row(null), row('ben'))));
  const changes: Change[] = [
    { op: 'delete', row: { who: null, at: AT } },
    { op: 'delete', row: { who: 'nobody', at: AT } },
    ...put(row('anna', { sum: '7.0000' }), row('cleo')),
  ];
  const done = await sink.deliver(TABLE, delivery('changes', { generation: 1, epoch: 1 }, 2, changes));
  expect(done).toEqual({ upserts: 2, deletes: 2, refused: [] });
  expect(await names()).toEqual(['anna', 'ben', 'cleo']);
  expect(await server.rows(`SELECT sum::text FROM kit.orders WHERE who = 'anna'`)).toEqual([{ sum: '7.0000' }]);
  expect(await sink.cursor(TABLE)).toEqual({ generation: 1, epoch: 2 });
  await sink.deliver(TABLE, delivery('snapshot', { generation: 1, epoch: 2 }, 3, put(row('dora'))));
  expect(await names()).toEqual(['dora']);
});

test('rows of open slices come and go beside the final ones, whose place they do not take', async () => {
  const sink = await open();
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(row('anna'))));
  await sink.live(TABLE, [
    row('anna', { is_final: false, sum: '9.0000' }),
    row('ben', { is_final: false }),
    row(null, { is_final: false }),
  ]);
  expect(await names()).toEqual([null, 'anna', 'ben']);
  expect(await server.rows(`SELECT sum::text, is_final FROM kit.orders WHERE who = 'anna'`)).toEqual([
    { sum: '1.5000', is_final: true },
  ]);
  await sink.live(TABLE, [row(null, { is_final: false })]);
  expect(await names()).toEqual([null, 'anna']);
  await sink.live(TABLE, []);
  expect(await names()).toEqual(['anna']);
});

test('a row that the store cannot hold is set aside with the reason, and stops no other', async () => {
  const sink = await open();
  const many = Array.from({ length: 50 }, (_, i) => row(`p${String(i).padStart(2, '0')}`));
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(...many)));
  const bad = row('p07', { tags: ['a\0b'] });
  const worse = row('q\0', {});
  const { upserts, refused } = await sink.deliver(
    TABLE,
    delivery('changes', { generation: 1, epoch: 1 }, 2, put(...many.slice(0, 7), bad, worse, ...many.slice(8))),
  );
  expect([upserts, refused.map((each) => each.row)]).toEqual([49, [bad, worse]]);
  expect(refused[0]?.reason).toMatch(/unicode|\\u0000/i);
  // What was there of it is not true any more.
  expect(await names()).toEqual(many.map(({ who }) => who).filter((who) => who !== 'p07'));
});

test('a view that changed keeps its table: columns are added and changed, and all rows come again', async () => {
  const sink = await open();
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(row('anna'))));
  await server.rows(`CREATE VIEW kit.mine AS SELECT who, sum FROM kit.orders`);
  const same = await open();
  expect(await same.cursor(TABLE)).toEqual({ generation: 1, epoch: 1 });
  const changed: SinkTable = {
    ...TABLE,
    columns: [
      ...TABLE.columns.map((each) => (each.name === 'share' ? column('share', 'BIGINT') : each)),
      column('more', 'BIGINT'),
    ],
  };
  const again = await open(changed);
  expect(await again.cursor(changed)).toBeNull();
  await again.deliver(changed, delivery('snapshot', null, 2, put(row('anna', { share: 3, more: 4 }))));
  expect(await server.rows('SELECT share, more FROM kit.orders')).toEqual([{ share: '3', more: '4' }]);
});

test('another sink does not go on from a copy: while its own is at work it is told, later it begins anew', async () => {
  const mine = await open();
  await mine.deliver(TABLE, delivery('snapshot', null, 5, put(row('anna'))));
  const other = await open(TABLE, server.url, 'other');
  await expect(other.cursor(TABLE)).rejects.toMatchObject({ code: 'sink.contended' });
  await server.rows(`UPDATE footfall.sink_cursor SET written = now() - INTERVAL '1 hour'`);
  expect(await other.cursor(TABLE)).toBeNull();
  await other.deliver(TABLE, delivery('snapshot', null, 2, put(row('ben'))));
  expect(await names()).toEqual(['ben']);
  const more = delivery('changes', { generation: 1, epoch: 5 }, 6, put(row('cleo')));
  await expect(mine.deliver(TABLE, more)).rejects.toMatchObject({ code: 'sink.contended' });
  expect(await names()).toEqual(['ben']);
});

test('a key that PostgreSQL cannot hold stops nothing, whether its row is open or gone', async () => {
  const sink = await open();
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(row('anna'))));
  await sink.live(TABLE, [row('a\0', { is_final: false }), row('ben', { is_final: false })]);
  expect(await names()).toEqual(['anna', 'ben']);
  const gone: Change[] = ['a\0', '\ud800', 'anna'].map((who) => ({ op: 'delete', row: { who, at: AT } }));
  await sink.deliver(TABLE, delivery('changes', { generation: 1, epoch: 1 }, 2, gone));
  expect(await names()).toEqual(['ben']);
});

test('another key, or a key of another type, is the table that the next snapshot makes', async () => {
  const sink = await open();
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(row('1'), row('2'))));
  const changed: SinkTable = {
    ...TABLE,
    keys: ['who', 'at', 'sum'],
    columns: TABLE.columns.map((each) => (each.name === 'who' ? column('who', 'BIGINT') : each)),
  };
  const again = await open(changed);
  expect([await again.cursor(changed), await names()]).toEqual([null, ['1', '2']]);
  const rows = [row(null, { who: 7, sum: '1.0000' }), row(null, { who: 7, sum: '2.0000' })];
  await again.deliver(changed, delivery('snapshot', null, 2, put(...rows)));
  expect(await names()).toEqual(['7', '7']);
  expect(await (await open(changed)).cursor(changed)).toEqual({ generation: 1, epoch: 2 });
});

test('a server that ends in the middle of a delivery ends nothing else', async () => {
  const sink = await open();
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(row('anna'))));
  const cut: Delivery = {
    ...delivery('snapshot', { generation: 1, epoch: 1 }, 2, []),
    blocks: (async function* () {
      yield put(...Array.from({ length: 3_000 }, (_, i) => row(`p${i}`)));
      await server.crash();
      yield put(row('ben'));
    })(),
  };
  await expect(sink.deliver(TABLE, cut)).rejects.toMatchObject({ code: 'sink.unreachable' });
  expect(await names()).toEqual(['anna']);
});

test('closed in the middle of a delivery, a sink cuts it off', async () => {
  const sink = await open();
  const waiting = Promise.withResolvers<void>();
  const delivered = sink.deliver(TABLE, {
    ...delivery('snapshot', null, 1, []),
    blocks: (async function* () {
      yield put(...Array.from({ length: 3_000 }, (_, i) => row(`p${i}`)));
      waiting.resolve();
      await new Promise((resolve) => setTimeout(resolve, 200));
      yield put(...Array.from({ length: 3_000 }, (_, i) => row(`q${i}`)));
    })(),
  });
  await waiting.promise;
  await Promise.all([sink.close(), expect(delivered).rejects.toMatchObject({ code: 'sink.unreachable' })]);
  expect(await names()).toEqual([]);
});

test('what fails in the middle leaves the copy as it was', async () => {
  const sink = await open();
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(row('anna'))));
  const broken: Delivery = {
    ...delivery('snapshot', { generation: 1, epoch: 1 }, 2, []),
    blocks: (async function* () {
      yield put(row('ben'));
      throw new Error('the reader ended');
    })(),
  };
  await expect(sink.deliver(TABLE, broken)).rejects.toThrow('the reader ended');
  expect([await names(), await sink.cursor(TABLE)]).toEqual([['anna'], { generation: 1, epoch: 1 }]);
});

test.each([
  ['a wrong password', (url: string) => url.replace(/:[^:@]+@/, ':wrong@'), 'sink.access'],
  ['a database that is not there', (url: string) => `${url}x`, 'sink.access'],
  ['nobody at the address', (url: string) => url.replace(/:\d+\//, ':1/'), 'sink.unreachable'],
] as const)('%s is told as what it is, without the password', async (_, changed, code) => {
  const error = await open(TABLE, changed(server.url)).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code });
  expect(String((error as Error).message)).not.toMatch(/secret|wrong/);
});

test('a server that ended in the middle answers again when it is back', async () => {
  const sink = await open();
  await sink.deliver(TABLE, delivery('snapshot', null, 1, put(row('anna'))));
  await server.crash();
  const tries = async (): Promise<Cursor | null> => {
    for (let left = 20; ; left -= 1) {
      try {
        return await sink.cursor(TABLE);
      } catch (error) {
        expect(error).toMatchObject({ code: 'sink.unreachable' });
        if (left === 0) throw error;
      }
    }
  };
  expect(await tries()).toEqual({ generation: 1, epoch: 1 });
});

test.each([
  ['mysql://a@b/c', 'it begins with mysql:'],
  ['postgres://a:secret@b', 'it names no database'],
  ['nothing', 'it cannot be read'],
])('%s is no address of a database', (url, reason) => {
  const made = (): PostgresSink => new PostgresSink({ name: 'results', id: 'mine' }, url);
  expect(made).toThrow(reason);
  expect(made).not.toThrow('secret');
});
