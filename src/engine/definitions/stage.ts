import { createTables, dropTables } from '../../compile/tables.ts';
import type { EpochMicros } from '../../core/time.ts';
import { literalsOf } from '../../view/literals.ts';
import { crashPoint } from '../crash-point.ts';
import type { Shop } from '../shop.ts';
import { type FinalState, saveFinalState } from '../state.ts';
import { writeSymbols } from '../write-batch.ts';
import { type Beside, besideOf, isBeside, isBesideName, saveBeside } from './beside.ts';
import type { Definitions } from './definitions.ts';

/**
 * Begins to keep the rows of other definitions beside those in force, in empty tables; what was kept there before is
 * dropped. Null: nothing is kept any more.
 *
 * Caller holds the database exclusively.
 */
export async function stage(shop: Shop, definitions: Definitions | null, now: EpochMicros): Promise<void> {
  const { database, symbols } = shop;
  const beside = definitions === null ? null : besideOf('next', definitions, shop.definitions);
  for (const text of beside?.views.flatMap(literalsOf) ?? []) symbols.idOf(text);
  const next = withoutBeside(shop, beside);
  await database.transaction(async () => {
    const fresh = symbols.unsaved();
    await writeSymbols(database, fresh.first, fresh.texts);
    await dropBeside(shop);
    if (beside !== null) await createBeside(shop, beside);
    await saveBeside(database, beside);
    await saveFinalState(database, next, now);
    crashPoint('stage.before_commit');
  });
  symbols.markSaved();
  shop.keep(shop.definitions, beside);
  shop.final = next;
  shop.noteHighWater();
  crashPoint('stage.committed');
}

/** Drops what is kept beside the definitions in force, and its marks. Inside a transaction. */
export async function dropBeside({ database, beside }: Shop): Promise<void> {
  for (const view of beside?.views ?? []) for (const sql of dropTables(view)) await database.run(sql);
  for (const table of ['dirty_window', 'dirty_batch'])
    await database.run(`DELETE FROM ${table} WHERE ${isBesideName('view')}`);
}

async function createBeside(shop: Shop, { definitions, views }: Beside): Promise<void> {
  const context = shop.contextOf(definitions, [...shop.views, ...views]);
  for (const view of views) for (const sql of createTables(view, context)) await shop.database.run(sql);
}

/** An epoch in which what is beside begins before all history. */
function withoutBeside({ final, ingest, extent }: Shop, next: Beside | null): FinalState {
  const frontier = Object.fromEntries(Object.entries(final.frontier).filter(([name]) => !isBeside(name)));
  const behind = next !== null && next.views.length > 0 && extent !== null && ingest.watermark !== null;
  return { ...final, epoch: final.epoch + 1, reached: behind ? extent.start - 1 : null, frontier };
}
