import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { footfall, scratch } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'shop');
const answer = async (...args: readonly string[]): Promise<unknown> => {
  const { stdout, stderr, code } = await footfall([...args, '--data', data, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};
const persons = async (...args: readonly string[]) =>
  ((await answer('trend', '--interval', 'month', ...args)) as { total: { persons: number } }).total.persons;

beforeAll(async () => {
  const row = (
    id: string,
    second: number,
    type: string,
    product: number,
    user: string,
    cookie: string,
    session: string,
  ) =>
    `${id},2019-10-02T10:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}Z,${type},${product},${user},${cookie},${session}`;
  const crawler = Array.from({ length: 80 }, (_, i) => row(`c${i}`, i, 'view', i, '', 'crawler', 'x'));
  const events = join(folder, 'events.csv');
  writeFileSync(
    events,
    [
      'event_id,event_time,event_type,product_id,user_id,anonymous_id,session_id',
      row('a', 0, 'view', 1, '', 'cookie', 's'),
      row('b', 9, 'purchase', 1, '7', 'cookie', 's'),
      ...crawler,
      '',
    ].join('\n'),
  );
  const { code, stderr } = await footfall(['replay', events, '--data', data, '--close']);
  expect(code, stderr).toBe(0);
}, 60_000);

test('pairs are proposed, linked from a file, counted as one, and unlinked', async () => {
  expect(await persons()).toBe(3);
  expect(await answer('identity', 'propose')).toMatchObject([
    { anonymous_id: 'cookie', user_id: '7', reasons: ['1 event carries both', '1 session has both'] },
  ]);
  const { stdout: csv } = await footfall(['identity', 'propose', '--csv', '--data', data]);
  expect(csv).toBe('anonymous_id,user_id\ncookie,7\n');
  const file = join(folder, 'links.csv');
  writeFileSync(file, csv);
  expect(await answer('identity', 'link', '--file', file)).toEqual({ rows: 1, changed: 1, events: 0, pending: 0 });
  expect(await persons()).toBe(2);
  expect(await answer('identity')).toMatchObject({
    in_force: [{ visitor: 'cookie', user_id: '7', from: null, recorded: expect.stringMatching(/^20/) }],
    pending: 0,
  });
  expect(await answer('identity', 'propose')).toEqual([]);
  await answer('identity', 'unlink', 'cookie');
  expect(await persons()).toBe(3);
}, 60_000);

test('a bot is proposed with its reasons, marked, left out where it is asked for, and unmarked', async () => {
  const proposed = await answer('bots', 'propose');
  expect(proposed).toMatchObject([
    {
      visitor: 'crawler',
      events: 80,
      reasons: expect.arrayContaining(['an event every 1.0 seconds', '80 different products in 80 events']),
    },
  ]);
  await answer('bots', 'mark', 'crawler', '--from', '2019-10-02');
  expect(await persons()).toBe(3);
  expect(await persons('--humans')).toBe(2);
  expect(await answer('bots')).toMatchObject({
    in_force: [{ visitor: 'crawler', from: '2019-10-02T00:00:00.000000Z' }],
  });
  expect(await answer('bots', 'propose')).toEqual([]);
  await answer('bots', 'unmark', 'crawler');
  expect(await persons('--humans')).toBe(3);
}, 60_000);

test.each([
  ['neither id nor file', ['identity', 'link', 'cookie'], 2, 'give either ids or --file'],
  ['both', ['bots', 'mark', 'x', '--file', 'f.csv'], 2, 'give either ids or --file'],
  ['a file that is not there', ['bots', 'mark', '--file', 'gone.csv'], 3, 'gone.csv'],
  ['a link to itself', ['identity', 'link', 'x', 'x'], 2, 'they are one already'],
  ['nothing to withdraw', ['bots', 'unmark', 'nobody'], 2, 'nothing of the kind is in force for nobody'],
  ['no time', ['bots', 'mark', 'x', '--from', 'soon'], 2, '--from is no time: soon'],
])(
  '%s is refused, with what to do',
  async (_, args, code, text) => {
    const refused = await footfall([...args, '--data', data]);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toContain(text);
  },
  30_000,
);
