import { join } from 'node:path';
import { expect, test } from 'vitest';
import { begin, footfall, scratch, until } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'demo');

interface Shown {
  readonly status: { readonly events: number; readonly watermark: string; readonly rejected: number };
  readonly funnel: { readonly sessions: number };
  readonly lag_seconds: number;
}

test('the demo runs, ends by itself, goes on where it stopped, and is exact', async () => {
  const first = await footfall(['start', '--for', '4s', '--rate', '1', '--data', data, '--json']);
  expect(first.code).toBe(0);
  const before = JSON.parse(first.stdout.trim().split('\n').at(-1) ?? '') as Shown;
  expect(before.status.events).toBeGreaterThan(1000);
  expect(before.funnel.sessions).toBeGreaterThan(0);
  expect(first.stderr).toContain('footfall verify');

  const running = begin(['start', '--rate', '1', '--data', data, '--json']);
  let text = '';
  running.process.stdout?.on('data', (chunk: string) => {
    text += chunk;
  });
  await until(() => text.includes('\n'));
  running.process.kill('SIGINT');
  const second = await running.ended;
  expect(second.code).toBe(130);
  expect(second.stderr).toContain('going on with the shop');
  const after = JSON.parse(second.stdout.trim().split('\n').at(-1) ?? '') as Shown;
  expect(after.status.events).toBeGreaterThanOrEqual(before.status.events);
  expect(after.status.watermark >= before.status.watermark).toBe(true);
  expect((await footfall(['verify', '--data', data, '--json'])).code).toBe(0);
}, 90_000);
