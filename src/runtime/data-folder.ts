import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Longest path that the kernel takes for a unix socket, on all systems that Footfall runs on. */
const SOCKET_PATH_LIMIT = 100;

/** Where things are in a shop's data folder. */
export interface DataFolder {
  readonly path: string;
  readonly database: string;
  /** What must outlive the database. */
  readonly control: string;
  /** Control endpoint of the process that owns the database, while one runs. */
  readonly socket: string;
}

/** @example dataFolder('./footfall-data').database // '/home/me/footfall-data/footfall.duckdb' */
export function dataFolder(given: string): DataFolder {
  const path = resolve(given);
  const beside = join(path, 'footfall.sock');
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return {
    path,
    database: join(path, 'footfall.duckdb'),
    control: join(path, 'control.db'),
    socket: beside.length <= SOCKET_PATH_LIMIT ? beside : join(tmpdir(), `footfall-${name}.sock`),
  };
}

/** Whether anything was ever stored there: a database that was deleted is made anew from what lies beside it. */
export const hasShop = ({ path, database }: DataFolder): boolean =>
  existsSync(database) || existsSync(join(path, 'lake')) || existsSync(join(path, 'journal'));
