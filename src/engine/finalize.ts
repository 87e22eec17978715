import { setTimeout as sleep } from 'node:timers/promises';
import { integritySql } from '../compile/integrity.ts';
import { resultTable } from '../compile/layout.ts';
import { isStored } from '../compile/tables.ts';
import type { EpochMicros, Millis } from '../core/time.ts';
import { tryCheckpoint } from '../store/checkpoint.ts';
import { crashPoint } from './crash-point.ts';
import { keptViews } from './definitions/beside.ts';
import { forgetDirty, markCauses } from './dirty-marks.ts';
import { closeKind, runsOf } from './epoch-run.ts';
import { allClosed } from './kinds/kind-engine.ts';
import { CLOSING_ORDER } from './kinds/kinds.ts';
import { provisionalAfter } from './protocol/frontier.ts';
import type { Shop, ShopSnapshot } from './shop.ts';
import { type FinalState, type Frontier, saveFinalState } from './state.ts';

/**
 * What is closed beyond what the watermark has passed: nothing; everything, because no more input will come
 * (semantics, "Time and finality"); or everything only where that was done already, and nothing has come in since.
 */
export type Closing = boolean | 'as before';

export interface FinalizeOptions {
  readonly byEnd: Closing;
  /** Views kept beside those in force are closed as far as these, however far behind they are. */
  readonly catchUp?: boolean;
  readonly at: EpochMicros;
}

export interface FinalizeOutcome {
  readonly epoch: number;
  /** False when nothing was due or dirty: no epoch was used. */
  readonly changed: boolean;
}

/**
 * The finalizer transaction (semantics, "Transactions"): closes what is due at the stored watermark, recomputes what
 * ingest marked dirty, writes rows, history, markers and epoch, and consumes the marks that it read, together or not at
 * all. Batches may come in meanwhile: it sees none of them, and their marks stay for the next.
 *
 * Caller must hold a place between epochs.
 */
export async function finalize(
  shop: Shop,
  { byEnd: closing, catchUp = false, at }: FinalizeOptions,
): Promise<FinalizeOutcome> {
  const { beside } = shop.database;
  if (shop.ingest.watermark === null && (closing === false || (closing === 'as before' && !allClosed(shop))))
    return { epoch: shop.final.epoch, changed: false };
  const snapshot = await shop.begin(beside);
  const byEnd = closing === 'as before' ? allClosed(snapshot) : closing;
  const { next, counts } = await beside.finish(async () => {
    crashPoint('finalize.begun');
    const epoch = await closeAll(snapshot, byEnd, catchUp);
    await saveFinalState(beside, epoch.next, at);
    crashPoint('finalize.before_commit');
    return epoch;
  });
  shop.final = next;
  crashPoint('finalize.committed');
  shop.noteHighWater();
  await assertVisible(snapshot, counts);
  return { epoch: next.epoch, changed: true };
}

interface ClosedEpoch {
  readonly next: FinalState;
  readonly counts: RowCounts;
}

async function closeAll(shop: ShopSnapshot, byEnd: boolean, catchUp: boolean): Promise<ClosedEpoch> {
  const { ingest, final, extent } = shop;
  const epoch = final.epoch + 1;
  const reached = catchUp ? null : final.reached;
  let frontier: Readonly<Record<string, Frontier>> = {};
  let counts: RowCounts = new Map();
  if (extent !== null) {
    const runs = runsOf({ ...shop, extent }, { byEnd, epoch, causes: await markCauses(shop), reached });
    for (const kind of CLOSING_ORDER) {
      frontier = { ...frontier, ...(await closeKind(runs, kind)) };
      if (kind === 'window') crashPoint('finalize.windows_written');
      if (kind === 'session') crashPoint('finalize.sessions_written');
    }
    counts = await countRows(shop);
    await forgetDirty(shop);
    await sealIntake(shop, epoch);
  }
  const pacing = Object.entries(frontier).filter(([name]) => reached === null || shop.view(name) !== undefined);
  const bounds = pacing.map(([, each]) => each);
  const provisional = provisionalAfter(byEnd, final.provisional, extent?.end ?? null, bounds);
  const { batch, watermark } = ingest;
  return { next: { epoch, batch, watermark, byEnd, provisional, reached, frontier }, counts };
}

/** Rows of each view at the end of a transaction, as it saw them itself. */
export type RowCounts = ReadonlyMap<string, number>;

export async function countRows(shop: ShopSnapshot): Promise<RowCounts> {
  const counts = keptViews(shop)
    .filter(isStored)
    .map((view) => `SELECT '${view.name}' AS view, count(*) AS n FROM ${resultTable(view)}`);
  if (counts.length === 0) return new Map();
  const rows = await shop.database.rows(counts.join(' UNION ALL '));
  return new Map(rows.map((row) => [String(row['view']), Number(row['n'])]));
}

const MOST_TRIES = 200;
const BETWEEN_TRIES: Millis = 20;

/** What the transaction saw must be there after it: a checkpoint heals the one known case where it is not. */
export async function assertVisible(shop: ShopSnapshot, before: RowCounts): Promise<void> {
  const differ = async () => {
    const now = await countRows(shop);
    return [...before].filter(([view, count]) => now.get(view) !== count);
  };
  if ((await differ()).length === 0) return;
  // Batches that come in meanwhile hold it off for a moment.
  for (let tries = 1; !(await tryCheckpoint(shop.database)); tries += 1) {
    if (tries === MOST_TRIES) throw new Error('rows vanished with a commit, and others write without a pause');
    await sleep(BETWEEN_TRIES);
  }
  const lost = await differ();
  if (lost.length > 0) throw new Error(`rows of ${lost.map(([view]) => view).join(', ')} vanished with the commit`);
}

/** Notes count and hash of the events that came since the last epoch, so that nothing can change unseen later. */
async function sealIntake({ database, ingest }: ShopSnapshot, epoch: number): Promise<void> {
  const done = Number((await database.one('SELECT coalesce(max(last_seq), 0) AS seq FROM intake'))?.['seq']);
  const last = ingest.nextSeq - 1;
  if (last <= done) return;
  const sums = integritySql('raw', `seq > ${done} AND seq <= ${last}`);
  await database.run(`INSERT INTO intake SELECT ${epoch}, ${last}, part, day, events, h0, h1 FROM (${sums})`);
}
