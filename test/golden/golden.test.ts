import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { formatSql } from './format-sql.ts';
import { goldenSql } from './golden-sql.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const formatted = (sql: string): string =>
  sql
    .split('\n')
    .map((line) => (line.startsWith('-- ') ? line : formatSql(line)))
    .join('\n');

test.each(catalog.map((view) => [view.name, view] as const))('%s is compiled as written', (name, view) => {
  const path = `${folder}${name}.sql`;
  const sql = formatted(goldenSql(view));
  // UPDATE_GOLDEN=1 writes what is compiled now: its difference is then read in review.
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, sql);
  expect(sql).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
});

test('there is a golden file for each view of the catalog and no other', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  expect(files).toEqual(catalog.map(({ name }) => `${name}.sql`).sort());
});

test.each(catalog.map((view) => [view.name, view] as const))(
  'formatting the SQL of %s changes white space only',
  (_, view) => {
    const plain = (sql: string) => sql.replaceAll(/\s+/g, '');
    expect(plain(formatted(goldenSql(view)))).toBe(plain(goldenSql(view)));
  },
);
