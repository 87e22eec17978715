import { historyTable } from '../../compile/layout.ts';
import { isStored } from '../../compile/tables.ts';
import { crashPoint } from '../crash-point.ts';
import { keptViews } from '../definitions/beside.ts';
import { beginGeneration } from '../generation.ts';
import type { Shop } from '../shop.ts';
import { saveSetting } from '../state.ts';

/**
 * Drops the former images that an erasure left, and begins a generation: who reads changes takes a snapshot, and is never
 * told of rows that are nobody's any more. Caller holds the database exclusively, with closed rows settled.
 */
export async function scrubHistory(shop: Shop): Promise<void> {
  const { database } = shop;
  await database.transaction(async () => {
    for (const view of keptViews(shop).filter(isStored))
      await database.run(`DELETE FROM ${historyTable(view)} WHERE contains(cause, 'erasure')`);
    await saveSetting(database, 'rewrite', '');
  });
  await beginGeneration(shop);
  crashPoint('erase.scrubbed');
}
