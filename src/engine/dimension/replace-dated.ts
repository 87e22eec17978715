import type { Shop } from '../shop.ts';

/** Rows that hold from a time on until the next of their key, each by itself: one given again replaces the former. */
export const DATED = 'dimension_new';
/** Temporary table of the rows that are new or differ: key, valid_from, attributes. */
export const CHANGED = 'dimension_changed';

/**
 * Puts the rows of `dimension_new` (key, valid_from, attributes) in the place of those of their key and time. What the
 * file leaves out stays. Inside a transaction.
 *
 * @returns how many are new or differ
 */
export async function replaceDated({ database }: Shop, kind: 'rates' | 'stock', version: number): Promise<number> {
  const known = `SELECT key, valid_from, attributes FROM dimension WHERE kind = '${kind}'`;
  await database.run(`CREATE OR REPLACE TEMP TABLE ${CHANGED} AS (FROM ${DATED} EXCEPT ${known})`);
  const changed = Number((await database.one(`SELECT count(*) AS n FROM ${CHANGED}`))?.['n']);
  if (changed === 0) return 0;
  await database.run(
    `DELETE FROM dimension WHERE kind = '${kind}' AND (key, valid_from) IN (SELECT (key, valid_from) FROM ${CHANGED})`,
  );
  await database.run(
    `INSERT INTO dimension SELECT '${kind}', key, valid_from, TIMESTAMP '9999-12-31', attributes, ${version} FROM ${CHANGED}`,
  );
  return changed;
}

/** Rows that a file had. */
export const rowsOf = async ({ database }: Shop, table: string): Promise<number> =>
  Number((await database.one(`SELECT count(*) AS n FROM ${table}`))?.['n']);

/** Keys of `dimension_changed`, each with the first time from which something else is said of it. */
export async function changedKeys(shop: Shop): Promise<readonly { readonly key: number; readonly from: number }[]> {
  const [keys = [], times = []] = await shop.database.columns(
    `SELECT key, epoch_us(min(valid_from)) AS instant FROM ${CHANGED} GROUP BY key ORDER BY key`,
  );
  return keys.map((key, i) => ({ key: shop.symbols.idOf(String(key)), from: Number(times[i]) }));
}
