import { createTables, dropTables, isStored } from '../../compile/tables.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { Shop } from '../shop.ts';
import { type FinalState, loadSetting, saveFinalState, saveSetting } from '../state.ts';
import { fingerprintOf, saveDefinitions } from './definitions.ts';

/**
 * Makes the tables of new views and drops those of views that are gone. A view whose definition changed starts anew and
 * is computed again from raw.
 *
 * Caller holds the database exclusively.
 */
export async function takeHold(shop: Shop, now: EpochMicros): Promise<void> {
  const { database } = shop;
  const definitions = { zone: shop.settings.zone, views: shop.views };
  const stored = JSON.parse((await loadSetting(database, 'views')) ?? '{}') as Record<string, string>;
  const since = JSON.parse((await loadSetting(database, 'view_since')) ?? '{}') as Record<string, number>;
  const wanted = Object.fromEntries(
    shop.views.filter(isStored).map((view) => [view.name, fingerprintOf(view, definitions)]),
  );
  const keeps = ([name]: readonly [string, unknown]): boolean =>
    wanted[name] !== undefined && stored[name] === wanted[name];
  const gone = Object.keys(stored).filter((name) => stored[name] !== wanted[name]);
  const fresh = shop.views.filter((view) => isStored(view) && stored[view.name] !== wanted[view.name]);
  const kept = Object.entries(since).filter(keeps);
  shop.since = new Map(kept);
  if (gone.length === 0 && fresh.length === 0) return;
  // A definition takes hold in an epoch of its own: what was closed of the view is open again whatever happens next,
  // and readers of its former rows are told apart from those of the new ones.
  const { epoch, frontier } = shop.final;
  const next: FinalState =
    epoch === 0 || fresh.length === 0
      ? shop.final
      : {
          ...shop.final,
          epoch: epoch + 1,
          byEnd: false,
          frontier: Object.fromEntries(Object.entries(frontier).filter(keeps)),
        };
  shop.since = new Map([...kept, ...fresh.map(({ name }) => [name, next.epoch] as const)]);
  await database.transaction(async () => {
    for (const name of gone) for (const sql of dropTables({ name })) await database.run(sql);
    for (const view of fresh) for (const sql of createTables(view, shop.context)) await database.run(sql);
    await saveSetting(database, 'views', JSON.stringify(wanted));
    await saveSetting(database, 'view_since', JSON.stringify(Object.fromEntries(shop.since)));
    await saveDefinitions(database, definitions);
    if (next !== shop.final) await saveFinalState(database, next, now);
  });
  shop.final = next;
}
