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
  const shown = begin(['start', '--for', '5s', '--rate', '1', '--port', '0', '--data', data, '--json']);
  await until(() => shown.output().includes('\n'));
  await lookAt((JSON.parse(shown.output().split('\n')[0] ?? '') as { url: string }).url);
  const first = await shown.ended;
  expect(first.code).toBe(0);
  const before = JSON.parse(first.stdout.trim().split('\n').at(-1) ?? '') as Shown;
  expect(before.status.events).toBeGreaterThan(1000);
  expect(before.funnel.sessions).toBeGreaterThan(0);
  expect(first.stderr).toContain('footfall verify');

  const running = begin(['start', '--rate', '1', '--port', '0', '--data', data, '--json']);
  await until(() => running.errors().includes('going on'));
  running.process.kill('SIGINT');
  const second = await running.ended;
  expect(second.code).toBe(130);
  expect(second.stderr).toContain('going on with the shop');
  const after = JSON.parse(second.stdout.trim().split('\n').at(-1) ?? '') as Shown;
  expect(after.status.events).toBeGreaterThanOrEqual(before.status.events);
  expect(after.status.watermark >= before.status.watermark).toBe(true);
  expect((await footfall(['verify', '--data', data, '--json'])).code).toBe(0);
}, 90_000);

/** Its page loads nothing from elsewhere, and shows figures that grow. */
async function lookAt(url: string): Promise<void> {
  const page = await fetch(url);
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
  const named = [...html.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
  expect(named).toContain('/home/home.js');
  for (const path of named) {
    expect(path).toMatch(/^\/\w/);
    expect([path, (await fetch(new URL(path, url))).status]).toEqual([path, 200]);
  }
  const events = async () => ((await (await fetch(`${url}/v1/demo`)).json()) as { events: number }).events;
  await until(async () => (await events()) > 0);
}
