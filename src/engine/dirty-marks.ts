import { openTable, resultTable } from '../compile/layout.ts';
import { keyColumn, ofStrand, type Strand, sessionKind } from '../compile/session.ts';
import type { Span } from '../compile/window.ts';
import { days, type EpochMicros, type Micros } from '../core/time.ts';
import { cutOf } from '../view/kind.ts';
import type { ViewPlan } from '../view/view.ts';
import { keptViews } from './definitions/beside.ts';
import type { CalendarWindow } from './protocol/calendar.ts';
import { loadBounds } from './protocol/load.ts';
import type { ShopSnapshot } from './shop.ts';

/** Temporary table of the session keys to look at again: k, and the earliest time from which their events matter. */
export const DIRTY = 'session_dirty';

/** Batches whose events of a span may change what was closed. */
export interface MarkedBatches {
  /** Sorted; at least one. */
  readonly batches: readonly number[];
  readonly span: Span;
}

/**
 * Batches that are marked for a view, with the span of their events before `until`; undefined when there are none.
 * @param which `ripe`: marks that count now; `all`: also those that wait for their load
 */
export async function markedBatches(
  shop: ShopSnapshot,
  view: ViewPlan,
  until: EpochMicros,
  which: 'ripe' | 'all',
): Promise<MarkedBatches | undefined> {
  const counts = which === 'ripe' ? batchMarksRipe(shop) : 'TRUE';
  const marks = await shop.database.rows(
    `SELECT batch, min(first_time) AS first, max(last_time) AS last FROM dirty_batch WHERE view = '${view.name}' AND ${counts} GROUP BY batch ORDER BY batch`,
  );
  if (marks.length === 0) return undefined;
  const start = Math.min(...marks.map(({ first }) => Number(first)));
  const end = Math.min(until, Math.max(...marks.map(({ last }) => Number(last))) + 1);
  return end <= start ? undefined : { batches: marks.map(({ batch }) => Number(batch)), span: { start, end } };
}

/** What rows of raw of these batches are found by: the range first, which whole blocks are skipped by. */
export const ofBatches = ({ batches }: MarkedBatches): readonly string[] => [
  `batch BETWEEN ${batches[0]} AND ${batches.at(-1)}`,
  `batch IN (${batches.join(', ')})`,
];

/** Windows that ingest marked for a view. */
export async function dirtyWindows(shop: ShopSnapshot, view: ViewPlan): Promise<readonly CalendarWindow[]> {
  const rows = await shop.database.rows(
    `SELECT DISTINCT window_start AS start, window_end AS "end" FROM dirty_window WHERE view = '${view.name}' AND ${ripe(shop, windowDue(shop))} ORDER BY 1`,
  );
  return rows.map((row) => ({ start: Number(row['start']), end: Number(row['end']) }));
}

/**
 * Fills `session_dirty` with the keys of a strand that have a marked event less than a gap after the frontier: it may
 * belong to a session that was closed. Later ones are closed in the ordinary way. `lo` reaches back to the start of whatever stored or open session the event may belong to.
 *
 * @returns how many keys there are
 */
export async function dirtySessions(
  shop: ShopSnapshot,
  view: ViewPlan,
  strand: Strand,
  frontier: EpochMicros,
): Promise<number> {
  if (!Number.isFinite(frontier)) return 0;
  const { database, context } = shop;
  const key = keyColumn(strand);
  const { dialect } = context;
  const { gap } = sessionKind(view);
  const reach =
    strand === 'given' && !sessionKind(view).split ? 'TRUE' : `r.session_end >= d.instant - to_microseconds(${gap})`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${DIRTY} AS WITH d AS MATERIALIZED (SELECT "${key}" AS k, min(event_time) AS instant FROM dirty_session WHERE ${ofStrand(strand)} AND "${key}" IS NOT NULL AND event_time < ${dialect.instant(frontier + gap)} AND ${ripe(shop, `epoch_us(event_time) + ${gap}`)} GROUP BY 1), r AS (SELECT d.k, min(r.session_start) AS start FROM ${resultTable(view)} r JOIN d ON r."${key}" = d.k WHERE ${ofStrand(strand)} AND ${reach} GROUP BY 1) SELECT d.k, least(d.instant, r.start, o.start) AS lo FROM d LEFT JOIN r USING (k) LEFT JOIN (SELECT "${key}" AS k, start FROM ${openTable(view)} WHERE ${ofStrand(strand)}) o USING (k)`,
  );
  return Number((await database.one(`SELECT count(*) AS n FROM ${DIRTY}`))?.['n']);
}

/** Why slices are to be computed again now: causes of the marks that count, sorted. */
export async function markCauses(shop: ShopSnapshot): Promise<readonly string[]> {
  const gap = longestGap(shop);
  const rows = await shop.database.rows(
    `SELECT DISTINCT cause FROM (SELECT cause FROM dirty_window WHERE ${ripe(shop, windowDue(shop))} UNION ALL SELECT cause FROM dirty_session WHERE ${ripe(shop, `epoch_us(event_time) + ${gap}`)} UNION ALL SELECT cause FROM dirty_key WHERE ${keyMarksRipe(shop)} UNION ALL SELECT cause FROM dirty_batch WHERE ${batchMarksRipe(shop)}) ORDER BY 1`,
  );
  return rows.map(({ cause }) => String(cause));
}

/** Whether facts that acted wait for closed rows to follow; what events mark is left to the next finalizer run. */
export async function factMarksWait(shop: Pick<ShopSnapshot, 'database'>): Promise<boolean> {
  const marks = ['dirty_window', 'dirty_session', 'dirty_key', 'dirty_batch'].map(
    (table) => `EXISTS (FROM ${table} WHERE cause NOT IN ('late', 'load'))`,
  );
  return (await shop.database.one(`SELECT ${marks.join(' OR ')} AS waiting`))?.['waiting'] === true;
}

/** A story has no end: what a load brings into it counts once the load has reached the frontier. */
export const keyMarksRipe = (shop: ShopSnapshot): string => ripe(shop, String(shop.ingest.watermark ?? 0));

/** What an event of a cart changes is due so long after it as the cart can be recovered; others are compared with it for days. */
function batchMarksRipe(shop: ShopSnapshot): string {
  const within = keptViews(shop).flatMap(({ name, kind }) => {
    if (kind.kind === 'absence') return [`WHEN '${name}' THEN ${kind.within}`];
    return kind.kind === 'anomaly' ? [`WHEN '${name}' THEN ${days(kind.days + 2)}`] : [];
  });
  return ripe(shop, within.length === 0 ? 'last_time' : `last_time + CASE view ${within.join(' ')} ELSE 0 END`);
}

const longestGap = (shop: ShopSnapshot): Micros =>
  Math.max(0, ...keptViews(shop).flatMap(({ kind }) => (kind.kind === 'session' ? [kind.gap] : [])));

/** When the window of a mark is due: where others may follow its events, so much after its end. */
function windowDue(shop: ShopSnapshot): string {
  const reaching = keptViews(shop).flatMap(({ name, kind }) => {
    const reach = cutOf(kind)?.reach ?? 0;
    return reach === 0 ? [] : [`WHEN '${name}' THEN ${reach}`];
  });
  return reaching.length === 0 ? 'window_end' : `window_end + CASE view ${reaching.join(' ')} ELSE 0 END`;
}

/**
 * Marks of a load count once its own clock has passed the slice's due time; all others at once (semantics, "Time and
 * finality").
 */
function ripe({ ingest, settings }: ShopSnapshot, due: string): string {
  const bounds = [...loadBounds(ingest.progress.values(), settings.lateness)].filter(
    ([, bound]) => bound !== Number.POSITIVE_INFINITY,
  );
  const waiting = bounds.map(([load, bound]) => `(load = ${load} AND ${due} > ${Number.isFinite(bound) ? bound : 0})`);
  return waiting.length === 0 ? 'TRUE' : `NOT coalesce(${waiting.join(' OR ')}, FALSE)`;
}

/** Consumes the marks that counted: the finalizer's own transaction read them, and no other may write between. */
export async function forgetDirty(shop: ShopSnapshot): Promise<void> {
  const gap = longestGap(shop);
  await shop.database.run(`DELETE FROM dirty_window WHERE ${ripe(shop, windowDue(shop))}`);
  await shop.database.run(`DELETE FROM dirty_session WHERE ${ripe(shop, `epoch_us(event_time) + ${gap}`)}`);
  await shop.database.run(`DELETE FROM dirty_key WHERE ${keyMarksRipe(shop)}`);
  await shop.database.run(`DELETE FROM dirty_batch WHERE ${batchMarksRipe(shop)}`);
}
