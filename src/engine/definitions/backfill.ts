import type { EpochMicros } from '../../core/time.ts';
import { crashPoint } from '../crash-point.ts';
import { besideRunOf, closeKind } from '../epoch-run.ts';
import { eventsAnHour } from '../events-an-hour.ts';
import { assertVisible, countRows } from '../finalize.ts';
import { CLOSING_ORDER } from '../kinds/kinds.ts';
import { cutClosing } from '../protocol/cut-closing.ts';
import type { Shop, ShopSnapshot } from '../shop.ts';
import { type FinalState, saveFinalState } from '../state.ts';

/** So many events are closed in one transaction, and the next epoch of the views in force waits no longer than for them. */
export const EVENTS_A_STEP = 1_000_000;

/** How far the rows beside are. */
export interface Backfilled {
  /** Event time up to which they are closed; null when nothing but the last stretch is left. */
  readonly until: EpochMicros | null;
}

/**
 * Closes the next stretch of history for the views kept beside those in force, in an epoch of its own: views in force
 * stay as they are, and ingest goes on. Where the process ends, the next step goes on after the last that was committed.
 * The last stretch is left to the finalizer (`catchUp`), which closes all views in one transaction.
 *
 * Caller must hold a place between epochs.
 */
export async function backfillStep(shop: Shop, at: EpochMicros, most = EVENTS_A_STEP): Promise<Backfilled> {
  const { beside } = shop.database;
  const snapshot = await shop.begin(beside);
  const step = await beside.finish(async () => {
    const until = await nextStretch(snapshot, most);
    if (until === null) return null;
    const next = await closeUntil(snapshot, until);
    await saveFinalState(beside, next, at);
    crashPoint('backfill.before_commit');
    return { next, counts: await countRows(snapshot) };
  });
  if (step === null) return { until: null };
  shop.final = step.next;
  crashPoint('backfill.committed');
  shop.noteHighWater();
  await assertVisible(snapshot, step.counts);
  return { until: step.next.reached };
}

/** Up to which watermark the next step closes; null where the rest is little enough for one step. */
async function nextStretch(shop: ShopSnapshot, most: number): Promise<EpochMicros | null> {
  const { reached } = shop.final;
  const { watermark } = shop.ingest;
  if (reached === null || watermark === null || watermark <= reached) return null;
  const counts = await eventsAnHour(shop, reached, watermark);
  const [first, ...more] = cutClosing(counts, { from: reached, to: watermark }, most);
  return first === undefined || more.length === 0 ? null : first.to;
}

/** Marks are left to the finalizer, which reads them for all views. */
async function closeUntil(shop: ShopSnapshot, reached: EpochMicros): Promise<FinalState> {
  const { final, extent } = shop;
  const epoch = final.epoch + 1;
  if (extent === null) throw new Error('there is no history to close');
  const run = besideRunOf({ ...shop, extent }, { byEnd: false, epoch, causes: [], reached });
  let { frontier } = final;
  for (const kind of CLOSING_ORDER) frontier = { ...frontier, ...(await closeKind([run], kind)) };
  return { ...final, epoch, reached, frontier };
}
