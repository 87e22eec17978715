import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { ALLOWED_FUNCTIONS } from '../../src/explorer/allowed-functions.ts';

test('every function of this DuckDB was looked at: it is allowed, or on the list of those that are not', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const found = await connection.runAndReadAll('SELECT DISTINCT function_name FROM duckdb_functions() ORDER BY 1');
  const names = found.getRows().map(([name]) => String(name));
  connection.closeSync();
  const refused = new Set(
    readFileSync(new URL('./refused-functions.txt', import.meta.url), 'utf8')
      .trim()
      .split('\n'),
  );
  expect(names.filter((name) => !ALLOWED_FUNCTIONS.has(name) && !refused.has(name))).toEqual([]);
  expect([...refused].filter((name) => ALLOWED_FUNCTIONS.has(name))).toEqual([]);
  expect([...ALLOWED_FUNCTIONS, ...refused].filter((name) => !names.includes(name))).toEqual([]);
});
