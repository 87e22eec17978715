import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { literalText } from '../core/sql-text.ts';
import type { Session } from './session.ts';

const NEW = '.new';

/**
 * Copies all that a database holds into a new file beside it: blocks that were given free, and what a block held before,
 * stay behind. Nobody else may write meanwhile.
 *
 * @returns path of the copy, on disk, to be put in place by `replaceBy`
 */
export async function copyInto(database: Session, path: string): Promise<string> {
  const copy = `${path}${NEW}`;
  for (const old of [copy, `${copy}.wal`]) rmSync(old, { force: true });
  const mine = String((await database.one('SELECT current_database() AS name'))?.['name']).replaceAll('"', '""');
  await database.run(`ATTACH ${literalText(copy)} AS "~new"`);
  try {
    await database.run(`COPY FROM DATABASE "${mine}" TO "~new"`);
    await database.run('CHECKPOINT "~new"');
  } finally {
    await database.run('DETACH "~new"');
  }
  sync(copy);
  return copy;
}

/**
 * Puts a copy in the place of its original, at once: whatever ends the process, there is the one or the other. Nobody may
 * have the original open.
 */
export function replaceBy(copy: string, path: string): void {
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
