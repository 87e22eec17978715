import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { begin, footfall, rowsOf, scratch, until } from './footfall-process.ts';

const folder = scratch();
const events = join(folder, 'made', 'events.csv');
const EVENTS = 12_000;
const VIEWS = ['conversion_funnel', 'brand_activity', 'user_session_analytics'] as const;

beforeAll(async () => {
  const { code } = await footfall([
    'generate',
    '--shape',
    'rees46',
    '--events',
    String(EVENTS),
    '--rate',
    '4',
    '--seed',
    '8',
    '--out',
    join(folder, 'made'),
  ]);
  expect(code).toBe(0);
  await footfall(['replay', events, '--data', join(folder, 'straight'), '--close']);
}, 60_000);

/** Rows without what may differ between two ways to the same numbers. */
async function answers(data: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const view of VIEWS) {
    const rows = await rowsOf(['query', view, '--data', data]);
    for (const { revision, epoch, late_events, ...row } of rows) all.push(row);
  }
  return all;
}

const stored = async (data: string): Promise<number> => {
  if (!existsSync(join(data, 'footfall.duckdb'))) return 0;
  const { code, stdout } = await footfall(['sources', '--data', data, '--json']);
  return code === 0 ? Number((JSON.parse(stdout) as { position: number }[])[0]?.position ?? 0) : 0;
};

test('kill -9 in the middle of a replay loses nothing and doubles nothing', async () => {
  const data = join(folder, 'killed');
  const size = readFileSync(events).length;
  for (const share of [0.1, 0.4]) {
    const running = begin(['replay', events, '--data', data, '--rate', '4000', '--close']);
    await until(async () => (await stored(data)) > size * share);
    running.process.kill('SIGKILL');
    await running.ended;
  }
  const last = await footfall(['replay', events, '--data', data, '--close', '--json']);
  expect(last.code).toBe(0);
  expect(JSON.parse(last.stdout)).toMatchObject({ total_events: EVENTS, closed: true });
  expect(await answers(data)).toEqual(await answers(join(folder, 'straight')));
  expect((await footfall(['verify', '--data', data, '--json'])).code).toBe(0);
}, 90_000);

test('Ctrl-C commits, says how to go on and answers 130; the same command goes on', async () => {
  const data = join(folder, 'stopped');
  const running = begin(['replay', events, '--data', data, '--rate', '3000', '--close']);
  await until(async () => (await stored(data)) > 0);
  running.process.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toContain('the same command goes on from here');
  const done = await footfall(['replay', events, '--data', data, '--close', '--json']);
  expect(JSON.parse(done.stdout)).toMatchObject({ total_events: EVENTS, closed: true });
  expect(await answers(data)).toEqual(await answers(join(folder, 'straight')));
}, 60_000);

test('while a replay runs, other commands are answered through it', async () => {
  const data = join(folder, 'busy');
  const running = begin(['replay', events, '--data', data, '--rate', '400']);
  await until(async () => (await stored(data)) > 0);
  const rows = await rowsOf(['query', 'conversion_funnel', '--data', data]);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.some((row) => row['is_final'] === false)).toBe(true);
  expect((await footfall(['verify', '--data', data, '--json'])).code).toBe(0);
  const wrong = await footfall(['query', 'conversion_funel', '--data', data]);
  expect(wrong.stderr).toContain('did you mean "conversion_funnel"?');
  const health = await footfall(['doctor', '--data', data]);
  expect(health.stdout).toMatch(/owned by process \d+, which answers/);
  const second = await footfall(['replay', events, '--data', data]);
  expect(second.code).toBe(4);
  expect(second.stderr).toContain('store.locked');
  expect(running.process.exitCode).toBeNull();
  running.process.kill('SIGTERM');
  expect((await running.ended).code).toBe(130);
  expect(existsSync(join(data, 'footfall.sock'))).toBe(false);
}, 60_000);
