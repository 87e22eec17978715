import { CHANGE } from '../compile/change.ts';
import { integritySql } from '../compile/integrity.ts';
import { openTable, resultTable } from '../compile/layout.ts';
import {
  CARRIED,
  type Closing,
  FRESH,
  freshRows,
  keyColumn,
  ofStrand,
  reopenSql,
  type Strand,
  sessionKind,
  strandEvents,
} from '../compile/session.ts';
import { isStored } from '../compile/tables.ts';
import { rollupRows, type Span, type WindowScope, windowRows } from '../compile/window.ts';
import type { EpochMicros } from '../core/time.ts';
import type { ViewPlan } from '../view/view.ts';
import { prepareClosing } from './close-sessions.ts';
import { crashPoint } from './crash-point.ts';
import { dirtySessions, dirtyWindows, forgetDirty } from './dirty-marks.ts';
import { calendarWindows } from './protocol/calendar.ts';
import { type Bound, closedBefore, HOLD_LIMIT, heldWindows } from './protocol/frontier.ts';
import { repairSessions } from './repair-sessions.ts';
import type { Shop, ShopSnapshot } from './shop.ts';
import type { FinalState, Frontier } from './state.ts';
import { writeFirst, writeRestated } from './write-rows.ts';

export interface FinalizeOptions {
  /** Close everything that has come in, whatever the watermark says (semantics 9). */
  readonly byEnd: boolean;
  readonly at: EpochMicros;
}

export interface FinalizeOutcome {
  readonly epoch: number;
  /** False when nothing was due or dirty: no epoch was used. */
  readonly changed: boolean;
}

/** Windows of a rollup that have to be computed again because rows of its parent changed. */
type ParentChanges = Map<string, Set<EpochMicros>>;

/**
 * The finalizer transaction (semantics 18): closes what is due at the stored watermark, recomputes what ingest marked
 * dirty, writes rows, history, markers and epoch, and consumes the marks that it read, together or not at all. Batches
 * may come in meanwhile: it sees none of them, and their marks stay for the next.
 *
 * Caller must hold a place between epochs.
 */
export async function finalize(shop: Shop, { byEnd, at }: FinalizeOptions): Promise<FinalizeOutcome> {
  const { database } = shop;
  const { beside } = database;
  if (shop.ingest.watermark === null && !byEnd) return { epoch: shop.final.epoch, changed: false };
  const snapshot = await database.betweenBatches(async () => {
    await beside.run('BEGIN');
    // DuckDB fixes what a transaction sees when it first reads.
    await beside.one('SELECT max(batch) FROM batch');
    return shop.snapshot(beside);
  });
  const work = new Finalization(snapshot, byEnd);
  const next = await beside.finish(async () => {
    crashPoint('finalize.begun');
    const state = await work.run();
    const frontier = JSON.stringify({ provisional: state.provisional, views: state.frontier });
    await beside.run(
      `INSERT INTO epoch VALUES (${state.epoch}, make_timestamp(${at}), ${state.batch}, ${state.watermark ?? 'NULL'}, ${state.byEnd}, '${frontier}')`,
    );
    crashPoint('finalize.before_commit');
    return state;
  });
  shop.final = next;
  crashPoint('finalize.committed');
  await assertVisible(snapshot, work.counts);
  return { epoch: next.epoch, changed: true };
}

class Finalization {
  private readonly shop: ShopSnapshot;
  private readonly byEnd: boolean;
  private readonly epoch: number;
  private readonly watermark: EpochMicros;
  private readonly frontier: Record<string, Frontier> = {};
  /** Rows of each view at the end of the transaction, as it saw them itself. */
  counts: ReadonlyMap<string, number> = new Map();
  private readonly parentChanges: ParentChanges = new Map();
  private readonly extent: Span | null;

  constructor(shop: ShopSnapshot, byEnd: boolean) {
    this.shop = shop;
    this.byEnd = byEnd;
    this.extent = shop.extent;
    this.epoch = shop.final.epoch + 1;
    this.watermark = shop.ingest.watermark ?? Number.NEGATIVE_INFINITY;
  }

  async run(): Promise<FinalState> {
    const { shop } = this;
    if (this.extent !== null) {
      const stored = shop.views.filter(isStored);
      for (const view of stored.filter(({ kind }) => kind.kind === 'window')) await this.closeWindows(view);
      crashPoint('finalize.windows_written');
      for (const view of stored.filter(({ kind }) => kind.kind === 'session')) await this.closeSessions(view);
      crashPoint('finalize.sessions_written');
      for (const view of stored.filter(({ kind }) => kind.kind === 'rollup')) await this.closeRollup(view);
      this.counts = await countRows(shop);
      await forgetDirty(shop);
      await sealIntake(shop, this.epoch);
    }
    const reached = Math.max(
      this.extent?.end ?? Number.NEGATIVE_INFINITY,
      shop.final.provisional ?? Number.NEGATIVE_INFINITY,
    );
    const stillAhead = Number.isFinite(reached) && Object.values(this.frontier).some(({ until }) => until <= reached);
    const provisional =
      this.byEnd || (shop.final.provisional !== null && stillAhead)
        ? Number.isFinite(reached)
          ? reached
          : null
        : null;
    return {
      epoch: this.epoch,
      batch: shop.ingest.batch,
      watermark: shop.ingest.watermark,
      byEnd: this.byEnd,
      provisional,
      frontier: this.frontier,
    };
  }

  private before(view: ViewPlan): Frontier {
    return this.shop.final.frontier[view.name] ?? { until: Number.NEGATIVE_INFINITY, held: [] };
  }

  /** Rows may be stored beyond the frontier, left by a close by end: closing has to compare. */
  private get comparing(): boolean {
    return this.shop.final.provisional !== null;
  }

  private async closeWindows(view: ViewPlan): Promise<void> {
    if (view.kind.kind !== 'window' || this.extent === null) return;
    const { windowing } = view.kind;
    const { zone } = this.shop.settings;
    const from = this.before(view).until;
    const bound: Bound = closedBefore(windowing, this.watermark, this.extent, zone);
    const until = Math.max(from, bound.until);
    const end = this.byEnd ? Number.POSITIVE_INFINITY : until;
    if (end > from) {
      const start = Math.max(from, bound.first);
      const scope: WindowScope =
        windowing.shape === 'calendar'
          ? { by: 'windows', windows: calendarWindows(start, Math.min(end, this.extent.end + 1), windowing.unit, zone) }
          : { by: 'starts', span: { start, end } };
      if (scope.by === 'starts' || scope.windows.length > 0) {
        const rows = windowRows(view, scope, this.shop.context);
        await this.write(view, rows, spanCondition({ start, end }, this.shop), 'reopened');
      }
    }
    const dirty = (await dirtyWindows(this.shop, view)).filter(({ start }) => start < from);
    if (dirty.length > 0) {
      const rows = windowRows(view, { by: 'windows', windows: dirty }, this.shop.context);
      await this.restate(
        view,
        rows,
        startsCondition(
          dirty.map(({ start }) => start),
          this.shop,
        ),
        'late',
      );
    }
    crashPoint('finalize.dirty_recomputed');
    this.frontier[view.name] = { until, held: [] };
  }

  private async closeSessions(view: ViewPlan): Promise<void> {
    const { gap } = sessionKind(view);
    const from = this.before(view).until;
    const to = Math.max(from, this.watermark - gap);
    for (const strand of this.shop.strands) {
      const dirty = await dirtySessions(this.shop, view, strand, from);
      if (dirty > 0) this.noteParents(view, await repairSessions(this.shop, view, strand, from, this.epoch));
      const bounded = { from: Math.max(from, this.extent?.start ?? 0), to: this.byEnd ? Number.POSITIVE_INFINITY : to };
      if (bounded.to > bounded.from) await this.closeStrand(view, strand, bounded);
    }
    // A close by end notes no open sessions: the next close begins where this one did, and compares.
    this.frontier[view.name] = { until: this.byEnd ? from : to, held: [] };
  }

  private async closeStrand(view: ViewPlan, strand: Strand, closing: Closing): Promise<void> {
    const { database, context } = this.shop;
    await prepareClosing(this.shop, view, strand, closing);
    const key = keyColumn(strand);
    const rows = freshRows(view, context);
    const reopened = Number((await database.one(`SELECT count(*) AS n FROM ${CARRIED} WHERE stored`))?.['n']) > 0;
    const unknown = this.comparing
      ? 'FALSE'
      : reopened
        ? `"${key}" NOT IN (SELECT k FROM ${CARRIED} WHERE stored)`
        : 'TRUE';
    const first = Number(
      (await database.one(`SELECT count(*) AS n FROM ${FRESH} WHERE NOT open AND ${unknown}`))?.['n'],
    );
    if (first > 0) {
      await writeFirst(this.shop, view, `${rows} AND ${unknown}`, this.epoch);
      this.noteParents(view, await this.reachedBack(view, strand));
    }
    if (this.comparing || reopened) {
      await this.restate(
        view,
        `${rows} AND NOT (${unknown})`,
        `${ofStrand(strand)} AND rowid IN (${this.replaced(view, strand, closing)})`,
        'reopened',
      );
      this.noteParents(view, await changedStarts(this.shop));
    }
    if (!this.byEnd) for (const sql of reopenSql(view, strand, closing, context)) await database.run(sql);
  }

  /** Stored rows that the recomputed ones stand in for: those of carried sessions, and what a close by end left. */
  private replaced(view: ViewPlan, strand: Strand, closing: Closing): string {
    const key = keyColumn(strand);
    const table = resultTable(view);
    const carried = `SELECT t.rowid FROM ${table} t JOIN ${CARRIED} c ON t."${key}" = c.k WHERE c.stored AND t.session_end >= c.start AND c.k IN (SELECT "${key}" FROM ${FRESH} WHERE NOT open)`;
    if (!this.comparing) return carried;
    const ahead = `SELECT t.rowid FROM ${table} t WHERE t.session_end >= ${this.shop.context.dialect.instant(closing.from)} AND t."${key}" IN (SELECT "${key}" FROM ${FRESH})`;
    return `${carried} UNION ${ahead}`;
  }

  /** Starts of rows just written that lie in windows which a rollup has closed already. */
  private async reachedBack(view: ViewPlan, strand: Strand): Promise<readonly EpochMicros[]> {
    const { database, context } = this.shop;
    const children = this.rollupsOf(view)
      .map((child) => this.before(child).until)
      .filter(Number.isFinite);
    if (children.length === 0) return [];
    const rows = await database.rows(
      `SELECT DISTINCT session_start AS instant FROM ${FRESH} WHERE NOT open AND ${ofStrand(strand)} AND session_start < ${context.dialect.instant(Math.max(...children))}`,
    );
    return rows.map(({ instant }) => Number(instant));
  }

  private rollupsOf(view: ViewPlan): readonly ViewPlan[] {
    return this.shop.views.filter(({ kind }) => kind.kind === 'rollup' && kind.parent === view.name);
  }

  private noteParents(view: ViewPlan, starts: readonly EpochMicros[]): void {
    const known = this.parentChanges.get(view.name) ?? new Set();
    for (const start of starts) known.add(start);
    this.parentChanges.set(view.name, known);
  }

  private async closeRollup(view: ViewPlan): Promise<void> {
    if (view.kind.kind !== 'rollup' || this.extent === null) return;
    const { windowing, parent: parentName } = view.kind;
    const parent = this.shop.view(parentName);
    if (parent === undefined) throw new Error(`${view.name} has no parent`);
    if (windowing.shape === 'calendar') throw new Error('calendar rollups do not exist yet');
    const { gap } = sessionKind(parent);
    const before = this.before(view);
    const bound = closedBefore(windowing, this.watermark - gap, this.extent, this.shop.settings.zone);
    const until = Math.max(before.until, bound.until);
    const open = this.byEnd ? [] : await this.openStarts(parent, until + windowing.size);
    // A window that was closed once stays closed: what reaches back into it restates it.
    const mayHold = (at: EpochMicros) => at >= before.until || before.held.includes(at);
    const held = heldWindows(open, until, windowing, this.watermark).filter(mayHold);
    const context = this.shop.context;
    const source = resultTable(parent);
    const end = this.byEnd ? Number.POSITIVE_INFINITY : until;
    const start = Math.max(before.until, bound.first);
    const released = before.held.filter((each) => !held.includes(each));
    if (end > start) {
      const rows = `SELECT * FROM (${rollupRows(view, { by: 'starts', span: { start, end } }, source, context)}) WHERE NOT ${startsCondition(held, this.shop)}`;
      await this.write(
        view,
        rows,
        `${spanCondition({ start, end }, this.shop)} AND NOT ${startsCondition(held, this.shop)}`,
        'reopened',
      );
    }
    const step = windowing.shape === 'sliding' ? windowing.step : windowing.size;
    const changed = [...(this.parentChanges.get(parentName) ?? [])].flatMap((at) => {
      const last = Math.floor(at / step) * step;
      return Array.from({ length: windowing.size / step }, (_, i) => last - i * step);
    });
    const again = [
      ...new Set([
        ...changed.filter((each) => each < before.until && !before.held.includes(each) && !held.includes(each)),
        ...released,
      ]),
    ];
    if (again.length > 0) {
      const windows = again.map((each) => ({ start: each, end: each + windowing.size }));
      await this.restate(
        view,
        rollupRows(view, { by: 'windows', windows }, source, context),
        startsCondition(again, this.shop),
        'late',
      );
    }
    this.frontier[view.name] = { until, held };
  }

  /**
   * Starts of open sessions before `until`. A given id is open as a whole, with a session for each of its visitors,
   * and each of them holds the window that it began in.
   */
  private async openStarts(parent: ViewPlan, until: EpochMicros): Promise<readonly EpochMicros[]> {
    const { database, context } = this.shop;
    const open = openTable(parent);
    const starts = [`SELECT start FROM ${open}`];
    const first = (await database.one(`SELECT min(start) AS instant FROM ${open} WHERE ${ofStrand('given')}`))?.[
      'instant'
    ];
    if (sessionKind(parent).byVisitor && first != null) {
      const from = context.dialect.instant(Math.max(Number(first), this.watermark - HOLD_LIMIT));
      starts.push(
        `SELECT min(event_time) FROM ${strandEvents(parent, 'given', context)} WHERE event_time >= ${from} AND event_time < ${context.dialect.instant(until)} AND k IN (SELECT session_id FROM ${open}) GROUP BY k, v`,
      );
    }
    const rows = await database.rows(`SELECT DISTINCT start FROM (${starts.join(' UNION ALL ')})`);
    return rows.map(({ start }) => Number(start));
  }

  private async write(view: ViewPlan, rows: string, condition: string, cause: string): Promise<void> {
    if (this.comparing) await this.restate(view, rows, condition, cause);
    else await writeFirst(this.shop, view, rows, this.epoch);
  }

  private async restate(view: ViewPlan, rows: string, condition: string, cause: string): Promise<void> {
    await writeRestated(this.shop, view, rows, condition, this.epoch, cause);
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

/** Session starts, old and new, of the rows that the last restatement changed. */
export async function changedStarts({ database }: ShopSnapshot): Promise<readonly EpochMicros[]> {
  const rows = await database.rows(
    `SELECT DISTINCT instant FROM (SELECT old_start AS instant FROM ${CHANGE} UNION ALL SELECT new_start FROM ${CHANGE}) WHERE instant IS NOT NULL`,
  );
  return rows.map(({ instant }) => Number(instant));
}

const spanCondition = ({ start, end }: Span, { context: { dialect } }: ShopSnapshot): string =>
  end === Number.POSITIVE_INFINITY
    ? `window_start >= ${dialect.instant(start)}`
    : `window_start >= ${dialect.instant(start)} AND window_start < ${dialect.instant(end)}`;

const startsCondition = (starts: readonly EpochMicros[], { context: { dialect } }: ShopSnapshot): string =>
  starts.length === 0 ? 'FALSE' : `window_start IN (${starts.map((start) => dialect.instant(start)).join(', ')})`;
