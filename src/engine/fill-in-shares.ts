import type { Session } from '../store/session.ts';
import { sharesOf } from './protocol/shares.ts';

/**
 * Makes a temporary table of rows that hold lists of all events of a key: by shares of the keys, as many as fit in memory.
 *
 * @param events of all keys together
 * @param rows of the keys (`k`) that a condition picks
 */
export async function fillInShares(
  database: Session,
  table: string,
  events: number,
  rows: (share: string) => string,
): Promise<void> {
  const shares = sharesOf(events, database.memory);
  for (let share = 0; share < shares; share++) {
    const mine = rows(shares === 1 ? 'TRUE' : `hash(k) % ${shares} = ${share}`);
    await database.run(
      share === 0 ? `CREATE OR REPLACE TEMP TABLE ${table} AS ${mine}` : `INSERT INTO ${table} BY NAME ${mine}`,
    );
  }
}
