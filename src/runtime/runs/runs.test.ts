import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { ControlDatabase } from '../../store/control-database.ts';
import type { OpenShop } from '../open-shop.ts';
import type { Operation } from '../operation.ts';
import { Runs } from './runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-runs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let number = 0;
let path: string;
let control: ControlDatabase;
let runs: Runs;
const onDefect = vi.fn();
beforeEach(() => {
  number += 1;
  path = join(folder, `${number}.db`);
  control = ControlDatabase.open(path);
  onDefect.mockClear();
  // What these operations do is nothing to a shop.
  runs = new Runs({} as OpenShop, control.runs, () => number, onDefect);
  return () => control.close();
});

const asked = (run: () => Promise<unknown>) => ({
  name: 'x',
  queue: 'x',
  operation: { run } as unknown as Operation<object, never, unknown>,
  input: {},
  key: 'k',
});
const full = () => Promise.reject(new FootfallError('store.disk_full', { path: 'shop' }));
const wrong = () => Promise.reject(new FootfallError('run.unknown', { run: 'x' }));

test('what may go better is carried out again for the same key, what was wrong is not', async () => {
  const { id } = runs.begin(asked(full));
  await expect(runs.end(id, 5_000)).rejects.toMatchObject({ code: 'store.disk_full', params: { path: 'shop' } });
  expect(await runs.wait(id, 0)).toMatchObject({ status: 'interrupted', error: { code: 'store.disk_full' } });
  expect(runs.begin(asked(wrong))).toEqual({ id, replayed: true });
  await expect(runs.end(id, 5_000)).rejects.toMatchObject({ code: 'run.unknown' });
  expect(runs.begin(asked(async () => 1))).toEqual({ id, replayed: true });
  await expect(runs.end(id, 5_000)).rejects.toMatchObject({ code: 'run.unknown' });
});

test('an end that cannot be written is told all the same, and written when it can be', async () => {
  const { id } = runs.begin(asked(async () => ({ rows: 3 })));
  const other = new DatabaseSync(path);
  other.exec("CREATE TRIGGER full BEFORE UPDATE ON run BEGIN SELECT RAISE(FAIL, 'full'); END");
  expect(await runs.end(id, 5_000)).toMatchObject({ status: 'done', result: { rows: 3 } });
  expect(onDefect).toHaveBeenCalledOnce();
  expect(control.runs.find(id)?.status).toBe('running');
  expect(runs.begin(asked(full))).toEqual({ id, replayed: true });
  expect(runs.list(1)).toMatchObject([{ id, status: 'done' }]);
  other.exec('DROP TRIGGER full');
  other.close();
  runs.begin({ ...asked(full), key: 'another' });
  expect(control.runs.find(id)).toMatchObject({ status: 'done', outcome: '{"rows":3}' });
});

test('a result that cannot be written down is a defect, and no end of the process', async () => {
  const { id } = runs.begin(asked(async () => 1n));
  expect(await runs.wait(id, 5_000)).toMatchObject({ status: 'running' });
  expect(onDefect).toHaveBeenCalledOnce();
});
