import { integritySql } from '../compile/integrity.ts';
import { resultTable } from '../compile/layout.ts';
import { isStored } from '../compile/tables.ts';
import type { EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { crashPoint } from './crash-point.ts';
import { forgetDirty, markCauses } from './dirty-marks.ts';
import { allClosed, type FinalizerRun, NOT_CLOSED } from './kinds/kind-engine.ts';
import { CLOSING_ORDER, engineOf } from './kinds/kinds.ts';
import { provisionalAfter } from './protocol/frontier.ts';
import type { Shop, ShopSnapshot } from './shop.ts';
import { type FinalState, type Frontier, saveFinalState } from './state.ts';
import { writeFirst, writeRestated } from './write-rows.ts';

/**
 * What is closed beyond what the watermark has passed: nothing; everything, because no more input will come
 * (semantics 9); or everything only where that was done already, and nothing has come in since.
 */
export type Closing = boolean | 'as before';

export interface FinalizeOptions {
  readonly byEnd: Closing;
  readonly at: EpochMicros;
}

export interface FinalizeOutcome {
  readonly epoch: number;
  /** False when nothing was due or dirty: no epoch was used. */
  readonly changed: boolean;
}

/**
 * The finalizer transaction (semantics 18): closes what is due at the stored watermark, recomputes what ingest marked
 * dirty, writes rows, history, markers and epoch, and consumes the marks that it read, together or not at all. Batches
 * may come in meanwhile: it sees none of them, and their marks stay for the next.
 *
 * Caller must hold a place between epochs.
 */
export async function finalize(shop: Shop, { byEnd: closing, at }: FinalizeOptions): Promise<FinalizeOutcome> {
  const { beside } = shop.database;
  if (shop.ingest.watermark === null && (closing === false || (closing === 'as before' && !allClosed(shop))))
    return { epoch: shop.final.epoch, changed: false };
  const snapshot = await shop.begin(beside);
  const byEnd = closing === 'as before' ? allClosed(snapshot) : closing;
  const { next, counts } = await beside.finish(async () => {
    crashPoint('finalize.begun');
    const epoch = await closeAll(snapshot, byEnd);
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
  /** Rows of each view at the end of the transaction, as it saw them itself. */
  readonly counts: ReadonlyMap<string, number>;
}

async function closeAll(shop: ShopSnapshot, byEnd: boolean): Promise<ClosedEpoch> {
  const { ingest, final, extent } = shop;
  const epoch = final.epoch + 1;
  const frontier: Record<string, Frontier> = {};
  let counts: ReadonlyMap<string, number> = new Map();
  if (extent !== null) {
    const run = new EpochRun({ ...shop, extent }, byEnd, epoch, await markCauses(shop));
    for (const kind of CLOSING_ORDER) {
      for (const view of shop.views.filter((each) => each.kind.kind === kind))
        frontier[view.name] = await engineOf(view).close(run, view);
      if (kind === 'window') crashPoint('finalize.windows_written');
      if (kind === 'session') crashPoint('finalize.sessions_written');
    }
    counts = await countRows(shop);
    await forgetDirty(shop);
    await sealIntake(shop, epoch);
  }
  const provisional = provisionalAfter(byEnd, final.provisional, extent?.end ?? null, Object.values(frontier));
  const { batch, watermark } = ingest;
  return { next: { epoch, batch, watermark, byEnd, provisional, frontier }, counts };
}

class EpochRun implements FinalizerRun {
  readonly shop: ShopSnapshot;
  readonly byEnd: boolean;
  readonly epoch: number;
  readonly cause: string;
  readonly reopened: string;
  readonly watermark: EpochMicros;
  readonly extent: FinalizerRun['extent'];
  readonly comparing: boolean;
  private readonly changes = new Map<string, Set<EpochMicros>>();

  constructor(
    shop: ShopSnapshot & Pick<FinalizerRun, 'extent'>,
    byEnd: boolean,
    epoch: number,
    causes: readonly string[],
  ) {
    this.shop = shop;
    this.byEnd = byEnd;
    this.epoch = epoch;
    this.cause = causes.length === 0 ? 'late' : causes.join(' and ');
    const facts = causes.filter((cause) => cause !== 'late' && cause !== 'load');
    this.reopened = facts.length === 0 ? 'reopened' : facts.join(' and ');
    this.watermark = shop.ingest.watermark ?? Number.NEGATIVE_INFINITY;
    this.extent = shop.extent;
    this.comparing = shop.final.provisional !== null;
  }

  before(view: ViewPlan): Frontier {
    return this.shop.final.frontier[view.name] ?? NOT_CLOSED;
  }

  async write(view: ViewPlan, rows: string, condition: string, cause: string): Promise<void> {
    if (this.comparing) await this.restate(view, rows, condition, cause);
    else await writeFirst(this.shop, view, rows, this.epoch);
  }

  restate(view: ViewPlan, rows: string, condition: string, cause: string): Promise<number> {
    return writeRestated(this.shop, view, rows, condition, this.epoch, cause);
  }

  noteChanges(view: ViewPlan, times: readonly EpochMicros[]): void {
    const known = this.changes.get(view.name) ?? new Set();
    for (const time of times) known.add(time);
    this.changes.set(view.name, known);
  }

  changesOf(view: string): readonly EpochMicros[] {
    return [...(this.changes.get(view) ?? [])];
  }
}

async function countRows({ database, views }: ShopSnapshot): Promise<ReadonlyMap<string, number>> {
  const counts = views
    .filter(isStored)
    .map((view) => `SELECT '${view.name}' AS view, count(*) AS n FROM ${resultTable(view)}`);
  const rows = await database.rows(counts.join(' UNION ALL '));
  return new Map(rows.map((row) => [String(row['view']), Number(row['n'])]));
}

/** What the transaction saw must be there after it: a checkpoint heals the one known case where it is not. */
async function assertVisible(shop: ShopSnapshot, before: ReadonlyMap<string, number>): Promise<void> {
  const differ = async () => {
    const now = await countRows(shop);
    return [...before].filter(([view, count]) => now.get(view) !== count);
  };
  if ((await differ()).length === 0) return;
  await shop.database.run('CHECKPOINT');
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
