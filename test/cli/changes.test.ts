import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { begin, footfall, rowsOf, scratch, until } from './footfall-process.ts';

const VIEW = 'brand_activity';
const folder = scratch();
const data = join(folder, 'shop');
const [early, later] = [join(folder, 'early.csv'), join(folder, 'later.csv')];

type Line = { op: 'upsert' | 'delete'; row: Record<string, unknown> } | { cursor: string; snapshot: boolean };

/** A copy of the view, kept by nothing but what the command prints. */
const copy = new Map<string, Record<string, unknown>>();
let cursor: string | undefined;

async function follow(): Promise<{ snapshot: boolean; entries: number }> {
  const args = ['changes', VIEW, '--data', data, '--json', ...(cursor === undefined ? [] : ['--since', cursor])];
  const { code, stdout, stderr } = await footfall(args);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const last = lines.pop();
  if (last === undefined || !('cursor' in last)) throw new Error(`no cursor in the last line: ${stdout}`);
  if (last.snapshot) copy.clear();
  for (const line of lines) {
    if (!('op' in line)) throw new Error('a cursor before the end');
    const { window_start, brand } = line.row;
    const key = `${window_start} ${brand}`;
    if (line.op === 'upsert') copy.set(key, line.row);
    else copy.delete(key);
  }
  cursor = last.cursor;
  return { snapshot: last.snapshot, entries: lines.length };
}

const sorted = (rows: Iterable<object>) => [...rows].map((row) => JSON.stringify(row)).sort();

beforeAll(async () => {
  const made = join(folder, 'made');
  const args = ['generate', '--shape', 'rees46', '--events', '5000', '--seed', '7', '--out', made];
  expect((await footfall(args)).code).toBe(0);
  const [header = '', ...rows] = readFileSync(join(made, 'events.csv'), 'utf8').trimEnd().split('\n');
  // Every tenth event of the first part comes with the second: late, behind what was closed.
  const half = rows.length / 2;
  const isEarly = (i: number) => i < half && i % 10 !== 0;
  writeFileSync(early, `${[header, ...rows.filter((_, i) => isEarly(i))].join('\n')}\n`);
  writeFileSync(later, `${[header, ...rows.filter((_, i) => !isEarly(i))].join('\n')}\n`);
  expect((await footfall(['replay', early, '--data', data])).code).toBe(0);
}, 60_000);

test('a copy that is kept by changes is the view, through the process that writes and without it', async () => {
  expect(await follow()).toMatchObject({ snapshot: true });
  expect(sorted(copy.values())).toEqual(sorted(await rowsOf(['query', VIEW, '--final', '--data', data])));
  expect(await follow()).toEqual({ snapshot: false, entries: 0 });

  const running = begin(['replay', later, '--data', data, '--rate', '1500', '--close']);
  await until(() => existsSync(join(data, 'footfall.sock')));
  await until(async () => (await follow()).entries > 0 || running.process.exitCode !== null);
  const { code } = await running.ended;
  expect(code).toBe(0);
  expect(await follow()).toMatchObject({ snapshot: false });
  const all = await rowsOf(['query', VIEW, '--data', data]);
  expect(all.every((row) => row['is_final'] === true)).toBe(true);
  expect(sorted(copy.values())).toEqual(sorted(all));
}, 60_000);

test('for people it is a short table and how to go on', async () => {
  const { stdout, code } = await footfall(['changes', VIEW, '--data', data, '--limit', '3']);
  expect(code).toBe(0);
  const [header, ...lines] = stdout.trimEnd().split('\n');
  expect(header).toMatch(/^op +window_start +window_end +brand/);
  expect(lines).toHaveLength(4);
  expect(lines[3]).toMatch(/^snapshot of [\d,]+ rows, 3 shown; go on with --since 1:\d+$/);
  const nothing = await footfall(['changes', VIEW, '--data', data, '--since', cursor ?? '']);
  expect(nothing.stdout).toBe(`0 rows new or changed, 0 gone; go on with --since ${cursor}\n`);
});

test('a wrong cursor, an unknown view and one that stores nothing are told', async () => {
  const failing: readonly (readonly [readonly string[], RegExp])[] = [
    [[VIEW, '--since', 'yesterday'], /query\.cursor: yesterday is not a cursor/],
    [['brand_activty'], /no view brand_activty \(did you mean "brand_activity"\?\)/],
    [['enriched_events'], /view\.not_stored: the rows of view enriched_events are made when they are read/],
  ];
  for (const [args, text] of failing) {
    const { stderr, stdout, code } = await footfall(['changes', ...args, '--data', data]);
    expect(stderr).toMatch(text);
    expect(stderr).toMatch(/^ {2}next: /m);
    expect([stdout, code]).toEqual(['', 2]);
  }
});

test('a database that is lost and made anew from its files starts a generation', async () => {
  rmSync(join(data, 'footfall.duckdb'));
  expect((await footfall(['replay', early, '--data', data, '--close'])).code).toBe(0);
  const before = cursor;
  expect(await follow()).toMatchObject({ snapshot: true });
  expect([before?.split(':')[0], cursor?.split(':')[0]]).toEqual(['1', '2']);
  expect(sorted(copy.values())).toEqual(sorted(await rowsOf(['query', VIEW, '--data', data])));
}, 60_000);
