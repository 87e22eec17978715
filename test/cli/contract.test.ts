import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Manifest } from '../../src/source/generator/manifest.ts';
import { footfall, rowsOf, scratch } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'shop');
const events = join(folder, 'made', 'events.csv');
let truth: Manifest;

beforeAll(async () => {
  const made = await footfall([
    'generate',
    '--shape',
    'rees46',
    '--events',
    '6000',
    '--seed',
    '5',
    '--broken',
    '0.01',
    '--out',
    join(folder, 'made'),
  ]);
  expect(made.code).toBe(0);
  truth = JSON.parse(readFileSync(join(folder, 'made', 'manifest.json'), 'utf8')) as Manifest;
  const read = await footfall(['replay', events, '--data', data, '--close', '--json']);
  expect(read.stderr).toContain('REES46');
  expect(read.code).toBe(0);
  expect(JSON.parse(read.stdout)).toMatchObject({
    events: truth.totals.events,
    rejected: truth.planted.broken.count,
    rejected_by_code: truth.planted.broken.by_code,
    ended: true,
    closed: true,
  });
}, 60_000);

test('query prints a JSON array of rows under the names of the columns', async () => {
  const rows = await rowsOf(['query', 'user_session_analytics', '--data', data]);
  expect(rows).toHaveLength(truth.totals.session_visitor_pairs);
  expect(rows.every((row) => row['is_final'] === true)).toBe(true);
  expect(await rowsOf(['query', 'user_session_analytics', '--data', data, '--limit', '3'])).toEqual(rows.slice(0, 3));
  expect(await rowsOf(['query', 'user_session_analytics', '--data', data, '--limit', '0'])).toEqual([]);
});

test('query --sql answers a SELECT over the views', async () => {
  const sql =
    "SELECT sum(event_count) AS events, sum(total_revenue) FILTER (event_type = 'purchase') AS revenue FROM event_aggregations";
  const [row] = await rowsOf(['query', '--sql', sql, '--data', data]);
  expect(row?.['events']).toBe(truth.totals.events);
  expect(Number(row?.['revenue'])).toBeCloseTo(Number(truth.totals.revenue), 4);
  const qualified = 'SELECT journey.event_aggregations.event_count FROM journey.event_aggregations';
  const counts = await rowsOf(['query', '--sql', qualified, '--data', data]);
  expect(counts.reduce((sum, each) => sum + Number(each['event_count']), 0)).toBe(truth.totals.events);
});

test('rows can be chosen, ordered and cut to columns', async () => {
  const args = [
    'query',
    'brand_activity',
    '--data',
    data,
    '--columns',
    'window_start,brand',
    '--order',
    '-window_start,brand',
    '--from',
    '2019-10-01 00:02',
  ];
  const rows = await rowsOf(args);
  expect(Object.keys(rows[0] ?? {})).toEqual(['window_start', 'brand']);
  const starts = rows.map((row) => String(row['window_start']));
  expect(starts).toEqual([...starts].sort().reverse());
  expect(starts.every((start) => start >= '2019-10-01T00:02')).toBe(true);
});

test('CSV is printed with a header', async () => {
  const { stdout } = await footfall([
    'query',
    'conversion_funnel',
    '--data',
    data,
    '--csv',
    '--columns',
    'window_start,total_sessions',
  ]);
  const [header, ...lines] = stdout.trimEnd().split('\n');
  expect(header).toBe('window_start,total_sessions');
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.every((line) => /^2019-10-01T\d\d:\d\d:00\.000000Z,\d+$/.test(line))).toBe(true);
});

test('verify answers 0 when all is equal, and 1 when a row was changed', async () => {
  const equal = await footfall(['verify', '--data', data, '--json']);
  expect(equal.code).toBe(0);
  expect(JSON.parse(equal.stdout)).toMatchObject({ equal: true, until: null });

  const { Database } = await import('../../src/store/database.ts');
  const database = await Database.open({ path: join(data, 'footfall.duckdb'), memoryLimit: '200MB', threads: 1 });
  await database.run('UPDATE result.conversion_funnel SET count = count + 1');
  await database.close();
  const differs = await footfall(['verify', '--data', data, '--json']);
  expect(differs.code).toBe(1);
  expect(JSON.parse(differs.stdout)).toMatchObject({ equal: false });
  const mended = await Database.open({ path: join(data, 'footfall.duckdb'), memoryLimit: '200MB', threads: 1 });
  await mended.run('UPDATE result.conversion_funnel SET count = count - 1');
  await mended.close();
});

test('why names exactly the events of a row', async () => {
  const [row] = await rowsOf(['query', 'conversion_funnel', '--data', data, '--limit', '1']);
  const { stdout, code } = await footfall([
    'why',
    'conversion_funnel',
    `window_start=${row?.['window_start']}`,
    '--data',
    data,
    '--json',
  ]);
  expect(code).toBe(0);
  const { receipt } = JSON.parse(stdout) as { receipt: { row: unknown; events: { count: number } } };
  expect(receipt.row).toEqual(row);
  expect(receipt.events.count).toBeGreaterThan(0);
  expect((await footfall(['why', 'conversion_funnel', 'window_start=1999-01-01', '--data', data])).code).toBe(1);
});

test('quarantine keeps refused events with their bytes', async () => {
  const { stdout } = await footfall(['quarantine', '--data', data, '--json']);
  const codes = JSON.parse(stdout) as { code: string; events: number }[];
  expect(Object.fromEntries(codes.map(({ code, events }) => [code, events]))).toEqual(truth.planted.broken.by_code);
  const shown = await footfall([
    'quarantine',
    'show',
    'event.price_negative',
    '--data',
    data,
    '--json',
    '--limit',
    '1',
  ]);
  const { samples } = JSON.parse(shown.stdout) as {
    samples: { bytes: string; path: string; position: number; pointer: string }[];
  };
  const [sample] = samples;
  const bytes = Buffer.from(sample?.bytes ?? '', 'base64');
  expect(sample?.path).toBe(events);
  expect(sample?.pointer).toBe('price');
  expect(readFileSync(events).subarray(sample?.position, (sample?.position ?? 0) + bytes.length)).toEqual(bytes);
});

test('the same file is not read twice', async () => {
  const again = await footfall(['replay', events, '--data', data, '--json', '--close']);
  expect(JSON.parse(again.stdout)).toMatchObject({ events: 0, total_events: truth.totals.events });
});

test('standard input gives the same rows as the file', async () => {
  const piped = join(folder, 'piped');
  const { code } = await footfall(['replay', '-', '--data', piped, '--close'], { input: readFileSync(events) });
  expect(code).toBe(0);
  const args = [
    'query',
    'conversion_funnel',
    '--columns',
    'window_start,total_sessions,sessions_with_purchase,avg_purchase_value',
    '--data',
  ];
  expect(await rowsOf([...args, piped])).toEqual(await rowsOf([...args, data]));
});

test('a dimension is loaded and the results follow', async () => {
  const copy = join(folder, 'with-products');
  await footfall(['replay', events, '--data', copy, '--close']);
  const { stdout } = await footfall([
    'dimensions',
    'load',
    'product',
    join(folder, 'made', 'products.csv'),
    '--data',
    copy,
    '--json',
  ]);
  expect((JSON.parse(stdout) as { rows: number }).rows).toBeGreaterThan(0);
  const [listed] = JSON.parse((await footfall(['dimensions', '--data', copy, '--json'])).stdout) as {
    dimension: string;
  }[];
  expect(listed?.dimension).toBe('product');
  expect((await footfall(['verify', '--data', copy, '--json'])).code).toBe(0);
});

test('a dimension may be loaded before the first event, and holds for it', async () => {
  const fresh = join(folder, 'products-first');
  const products = join(folder, 'made', 'products.csv');
  const load = ['dimensions', 'load', 'product', products, '--data', fresh, '--json'];
  expect(JSON.parse((await footfall(load)).stdout)).toMatchObject({ dimension: 'product', events: 0 });
  expect((await footfall(['replay', events, '--data', fresh, '--close'])).code).toBe(0);
  const sql = 'SELECT category_name, sum(event_count) AS n FROM event_aggregations GROUP BY ALL ORDER BY ALL';
  const after = await rowsOf(['query', '--sql', sql, '--data', join(folder, 'with-products')]);
  expect(await rowsOf(['query', '--sql', sql, '--data', fresh])).toEqual(after);
  expect((await footfall(['verify', '--data', fresh, '--json'])).code).toBe(0);
  const nowhere = join(folder, 'nowhere');
  expect((await footfall(['dimensions', 'load', 'product', 'gone.csv', '--data', nowhere])).code).toBe(3);
  expect(existsSync(nowhere)).toBe(false);
});

test('doctor finds nothing wrong', async () => {
  const { stdout, code } = await footfall(['doctor', '--data', data, '--json']);
  const findings = JSON.parse(stdout) as { check: string; verdict: string }[];
  expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['node', 'duckdb', 'lock', 'migrations', 'state', 'UV_THREADPOOL_SIZE']),
  );
  expect(code).toBe(0);
});

test('every listing prints valid JSON', async () => {
  for (const args of [
    ['views'],
    ['views', 'show', 'brand_activity'],
    ['sources'],
    ['config', '--explain'],
    ['version'],
    ['quarantine'],
    ['dimensions'],
  ]) {
    const { stdout, code } = await footfall([...args, '--json', '--data', data]);
    expect(code, args.join(' ')).toBe(0);
    expect(JSON.parse(stdout), args.join(' ')).toBeTruthy();
  }
}, 60_000);
