import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { literalText } from '../../src/core/sql-text.ts';
import { lineOf } from '../../src/runtime/export/export-rows.ts';
import { linesSql } from '../../src/runtime/export/lines-sql.ts';
import { Database } from '../../src/store/database.ts';
import { SEED } from '../engine/soak.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '=1+1',
    "'=x",
    '＝1',
    '\r',
    'a,b',
    '"',
    'two\nlines',
    '😀',
    'NULL',
    "''@",
    '\u2028',
    '\\',
    '\u0001',
  ),
);
const literal = (value: string | null): string => (value === null ? 'NULL' : literalText(value));
const row = fc.tuple(
  fc.option(text),
  fc.option(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })),
  fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  fc.option(fc.integer({ min: -1e12, max: 1e12 }).map((n) => (n / 10_000).toFixed(4))),
  fc.option(fc.boolean()),
  fc.option(fc.integer({ min: 0, max: 4e12 }).map((millis) => millis * 1000 + 7)),
  fc.option(fc.array(fc.option(text), { maxLength: 3 })),
);

test('lines of SQL are those of plain code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-lines-'));
  const session = await Database.open({ path: join(folder, 'x.duckdb'), memoryLimit: '200MB', threads: 1 });
  const columns = ['s VARCHAR', 'n BIGINT', 'x DOUBLE', 'm DECIMAL(18,4)', 'b BOOLEAN', 't TIMESTAMP', 'l VARCHAR[]'];
  await session.run(`CREATE TABLE rows (i INTEGER, ${columns.join(', ')})`);
  const rows = fc.sample(row, { seed: SEED, numRuns: 400 });
  const values = rows.map(
    ([s, n, x, m, b, t, l], i) =>
      `(${i}, ${literal(s)}, ${n}, ${x === null ? null : `${literalText(String(x))}::DOUBLE`}, ${m}, ${b}, ${t === null ? null : `make_timestamp(${t})`}, ${l === null ? null : `[${l.map(literal).join(', ')}]::VARCHAR[]`})`,
  );
  await session.run(`INSERT INTO rows VALUES ${values.join(', ')}`);
  const sql = 'SELECT * EXCLUDE (i) FROM rows ORDER BY i';
  const stream = await session.stream(sql);
  const told = [];
  for await (const block of stream.blocks) told.push(...block);
  expect(told).toHaveLength(400);
  for (const as of ['csv', 'ndjson'] as const) {
    const lines = await session.rows(linesSql(as, sql, stream.columns) ?? '');
    const line = lineOf(as, stream.columns);
    // A double may be written in another way and be the same number, and so may a character that JSON escapes.
    const number = (written: string): string =>
      written
        .replace(/\\u[0-9a-f]{4}/gi, (each) => each.toLowerCase())
        .replace(/-?\d+(\.\d+)?(e[+-]?\d+)?/g, (each) => String(Number(each)));
    expect(lines.map((each) => number(String(each['line'])))).toEqual(told.map((each) => number(line(each))));
    if (as === 'ndjson')
      expect(lines.map((each) => JSON.parse(String(each['line'])))).toEqual(told.map((each) => JSON.parse(line(each))));
  }
  await session.close();
  rmSync(folder, { recursive: true });
});

test('what only plain code can say is left to it', () => {
  expect(linesSql('csv', 'SELECT 1', [{ name: 'a', type: 'STRUCT(a INTEGER)[]' }])).toBe(null);
  expect(linesSql('csv', 'SELECT 1', [{ name: 'a', type: 'TIMESTAMP[]' }])).toBe(null);
});
