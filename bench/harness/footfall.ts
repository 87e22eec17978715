import { join } from 'node:path';
import type { DataSet } from './data.ts';
import { REFERENCE_SET } from './reference-set.ts';
import { type ProcessOptions, type ProcessRun, runProcess } from './run-process.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'footfall');

export interface FootfallOptions extends ProcessOptions {
  /** DuckDB's memory limit, such as `2GB`. */
  readonly memory?: string;
}

/** Runs the product as anyone would: launcher, command, exit. */
export function footfall(args: readonly string[], { memory, env, ...rest }: FootfallOptions = {}): Promise<ProcessRun> {
  const limit = memory === undefined ? {} : { FOOTFALL_MEMORY_LIMIT: memory };
  return runProcess(process.execPath, [LAUNCHER, ...args], { ...rest, env: { ...limit, ...env } });
}

/**
 * Catch-up of one file with all defaults on but the choice of views: products, then every event, then all slices
 * closed. One process.
 */
export function catchUp(data: DataSet, folder: string, options: FootfallOptions = {}): Promise<ProcessRun> {
  const args = ['replay', data.events_csv, '--data', folder, '--products', data.products_csv, '--close'];
  return footfall(args, { ...options, env: { FOOTFALL_CATALOG: REFERENCE_SET.join(','), ...options.env } });
}

/** Rows of a query, as the command line gives them. */
export async function queryRows(sql: string, folder: string): Promise<readonly Record<string, unknown>[]> {
  const { stdout } = await footfall(['query', '--sql', sql, '--data', folder, '--json']);
  return JSON.parse(stdout) as Record<string, unknown>[];
}
