import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { GroupReport, RepairReport } from '../../src/runtime/operations/repair.ts';
import { footfall, rowsOf, scratch } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'shop');
const file = join(folder, 'events.csv');
const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';
const line = (minute: number, price: string, type = 'purchase') =>
  `2019-10-01 10:${String(minute).padStart(2, '0')}:00 UTC,${type},1,1,a.b,acme,${price},${minute},s${minute}`;
const TEXT = [
  HEADER,
  line(0, '10.00'),
  line(1, '"20,50"'),
  line(2, '"1.000,00"'),
  line(3, 'free'),
  line(4, '30.00', ''),
  `${line(5, '1')},more`,
  '',
].join('\n');

const json = async <T>(...args: readonly string[]): Promise<T> => {
  const { code, stdout, stderr } = await footfall([...args, '--data', data, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
};
const revenue = () => rowsOf(['query', 'category_revenue', '--data', data, '--columns', 'total_revenue']);
const verified = () => json<{ equal: boolean }>('verify');
const COMMA = ['--rule', 'cast price=decimal-comma'];

beforeAll(async () => {
  writeFileSync(file, TEXT);
  expect((await footfall(['replay', file, '--data', data, '--close'])).code).toBe(0);
}, 60_000);

test('refused rows are told in groups, tried, put right, and taken back', async () => {
  const groups = await json<GroupReport[]>('quarantine', 'groups');
  expect(groups.map(({ code, pointer, events, repairable }) => [code, pointer, events, repairable]).sort()).toEqual([
    ['event.columns', '', 1, 1],
    ['event.price_number', 'price', 3, 3],
    ['event.type_missing', 'event_type', 1, 1],
  ]);
  const prices = groups.find(({ code }) => code === 'event.price_number');
  expect(prices).toMatchObject({ format: 'csv', vocabulary: 'rees46', columns: HEADER.split(','), repaired: 0 });
  expect(prices?.sample).toMatchObject({ path: file, bytes: Buffer.from(line(1, '"20,50"')).toString('base64') });
  const group = prices?.group ?? '';

  const tried = await json<RepairReport>('quarantine', 'repair', group, ...COMMA, '--dry-run');
  expect(tried).toMatchObject({
    repair: null,
    rows: 3,
    passed: 2,
    failed: [{ code: 'event.price_number', pointer: 'price', events: 1 }],
  });
  expect(tried.samples).toContainEqual(
    expect.objectContaining({ before: line(2, '"1.000,00"'), after: line(2, '1000.00'), code: null }),
  );
  expect(tried.views).toContainEqual({ view: 'category_revenue', events: 2, days: ['2019-10-01'] });
  expect(await revenue()).toEqual([{ total_revenue: '10.0000' }]);

  const done = await json<RepairReport>('quarantine', 'repair', group, ...COMMA);
  expect(done).toMatchObject({ repair: expect.any(Number), rows: 3, passed: 2 });
  const { repair } = done;
  expect(await revenue()).toEqual([{ total_revenue: '1030.5000' }]);
  expect(await verified()).toMatchObject({ equal: true });
  expect(await json('quarantine', 'history')).toMatchObject([{ repair, rows: 2, in_force: 2, undone: null }]);

  expect(await json('quarantine', 'undo', String(repair))).toEqual({ rows: 2, copies: 0 });
  expect(await revenue()).toEqual([{ total_revenue: '10.0000' }]);
  expect(await verified()).toMatchObject({ equal: true });
  expect((await footfall(['quarantine', 'undo', String(repair), '--data', data])).stderr).toContain(
    'error repair.unknown',
  );
}, 120_000);

test('rules in several steps, by reason; what was repaired is repaired again when the database is made anew', async () => {
  const steps = [...COMMA, '--rule', 'map price:free=0', '--rule', 'default event_type=purchase'];
  const { stdout } = await footfall(['quarantine', 'repair', 'event.price_number', ...steps, '--data', data]);
  expect(stdout).toMatch(/3 of 3 refused events pass now: repair \d+\n/);
  expect(stdout).toMatch(/next: footfall quarantine undo \d+ takes it back/);
  expect((await footfall(['quarantine', 'repair', 'event.type_missing', ...steps, '--data', data])).code).toBe(0);
  const before = await revenue();
  expect(before).toEqual([{ total_revenue: '1060.5000' }]);

  for (const name of readdirSync(data)) if (name.startsWith('footfall.duckdb')) rmSync(join(data, name));
  expect((await footfall(['replay', file, '--data', data, '--close'])).code).toBe(0);
  expect(await revenue()).toEqual(before);
  expect(await verified()).toMatchObject({ equal: true });
  const doctor = await json<{ check: string; verdict: string }[]>('doctor');
  expect(doctor.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
}, 120_000);

test('what cannot be done is told', async () => {
  const said = async (...args: readonly string[]) =>
    (await footfall(['quarantine', ...args, '--data', data])).stderr.split('\n')[0];
  expect(await said('repair', 'event.columns', '--rule', 'drop price')).toContain('error repair.nothing');
  expect(await said('repair', '00000000', '--rule', 'drop price')).toContain('error repair.group');
  expect(await said('repair', 'event.columns', '--rule', 'mend price')).toContain('error repair.rule');
  expect(await said('undo', '99')).toContain('error repair.unknown');
}, 60_000);
