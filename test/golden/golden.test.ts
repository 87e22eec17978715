import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { formatSql } from './format-sql.ts';
import { goldenRaw } from './golden-raw.ts';
import { goldenContext, goldenSql, plainContext } from './golden-sql.ts';
import { language } from './language.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const formatted = (sql: string): string =>
  sql
    .split('\n')
    .map((line) => (line.startsWith('-- ') ? line : formatSql(line)))
    .join('\n');

/** What is compiled, by the name of its file. */
const golden: readonly (readonly [string, () => string])[] = [
  ...[...catalog, ...language].map((view) => [view.name, () => goldenSql(view, goldenContext)] as const),
  ...language.map((view) => [`${view.name}.plain`, () => goldenSql(view, plainContext)] as const),
  ['raw', goldenRaw],
];

test.each(golden)('%s is compiled as written', (name, compile) => {
  const path = `${folder}${name}.sql`;
  const sql = formatted(compile());
  // UPDATE_GOLDEN=1 writes what is compiled now: its difference is then read in review.
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, sql);
  expect(sql).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
});

test('there is a golden file for each and no other', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  expect(files).toEqual(golden.map(([name]) => `${name}.sql`).sort());
});

test.each(golden)('formatting the SQL of %s changes white space only', (_, compile) => {
  const plain = (sql: string) => sql.replaceAll(/\s+/g, '');
  expect(plain(formatted(compile()))).toBe(plain(compile()));
});
