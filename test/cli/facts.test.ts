import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { footfall, rowsOf, scratch } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'shop');
const log = join(data, 'facts.ndjson');
const events = join(folder, 'events.csv');
const rates = (worth: number): string => {
  const path = join(folder, `rates-${worth}.csv`);
  writeFileSync(path, `date,currency,rate\n2019-10-01,EUR,${worth}\n`);
  return path;
};
const doctor = async (): Promise<unknown> => {
  const { stdout } = await footfall(['doctor', '--data', data, '--json']);
  return (JSON.parse(stdout) as { check: string }[]).find(({ check }) => check === 'facts');
};
const sales = () => rowsOf(['query', 'user_session_analytics', '--data', data, '--columns', 'total_purchase_value']);

beforeAll(async () => {
  writeFileSync(
    events,
    'event_id,event_time,event_type,product_id,user_id,session_id,price,currency\n1,2019-10-02T10:00:00Z,purchase,1,7,s,10,EUR\n',
  );
  expect((await footfall(['replay', events, '--data', data, '--close'])).stderr).not.toContain('error');
  expect((await footfall(['dimensions', 'load', 'rates', rates(2), '--data', data])).code).toBe(0);
  expect((await footfall(['dimensions', 'load', 'rates', rates(3), '--data', data])).code).toBe(0);
}, 60_000);

test('a deleted database is back after the same files were read again', async () => {
  const before = await sales();
  expect(before).toEqual([{ total_purchase_value: '30.0000' }]);
  for (const name of readdirSync(data)) if (name.startsWith('footfall.duckdb')) rmSync(join(data, name));
  expect((await footfall(['replay', events, '--data', data, '--close'])).code).toBe(0);
  expect(await sales()).toEqual(before);
}, 30_000);

test('a fact that was cut off is told once, kept aside, and shown by the doctor', async () => {
  const whole = readFileSync(log);
  expect(await doctor()).toMatchObject({ verdict: 'ok', found: '3 on disk' });
  writeFileSync(log, '2 3 00', { flag: 'a' });
  const told = `a fact was cut off while it was written, and never counted: its bytes are in ${log}.torn`;
  const list = ['dimensions', '--data', data];
  expect((await footfall(list)).stderr).toContain(told);
  expect(readFileSync(log)).toEqual(whole);
  expect((await footfall(list)).stderr).toBe('');
  expect(await doctor()).toMatchObject({ verdict: 'warn', found: expect.stringContaining('facts.ndjson.torn') });
  rmSync(`${log}.torn`);
}, 30_000);

test('a damaged fact, and the lost file of one, are told with what to do', async () => {
  const whole = readFileSync(log);
  const damaged = Buffer.from(whole);
  damaged[30] = 0x58;
  writeFileSync(log, damaged);
  const { code, stderr } = await footfall(['dimensions', '--data', data]);
  expect(code).toBe(4);
  expect(stderr).toContain(`error journal.facts: ${log}:1: fact 1 cannot be read: its line does not fit its checksum`);
  expect(stderr).toContain(`next: put ${log} back from a copy`);
  expect(await doctor()).toMatchObject({ verdict: 'fail', found: expect.stringContaining('fact 1 cannot be read') });
  writeFileSync(log, whole);

  const [copy = ''] = readdirSync(join(data, 'facts'));
  writeFileSync(join(data, 'facts', copy), 'date,currency,rate\n');
  expect(await doctor()).toMatchObject({ verdict: 'fail', found: expect.stringContaining('is not what was loaded') });
}, 30_000);
