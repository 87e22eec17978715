import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Certificate } from '../../src/runtime/erase/certificate.ts';
import { footfall, rowsOf, scratch } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'shop');
const file = join(folder, 'events.csv');
const line = (minute: number, user: string) =>
  `2019-10-01T10:${String(minute).padStart(2, '0')}:00Z,purchase,1,${user},s-${user},10`;
const revenue = () => rowsOf(['query', 'category_revenue', '--data', data, '--columns', 'total_revenue']);

beforeAll(async () => {
  const lines = [line(0, '541312140'), line(1, '541312141'), line(2, '541312142')];
  writeFileSync(file, ['event_time,event_type,product_id,user_id,session_id,price', ...lines, ''].join('\n'));
  expect((await footfall(['replay', file, '--data', data, '--close'])).code).toBe(0);
}, 60_000);

test('a person is erased when it is confirmed, with a certificate, and rows stay right', async () => {
  const nobody = await footfall(['erase', '999', '--yes', '--data', data]);
  expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('error erase.unknown')]);
  const asked = await footfall(['erase', '541312140', '--data', data]);
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('error erase.confirm')]);
  expect(asked.stdout).toContain('raw_event.user_id');

  const done = await footfall(['erase', '541312140', '--yes', '--data', data, '--json']);
  expect([done.code, done.stderr]).toEqual([0, '']);
  const certificate = JSON.parse(done.stdout) as Certificate;
  expect(certificate).toMatchObject({ mode: 'anonymise', found: { after: 0 } });
  expect(done.stdout).not.toContain('541312140');
  const path = join(data, 'erasures', `erasure-${certificate.erasure}.json`);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(certificate);
  expect(await revenue()).toEqual([{ total_revenue: '30.0000' }]);

  const removed = await footfall(['erase', '541312141', '--remove', '--yes', '--data', data]);
  expect(removed.stdout).toContain('(remove)');
  expect(removed.stdout).toContain('backups');
  expect(await revenue()).toEqual([{ total_revenue: '20.0000' }]);
  expect((await footfall(['verify', '--data', data, '--json'])).code).toBe(0);
  const doctor = await footfall(['doctor', '--data', data, '--json']);
  const findings = JSON.parse(doctor.stdout) as { verdict: string }[];
  expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  expect(existsSync(join(data, 'erasing.json'))).toBe(false);
}, 120_000);

test('what is called as a person was keeps no shop from being opened', async () => {
  // A view has this name: it is left in the definitions, and the proof says so.
  writeFileSync(
    file,
    ['event_time,event_type,product_id,user_id,session_id,price', line(9, 'journeys'), ''].join('\n'),
  );
  const other = join(folder, 'other');
  expect((await footfall(['replay', file, '--data', other, '--close'])).code).toBe(0);
  const erased = await footfall(['erase', 'journeys', '--yes', '--data', other]);
  expect(erased.stderr).toContain('erase.left');
  const asked = await footfall(['query', 'category_revenue', '--columns', 'total_revenue', '--data', other, '--json']);
  expect([asked.code, JSON.parse(asked.stdout)]).toEqual([0, [{ total_revenue: '10.0000' }]]);
  expect(asked.stderr).toContain('erase.left');
}, 120_000);
