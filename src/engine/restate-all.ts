import { layoutOf, resultTable, storedColumns } from '../compile/layout.ts';
import { isStored } from '../compile/tables.ts';
import type { EpochMicros } from '../core/time.ts';
import type { Session } from '../store/session.ts';
import type { ViewPlan } from '../view/view.ts';
import { crashPoint } from './crash-point.ts';
import { seenFromBeside } from './definitions/beside.ts';
import { type Sides, WHOLE } from './kinds/kind-engine.ts';
import { engineOf } from './kinds/kinds.ts';
import type { Shop, ShopSnapshot } from './shop.ts';
import { loadSetting, saveFinalState, saveSetting } from './state.ts';
import { difference, forgetRecomputed } from './verify.ts';
import { writeRestated } from './write-rows.ts';

const SETTING = 'withdrawn';

/** Notes that events were taken out of raw, and why. Inside the transaction that does. */
export const noteWithdrawn = (database: Session, cause: string): Promise<void> => saveSetting(database, SETTING, cause);

/** Why events were taken out of raw since closed rows were last compared with it; null when none were. */
export async function withdrawnCause(database: Session): Promise<string | null> {
  const stored = (await loadSetting(database, SETTING)) ?? '';
  return stored === '' ? null : stored;
}

/**
 * Compares the closed rows of every view with raw, as `verify` does, and restates those that differ: a finalizer
 * transaction for what no mark can find, slices of which nothing is left. Where nothing differs, nothing is written.
 *
 * Caller must hold a place between epochs, and have marks that count consumed.
 *
 * @returns whether any row differed
 */
export async function restateAll(shop: Shop, at: EpochMicros): Promise<boolean> {
  const { beside } = shop.database;
  const cause = shop.withdrawn ?? 'repair';
  const snapshot = await shop.begin(beside);
  const next = { ...snapshot.final, epoch: snapshot.final.epoch + 1 };
  let empty = false;
  const changed = await beside.finish(async () => {
    await forgetRecomputed(snapshot);
    let differences = 0;
    empty = (await beside.one('SELECT 1 AS found FROM raw LIMIT 1')) === undefined;
    for (const { seen, views } of closedViews(snapshot))
      for (const view of views.filter(isStored))
        for (const sides of empty ? [nothing(view)] : await engineOf(view).sides(seen, view, WHOLE))
          differences += await restateSides(seen, view, sides, next.epoch, cause);
    await forgetRecomputed(snapshot);
    if (differences > 0) await saveFinalState(beside, next, at);
    await saveSetting(beside, SETTING, '');
    crashPoint('restate.before_commit');
    return differences > 0;
  });
  shop.withdrawn = null;
  if (empty) shop.extent = null;
  if (changed) shop.final = next;
  crashPoint('restate.committed');
  shop.noteHighWater();
  return changed;
}

/** Views in force, and those kept beside them, each as far as it is closed. */
function closedViews(
  shop: ShopSnapshot,
): readonly { readonly seen: ShopSnapshot; readonly views: readonly ViewPlan[] }[] {
  const { beside, final, views } = shop;
  const inForce = { seen: shop, views };
  if (beside === null) return [inForce];
  // What has not caught up was not in any close by end.
  const reached = { ...shop, final: { ...final, byEnd: final.byEnd && final.reached === null } };
  return [inForce, { seen: seenFromBeside(reached, beside), views: beside.views }];
}

/** A shop without events has no rows. */
const nothing = (view: ViewPlan): Sides => ({
  should: `SELECT * FROM ${resultTable(view)} WHERE FALSE`,
  is: `SELECT * FROM ${resultTable(view)}`,
});

async function restateSides(
  shop: ShopSnapshot,
  view: ViewPlan,
  sides: Sides,
  epoch: number,
  cause: string,
): Promise<number> {
  if ((await difference(shop, view, sides)).differences === 0) return 0;
  const columns = storedColumns(layoutOf(view, shop.context)).join(', ');
  const rows = `SELECT ${columns}, late_events FROM (${sides.should})`;
  const stored = `hash(${columns}) IN (SELECT hash(${columns}) FROM (${sides.is}))`;
  return writeRestated(shop, view, rows, stored, epoch, cause);
}
