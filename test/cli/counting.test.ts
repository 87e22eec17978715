import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { begin, footfall, scratch, until } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'shop');
const [october, november] = [join(folder, 'october'), join(folder, 'november')];

beforeAll(async () => {
  const generate = ['generate', '--shape', 'rees46', '--events', '5000', '--out'];
  expect((await footfall([...generate, october, '--seed', '9'])).code).toBe(0);
  expect((await footfall([...generate, november, '--seed', '10', '--start', '2019-11-01T00:00:00Z'])).code).toBe(0);
  expect((await footfall(['replay', join(october, 'events.csv'), '--data', data, '--close'])).code).toBe(0);
}, 60_000);

async function ask<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await footfall([...args, '--data', data, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

interface Count {
  readonly events: number;
  readonly persons: number;
}
type Trend = { readonly total: Count; readonly points: readonly (Count & { readonly start: string })[] };
type Funnel = { readonly steps: readonly { readonly count: number }[] };

test('the four commands agree, through the process that owns the shop and without it', {
  timeout: 120_000,
}, async () => {
  const trend = await ask<Trend>('trend', 'view', '--interval', 'hour');
  const funnel = await ask<Funnel>('funnel', 'view', 'cart_add', 'purchase', '--within', '1d');
  expect(funnel.steps[0]?.count).toBe(trend.total.persons);
  expect(trend.points.reduce((sum, point) => sum + point.events, 0)).toBe(trend.total.events);
  const all = await ask<Trend>('trend');
  const retention = await ask<{ cohorts: { persons: number }[] }>('retention', '--interval', 'hour');
  expect(retention.cohorts.reduce((sum, { persons }) => sum + persons, 0)).toBe(all.total.persons);
  const paths = await ask<{ sessions: number; nodes: { started: number }[] }>('paths', '--depth', '3');
  expect(paths.nodes.reduce((sum, { started }) => sum + started, 0)).toBe(paths.sessions);

  const running = begin(['replay', join(november, 'events.csv'), '--data', data, '--rate', '500']);
  await until(() => existsSync(join(data, 'footfall.sock')));
  expect(await ask('funnel', 'view', 'cart_add', 'purchase', '--within', '1d', '--to', '2019-10-20')).toEqual(funnel);
  running.process.kill('SIGINT');
  await running.ended;
});

test('people see bars, and days of the zone that they ask for', { timeout: 120_000 }, async () => {
  const funnel = await footfall(['funnel', 'view', 'purchase', '--by', 'session', '--data', data]);
  expect(funnel.stdout).toMatch(/^step +count +of first/);
  expect(funnel.stdout).toMatch(/^view .*█/m);
  const any = await footfall(['funnel', 'view', 'purchase', '--order', 'any', '--data', data]);
  expect(any.stdout).toMatch(/^2 of 2 steps/m);
  const day = await footfall(['trend', '--zone', 'Asia/Kathmandu', '--data', data]);
  expect(day.stdout).toMatch(/^2019-09-30 18:15:00 /m);
  expect((await footfall(['retention', '--interval', 'month', '--data', data])).stdout).toMatch(/\+0/);
  expect((await footfall(['paths', '--end', 'purchase', '--data', data])).stdout).toMatch(
    /^ +0 +purchase +\S+ +100\.0 %/m,
  );
});

test.each([
  [['funnel', 'view'], /2 to 16 steps/],
  [['funnel', 'view:size=3', 'purchase'], /view:brand=acme/],
  [['funnel', 'view', 'purchase', '--breakdown', 'shoe'], /channel, utm_source, device, country/],
  [['funnel', 'view', 'purchase', '--within', 'long'], /such as 30m/],
  [['paths', '--where', 'country'], /country=DE/],
  [['trend', '--zone', 'Mars'], /"Mars" is no IANA time zone/],
  [['trend', '--from', 'soon'], /--from is no time/],
])('%j is refused with what to write instead', async (args, message) => {
  const { code, stderr } = await footfall([...args, '--data', data]);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});
