import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { hours, seconds, TIME_FROM, TIME_UNTIL } from '../../../core/time.ts';
import { duckdb } from './duckdb.ts';

test('every time that an event may have falls in a bucket of any size that begins at or before it', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const times = [TIME_FROM, Date.UTC(2038, 0, 19, 3, 14, 8) * 1000, TIME_UNTIL - 1];
  for (const size of [1, 1000, seconds(1), 3_379_840, seconds(3.5), seconds(10), hours(1)]) {
    for (const time of times) {
      const at = duckdb.instant(time);
      const start = duckdb.bucketTime(duckdb.bucket(at, size), size);
      const [row] = (await connection.runAndReadAll(`SELECT epoch_us(${start}) AS start`)).getRowObjects();
      expect(Number(row?.['start']), `size ${size} at ${time}`).toBe(Math.floor(time / size) * size);
    }
  }
});
