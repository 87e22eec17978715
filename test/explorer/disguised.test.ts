import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Checked, checkStatement, type ParsedSql } from '../../src/explorer/check-statement.ts';
import { Explorer } from '../../src/explorer/explorer.ts';
import { SEED, SOAK } from '../engine/soak.ts';
import { DISGUISES, type Disguise } from './disguises.ts';
import { ESCAPES } from './escapes.ts';

const HARMLESS = [
  'SELECT brand FROM "brand_activity"',
  "SELECT 'a'",
  "SELECT max(date_trunc('day', DATE '2020-01-01'))",
];
const TABLES = new Set(['brand_activity']);

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => connection.closeSync());

async function check(sql: string): Promise<Checked> {
  const found = await connection.runAndReadAll(`SELECT json_serialize_sql('${sql.replaceAll("'", "''")}')`);
  return checkStatement(JSON.parse(String(found.getRows()[0]?.[0])) as ParsedSql, TABLES);
}
const fits = ({ of }: Disguise, sql: string): boolean => of === undefined || /^(SELECT|FROM|WITH)\b/.test(sql);
const all = (sqls: readonly string[]) =>
  sqls.flatMap((sql) => DISGUISES.filter((each) => fits(each, sql)).map((disguise) => ({ sql, disguise })));

test('what is harmless stays so in each disguise that leaves it a query', async () => {
  for (const { sql, disguise } of all(HARMLESS)) {
    const put = disguise.put(sql);
    expect([disguise.what, put, (await check(put)).allowed]).toEqual([disguise.what, put, disguise.harmless]);
  }
});

let disguised: readonly string[] = [];
test('what is refused is refused in every disguise', async () => {
  const refused: string[] = [];
  // What is ended by its limits is none of the check's, and what is no SQL may become some: they are tried as they are.
  for (const sql of ESCAPES) {
    const checked = await check(sql);
    if (!checked.allowed && checked.syntax !== true) refused.push(sql);
  }
  const told = { refused: 0, syntax: 0 };
  const texts = new Map(all(refused).map(({ sql, disguise }) => [disguise.put(sql), disguise.what]));
  for (const [put, what] of texts) {
    const checked = await check(put);
    expect([what, put, checked.allowed]).toEqual([what, put, false]);
    if (!checked.allowed) told[checked.syntax === true ? 'syntax' : 'refused'] += 1;
  }
  // What is no SQL at all proves little.
  expect(told.refused).toBeGreaterThan(1_000);
  disguised = [...texts.keys()];
});

test('a sample of them comes to nothing in the explorer, too', { timeout: 600_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'explorer-'));
  const explorer = new Explorer(folder, { deadline: 5_000 });
  const tables = [{ name: 'brand_activity', files: [], columns: [{ name: 'brand', type: 'VARCHAR' }] }];
  try {
    for (const sql of fc.sample(fc.constantFrom(...disguised), { numRuns: 60 * SOAK, seed: SEED })) {
      const outcome = await explorer.ask({ sql, limit: 3, mostBytes: 100, tables }).then(
        () => 'answered',
        (error: { code?: string }) => error.code,
      );
      expect([sql, outcome]).toEqual([sql, expect.toBeOneOf(['query.refused', 'query.sql'])]);
    }
    for (const path of ['/tmp/escaped.csv', '/tmp/escaped.parquet', '/tmp/escaped', '/tmp/escaped.db'])
      expect([path, existsSync(path)]).toEqual([path, false]);
  } finally {
    explorer.close();
    rmSync(folder, { recursive: true });
  }
});
