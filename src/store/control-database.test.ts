import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { ControlDatabase } from './control-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-control-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('marks are kept by database, and the newest counts', () => {
  const path = join(folder, 'new', 'control.db');
  const first = ControlDatabase.open(path);
  const mark = first.highWater('footfall.duckdb');
  expect(mark.read()).toBeNull();
  mark.note({ generation: 1, epoch: 5 });
  mark.note({ generation: 2, epoch: 0 });
  first.highWater('other.duckdb').note({ generation: 9, epoch: 9 });
  first.close();
  const second = ControlDatabase.open(path);
  expect(second.highWater('footfall.duckdb').read()).toEqual({ generation: 2, epoch: 0 });
  second.close();
});

test('how many facts there were is kept by database, apart from its mark', () => {
  const path = join(folder, 'facts', 'control.db');
  const first = ControlDatabase.open(path);
  const { facts, note } = first.highWater('footfall.duckdb');
  expect(facts.read()).toBe(0);
  facts.note(3);
  facts.note(4);
  note({ generation: 1, epoch: 5 });
  first.highWater('other.duckdb').facts.note(9);
  first.close();
  const second = ControlDatabase.open(path);
  expect(second.highWater('footfall.duckdb').facts.read()).toBe(4);
  second.close();
});

test('a file that is no database, or of a newer version, is refused by name', () => {
  const damaged = join(folder, 'damaged.db');
  writeFileSync(damaged, 'x'.repeat(5000));
  expect(() => ControlDatabase.open(damaged)).toThrow(expect.objectContaining({ code: 'store.control' }));
  const newer = join(folder, 'newer.db');
  const database = new DatabaseSync(newer);
  database.exec('PRAGMA user_version = 99');
  database.close();
  expect(() => ControlDatabase.open(newer)).toThrow(expect.objectContaining({ code: 'store.version' }));
});

test('a mark that cannot be noted fails nothing, and is noted the next time', () => {
  const path = join(folder, 'hindered.db');
  const control = ControlDatabase.open(path);
  const mark = control.highWater('footfall.duckdb');
  mark.note({ generation: 1, epoch: 1 });
  const other = new DatabaseSync(path);
  other.exec('ALTER TABLE high_water RENAME TO away; ALTER TABLE fact_mark RENAME TO also_away');
  mark.note({ generation: 1, epoch: 2 });
  mark.facts.note(1);
  other.exec('ALTER TABLE away RENAME TO high_water; ALTER TABLE also_away RENAME TO fact_mark');
  other.close();
  expect(mark.read()).toEqual({ generation: 1, epoch: 1 });
  mark.note({ generation: 1, epoch: 3 });
  expect([mark.read(), mark.facts.read()]).toEqual([{ generation: 1, epoch: 3 }, 0]);
  control.close();
});

test('a file that cannot be opened is told with a code', () => {
  const path = join(folder, 'a-folder.db');
  mkdirSync(path);
  expect(() => ControlDatabase.open(path)).toThrow(
    expect.objectContaining({ code: 'store.control_open', params: expect.objectContaining({ path }) }),
  );
  writeFileSync(join(folder, 'a-file'), '');
  expect(() => ControlDatabase.open(join(folder, 'a-file', 'control.db'))).toThrow(
    expect.objectContaining({ code: 'store.control_open' }),
  );
});
