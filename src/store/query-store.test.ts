import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ControlDatabase } from './control-database.ts';
import type { AskedQuery, QueryOwner } from './query-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'footfall-queries-'));
afterAll(() => rmSync(folder, { recursive: true }));

const owner = (id: string): QueryOwner => ({ kind: 'key', id, name: id });
const asked = (sql: string): AskedQuery => ({ asked: 1, sql, seconds: 0.5, rows: 1, error: null });

test('each caller has what they asked, the latest first and no more than a bound', () => {
  const control = ControlDatabase.open(join(folder, 'bounds.db'));
  const { queries } = control;
  for (let i = 0; i < 250; i++) queries.note(owner('a'), asked(`SELECT ${i}`));
  queries.note(owner('b'), asked('SELECT 1'));
  const history = queries.history(owner('a'), 1_000);
  expect(history.map(({ sql }) => sql)).toEqual(Array.from({ length: 200 }, (_, i) => `SELECT ${249 - i}`));
  expect(queries.history(owner('b'), 10)).toEqual([asked('SELECT 1')]);
  control.close();
});

test('what is forgotten is in the file no more', () => {
  const path = join(folder, 'control.db');
  const control = ControlDatabase.open(path);
  const { queries } = control;
  const bytes = (): string => [path, `${path}-wal`].map((file) => readFileSync(file, 'latin1')).join('');
  const who = "SELECT * FROM journeys WHERE visitor = 'canary-4711'";
  queries.note(owner('a'), asked(who));
  queries.note(owner('a'), asked('SELECT 1'));
  const text = { description: '', owner: owner('a'), created: 1, changed: 1 };
  queries.save({ name: 'hers', sql: who, ...text });
  queries.save({ name: 'all', sql: 'SELECT 1', ...text });
  expect(bytes()).toContain('canary-4711');
  queries.forget((each) => each.includes('canary-4711'));
  expect(bytes()).not.toContain('canary-4711');
  expect(queries.history(owner('a'), 10).map(({ sql }) => sql)).toEqual(['SELECT 1']);
  expect(queries.saved().map(({ name }) => name)).toEqual(['all']);
  control.close();
});
