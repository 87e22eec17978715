import type { DatabaseSync } from 'node:sqlite';

/**
 * Changes what must not be taken back by a power failure, such as the end of a key. All else in `control.db` may lose
 * its last moments, and is not waited for.
 */
export function durably<T>(database: DatabaseSync, change: () => T): T {
  database.exec('PRAGMA synchronous = FULL');
  try {
    return change();
  } finally {
    database.exec('PRAGMA synchronous = NORMAL');
  }
}

/** Changes all of it, or nothing. */
export function atomically<T>(database: DatabaseSync, change: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = change();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/** Both. */
export const together = <T>(database: DatabaseSync, change: () => T): T =>
  durably(database, () => atomically(database, change));
