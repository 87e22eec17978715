import { readdirSync, readFileSync } from 'node:fs';
import { FootfallError } from '../core/errors/footfall-error.ts';
import type { Database } from './database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/**
 * Brings the database to the newest numbered migration, each in a transaction of its own; a database from a newer
 * Footfall is refused rather than guessed at.
 */
export async function migrate(database: Database): Promise<void> {
  await database.run('CREATE TABLE IF NOT EXISTS migration (number INTEGER, name VARCHAR, applied TIMESTAMP)');
  const done = Number((await database.one('SELECT coalesce(max(number), 0) AS number FROM migration'))?.['number']);
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  if (done > files.length)
    throw new FootfallError('store.version', { found: String(done), known: String(files.length) });
  for (const [index, name] of files.entries()) {
    if (index < done) continue;
    await database.transaction(async () => {
      await database.run(readFileSync(new URL(name, FOLDER), 'utf8'));
      await database.run(`INSERT INTO migration VALUES (${index + 1}, '${name}', now()::TIMESTAMP)`);
    });
  }
}
