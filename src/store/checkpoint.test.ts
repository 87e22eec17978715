import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkpointIfDue, tryCheckpoint } from './checkpoint.ts';
import { Database } from './database.ts';

const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a log is folded into the file when nobody else writes, and not before', async () => {
  const path = join(folder, 'shop.duckdb');
  const database = await Database.open({ path, memoryLimit: '500MB', threads: 1 });
  const log = () => statSync(`${path}.wal`, { throwIfNoEntry: false })?.size ?? 0;
  await database.run('CREATE TABLE t AS SELECT 1 AS n');
  const other = await database.connect();
  await other.run('BEGIN');
  // Rows that are only added would not hold it off.
  await other.run('UPDATE t SET n = 2');
  expect([await tryCheckpoint(database), await checkpointIfDue(database, 0)]).toEqual([false, false]);
  await other.run('COMMIT');
  expect(log()).toBeGreaterThan(0);
  expect(await checkpointIfDue(database, 1e9)).toBe(false);
  expect(await tryCheckpoint(database)).toBe(true);
  expect(log()).toBe(0);
  await database.close();
});
