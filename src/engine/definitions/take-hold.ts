import { createTables, dropTables, isStored } from '../../compile/tables.ts';
import type { EpochMicros } from '../../core/time.ts';
import { literalsOf } from '../../view/literals.ts';
import type { Shop } from '../shop.ts';
import { type FinalState, saveFinalState } from '../state.ts';
import { saveBeside } from './beside.ts';
import { type Definitions, differing, saveDefinitions } from './definitions.ts';
import { saveSince, sinceOf } from './since.ts';
import { dropBeside } from './stage.ts';

/**
 * Puts definitions in force at once: views that are new or changed start with empty tables, and are computed again from
 * raw when they are next closed; until then their rows are live. What was kept beside is dropped.
 *
 * Caller holds the database exclusively, is inside a transaction, and takes the result into use when it is committed.
 *
 * @returns what takes it into use in memory
 */
export async function takeHold(shop: Shop, definitions: Definitions, now: EpochMicros): Promise<() => void> {
  const { database, symbols } = shop;
  for (const text of definitions.views.flatMap(literalsOf)) symbols.idOf(text);
  const fresh = differing(definitions, shop.definitions).filter(isStored);
  const gone = differing(shop.definitions, definitions).filter(isStored);
  const stays = ([name]: readonly [string, unknown]): boolean =>
    definitions.views.some((view) => view.name === name) && !fresh.some((view) => view.name === name);
  // A definition takes hold in an epoch of its own: what was closed of the view is open again whatever happens next,
  // and readers of its former rows are told apart from those of the new ones.
  const { epoch, frontier } = shop.final;
  const same = epoch === 0 || (fresh.length === 0 && shop.beside === null);
  const next: FinalState = same
    ? shop.final
    : {
        ...shop.final,
        epoch: epoch + 1,
        byEnd: shop.final.byEnd && fresh.length === 0,
        reached: null,
        frontier: Object.fromEntries(Object.entries(frontier).filter(stays)),
      };
  const since = sinceOf([...shop.since].filter(stays), fresh, next.epoch);
  await dropBeside(shop);
  for (const { name } of [...gone, ...fresh]) for (const sql of dropTables({ name })) await database.run(sql);
  const context = shop.contextOf(definitions, definitions.views);
  for (const view of fresh) for (const sql of createTables(view, context)) await database.run(sql);
  await saveSince(database, since);
  await saveDefinitions(database, definitions);
  await saveBeside(database, null);
  if (!same) await saveFinalState(database, next, now);
  return () => {
    shop.keep(definitions, null);
    shop.since = since;
    shop.final = next;
  };
}
