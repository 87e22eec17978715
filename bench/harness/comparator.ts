import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DataSet } from './data.ts';
import { type ProcessRun, runProcess } from './run-process.ts';

const ONESHOT = join(import.meta.dirname, '..', 'oneshot.ts');

/** The one-shot comparator, as a process of its own. Returns its stages too, in seconds. */
export async function oneShot(
  data: DataSet,
  database: string,
  memory: string,
): Promise<ProcessRun & { readonly stages: Readonly<Record<string, number>> }> {
  const paths = ['--events', data.events_csv, '--products', data.products_csv, '--database', database];
  const run = await runProcess(process.execPath, [ONESHOT, ...paths, '--memory', memory], {
    env: { UV_THREADPOOL_SIZE: '16' },
  });
  return { ...run, stages: (JSON.parse(run.stdout) as { stages: Record<string, number> }).stages };
}

/** Seconds to count the file's rows and add up its prices: what merely reading it costs. */
export async function scan(data: DataSet): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const began = performance.now();
  await connection.run(`SELECT count(*), sum(price) FROM read_csv('${data.events_csv.replaceAll("'", "''")}')`);
  const seconds = (performance.now() - began) / 1000;
  connection.closeSync();
  instance.closeSync();
  return seconds;
}
