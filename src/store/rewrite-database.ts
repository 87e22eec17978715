import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { literalText } from '../core/sql-text.ts';

const NEW = '.new';

/**
 * Copies all that a database holds into a new file: blocks that were given free, and what a block held before, stay
 * behind. Nobody else may have the file open.
 *
 * @returns path of the copy, on disk, to be put in place by `replaceDatabase`
 */
export async function copyDatabase(path: string): Promise<string> {
  const copy = `${path}${NEW}`;
  for (const old of [copy, `${copy}.wal`]) rmSync(old, { force: true });
  const instance = await DuckDBInstance.create(copy, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    await connection.run(`ATTACH ${literalText(path)} AS former (READ_ONLY)`);
    const [[fresh]] = (await connection.runAndReadAll('SELECT current_database()')).getRows() as [[string]];
    await connection.run(`COPY FROM DATABASE former TO "${fresh.replaceAll('"', '""')}"`);
    await connection.run('DETACH former');
    await connection.run('CHECKPOINT');
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  sync(copy);
  return copy;
}

/** Puts a copy in the place of its original, at once: whatever ends the process, there is the one or the other. */
export function replaceDatabase(path: string): void {
  const copy = `${path}${NEW}`;
  if (!existsSync(copy)) return;
  // All that was in the log is in the copy.
  rmSync(`${path}.wal`, { force: true });
  renameSync(copy, path);
  rmSync(`${path}.tmp`, { recursive: true, force: true });
  sync(dirname(path));
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
