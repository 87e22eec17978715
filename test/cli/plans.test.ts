import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dataFolder } from '../../src/runtime/data-folder.ts';
import { begin, footfall, rowsOf, scratch, until } from './footfall-process.ts';

const folder = scratch();
const data = join(folder, 'shop');
const events = join(folder, 'events.csv');
const BRANDS = ['acme', 'acme', 'best', 'acme', 'best', 'acme'];
const said = { label: 'Label', description: 'Description' };

/** An own view over windows of so many minutes. */
function declare(minutes: number, more: object = {}): void {
  const columns = {
    window_start: { ...said, value: { role: 'window', edge: 'start' } },
    window_end: { ...said, value: { role: 'window', edge: 'end' } },
    events: { ...said, value: { role: 'measure', measure: { kind: 'count' } } },
    ...more,
  };
  const kind = { kind: 'window', windowing: { shape: 'tumbling', size: minutes * 60e6 } };
  const views = [{ name: 'own_view', kit: 'shop', ...said, kind, columns }];
  writeFileSync(
    join(folder, 'footfall.config.ts'),
    `export default { catalog: ['brand_activity'], views: ${JSON.stringify(views)} };\n`,
  );
}
const run = (...args: string[]) => footfall([...args, '--data', data], { cwd: folder });
const own = () =>
  rowsOf(['query', 'own_view', '--columns', 'window_start,events', '--order', 'window_start', '--data', data]);
const at = (clock: string, n: number) => ({ window_start: `2019-10-01T${clock}:00.000000Z`, events: n });
/** An event each twenty minutes from midnight on. */
const hourly = [at('00:00', 3), at('01:00', 3)];
const halfHourly = [at('00:00', 2), at('00:30', 1), at('01:00', 2), at('01:30', 1)];

beforeAll(async () => {
  const lines = BRANDS.map((brand, i) => {
    const clock = `0${Math.floor(i / 3)}:${['00', '20', '40'][i % 3]}`;
    return `e${i},2019-10-01T${clock}:00Z,view,7,s,${brand}`;
  });
  writeFileSync(events, `event_id,event_time,event_type,user_id,session_id,brand\n${lines.join('\n')}\n`);
  declare(60);
  expect((await run('replay', events, '--close')).stderr).not.toContain('plan');
}, 60_000);

test('a plan says what would change and by how much, changes nothing, and may answer so', async () => {
  expect(await run('plan', '--detailed-exitcode')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nothing'),
  });
  declare(30, {
    brands: {
      ...said,
      value: { role: 'measure', measure: { kind: 'distinct', of: { kind: 'column', name: 'brand' } } },
    },
  });
  const planned = await run('plan', '--json', '--detailed-exitcode');
  expect(planned.code).toBe(1);
  expect(JSON.parse(planned.stdout)).toMatchObject({
    zone: null,
    views: [
      {
        view: 'own_view',
        change: 'changed',
        reasons: ['declaration: windowing, columns'],
        columns: { added: ['brands'] },
      },
    ],
    unchanged: ['brand_activity'],
    moved: [
      {
        view: 'own_view',
        days: [
          { day: '2019-10-01', rows: { before: 2, after: 4 }, moved: 4, sums: { events: { before: '6', after: '6' } } },
        ],
      },
    ],
    range: { events: 6, whole: true },
  });
  expect((await run('plan')).stdout).toMatch(/~ own_view .*\n.*\+brands[\s\S]*2019-10-01\s+2 → 4/);
  expect(await own()).toEqual(hourly);
}, 60_000);

test('who reads events in is told that views differ, and goes on with those in force', async () => {
  const { stderr, code } = await run('replay', events, '--close');
  expect([code, stderr]).toEqual([0, expect.stringContaining('1 view differs from what is applied (own_view)')]);
  expect(await own()).toEqual(hourly);
}, 60_000);

test('nothing is applied unless somebody says so', async () => {
  expect(await run('apply')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
  expect(await own()).toEqual(hourly);
}, 60_000);

test('apply and rollback put definitions in force, in turn, and history lists them', async () => {
  const applied = await run('apply', '--yes', '--json');
  expect(JSON.parse(applied.stdout)).toMatchObject({ changed: true, views: ['own_view'], checked: 4 });
  expect(await own()).toEqual(halfHourly);
  expect(await run('apply', '--yes')).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to apply') });
  expect(JSON.parse((await run('rollback', '--yes', '--json')).stdout)).toMatchObject({ changed: true });
  expect(await own()).toEqual(hourly);
  expect(await run('rollback', '--discard')).toMatchObject({ code: 0, stdout: 'dropped\n' });
  const history = JSON.parse((await run('plan', 'history', '--json')).stdout) as {
    changed: string[];
    in_force: boolean;
  }[];
  expect(history.map(({ changed, in_force: inForce }) => [changed, inForce])).toEqual([
    [[], false],
    [['own_view'], false],
    [['own_view'], true],
  ]);
  expect((await run('verify')).code).toBe(0);
}, 60_000);

test('a deleted database is rebuilt by the definitions that were in force, not by those declared since', async () => {
  for (const name of readdirSync(data)) if (name.startsWith('footfall.duckdb')) rmSync(join(data, name));
  expect((await run('replay', events, '--close')).stderr).toContain('1 view differs');
  expect(await own()).toEqual(hourly);
}, 60_000);

test('the process that owns the shop applies what another declares, and goes on reading', async () => {
  const owner = begin(['replay', '-', '--data', data], {
    cwd: folder,
    more: true,
    input: Buffer.from('event_id,event_time,event_type,user_id\n'),
  });
  await until(() => existsSync(dataFolder(data).socket));
  const applied = await run('apply', '--yes', '--json');
  expect(JSON.parse(applied.stdout)).toMatchObject({ changed: true, views: ['own_view'] });
  owner.process.stdin?.end('late,2019-10-01T00:50:00Z,view,8\n');
  expect((await owner.ended).code).toBe(0);
  expect(await own()).toEqual([at('00:00', 2), at('00:30', 2), at('01:00', 2), at('01:30', 1)]);
}, 60_000);

test('where it is asked for, what is declared takes hold at once', async () => {
  declare(120);
  const { stderr } = await run('replay', events, '--close', '--apply');
  expect(stderr).not.toContain('plan');
  expect(await own()).toEqual([at('00:00', 7)]);
  expect((await run('verify')).code).toBe(0);
}, 60_000);

test('a shop with one definition has nothing to go back to', async () => {
  const other = join(folder, 'other');
  await footfall(['replay', events, '--data', other], { cwd: folder });
  const { code, stderr } = await footfall(['rollback', '--yes', '--data', other], { cwd: folder });
  expect([code, stderr]).toEqual([2, expect.stringContaining('plan.none')]);
}, 60_000);
