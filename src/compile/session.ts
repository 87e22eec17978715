import { literalText } from '../core/sql-text.ts';
import type { EpochMicros } from '../core/time.ts';
import type { SessionKind } from '../view/kind.ts';
import type { ViewPlan } from '../view/view.ts';
import { type CompileContext, eventScope, visitorSql, visitorWidth } from './context.ts';
import { compileWhere } from './expression.ts';
import { inOrder } from './in-order.ts';
import { aggregatesOf, layoutOf, openTable, resultTable, storedColumns } from './layout.ts';

/**
 * The two ways in which events belong together: by a given session id, or, without one, by visitor and gap.
 * Each has sessions of its own and is computed by itself.
 */
export type Strand = 'given' | 'gap';
export const STRANDS: readonly Strand[] = ['given', 'gap'];

export const sessionKind = (view: ViewPlan): SessionKind => {
  if (view.kind.kind !== 'session') throw new Error(`${view.name} is not a session view`);
  return view.kind;
};

/** True when sessions of the strand are cut wherever the gap is exceeded. */
const isSplit = (view: ViewPlan, strand: Strand): boolean => strand === 'gap' || sessionKind(view).split;

/** The stored column that holds a strand's key. */
export const keyColumn = (strand: Strand): 'session_id' | 'visitor' => (strand === 'given' ? 'session_id' : 'visitor');

/** Stored rows or open sessions of one strand. */
export const ofStrand = (strand: Strand): string =>
  strand === 'given' ? 'session_id IS NOT NULL' : 'session_id IS NULL';

/** Events of a strand as `k` (the key), `v` (the visitor) and the columns of raw. */
export function strandEvents(view: ViewPlan, strand: Strand, context: CompileContext): string {
  const where = compileWhere(view.where, eventScope(context), context);
  const visitor = visitorSql(context.widths);
  return strand === 'given'
    ? `(SELECT session_id AS k, ${visitor} AS v, * FROM raw WHERE session_id IS NOT NULL AND ${where})`
    : `(SELECT ${visitor} AS k, ${visitor} AS v, * FROM raw WHERE session_id IS NULL AND ${visitor} IS NOT NULL AND ${where})`;
}

/**
 * Rows of sessions over `events` (k, v and the columns of raw), which must hold whole sessions: the stored columns
 * and `late_events`.
 *
 * Sessions that span less than the gap, nearly all, are one plain group; only wider ones are looked through for gaps.
 */
export function sessionRows(view: ViewPlan, strand: Strand, events: string, context: CompileContext): string {
  const layout = layoutOf(view, context);
  const kind = sessionKind(view);
  const { dialect } = context;
  const byVisitor = kind.byVisitor && strand === 'given';
  const aggregates = aggregatesOf(layout, context);
  const grouped = (from: string, extra: readonly string[]) =>
    `SELECT ${[
      'k',
      ...(byVisitor ? ['v'] : []),
      ...extra,
      'min(event_time) AS session_start',
      'max(event_time) AS session_end',
      ...aggregates,
      `${dialect.countIf('late')} AS late_events`,
    ].join(', ')} FROM ${from} GROUP BY ${['k', ...(byVisitor ? ['v'] : []), ...extra].join(', ')}`;
  const finished = layout.states.map(({ name, finish }) => (finish === name ? `"${name}"` : `${finish} AS "${name}"`));
  const width = visitorWidth(context.widths);
  const ids =
    strand === 'given'
      ? ['k AS session_id', `${byVisitor ? 'v' : `NULL::${width}`} AS visitor`]
      : [`NULL::${context.widths.session_id} AS session_id`, 'k AS visitor'];
  const finish = (from: string) =>
    `SELECT ${[...ids, 'session_start', 'session_end', ...finished, 'late_events'].join(', ')} FROM ${inOrder(from, layout.carried, context)}`;
  if (!isSplit(view, strand))
    return finish(`(${grouped(byVisitor && context.orphans ? adopted(events) : events, [])})`);
  const wide = `${dialect.elapsed('session_start', 'session_end')} > ${kind.gap}`;
  const cut = `(SELECT *, sum(CASE WHEN ${dialect.elapsed('before', 'event_time')} > ${kind.gap} THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run FROM (SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before FROM ${events} WHERE k IN (SELECT k FROM whole WHERE ${wide})))`;
  return `WITH whole AS MATERIALIZED (${grouped(events, [])}), runs AS (${grouped(cut, ['run'])}) ${finish(`(SELECT * FROM whole WHERE NOT ${wide} UNION ALL SELECT * EXCLUDE (run) FROM runs)`)}`;
}

/** Events without visitor take the session's only visitor, if there is exactly one (semantics, "Kinds"). */
const adopted = (events: string): string =>
  `(SELECT e.* REPLACE (coalesce(e.v, o.v) AS v) FROM ${events} e LEFT JOIN (SELECT k, any_value(v) AS v FROM ${events} WHERE k IN (SELECT k FROM ${events} WHERE v IS NULL) GROUP BY k HAVING count(DISTINCT v) = 1) o USING (k))`;

/** Where a session view stands: everything whose last event is before `from` was dealt with, `to` is the new bound. */
export interface Closing {
  readonly from: EpochMicros;
  /** Sessions whose last event is before this are due; Infinity closes all, "by end". */
  readonly to: EpochMicros;
}

/** Names of the temporary tables that the steps of a closing hand on. */
export const NEXT = 'session_next';
export const CARRIED = 'session_carried';
export const FRESH = 'session_fresh';

/**
 * Step 1: keys with events at or after `to`, in `session_next`: (k, next). While history is read the stretch to close
 * is long and what follows it short; live it is the other way round, and then only keys that may close are looked up.
 */
export function nextSql(
  view: ViewPlan,
  strand: Strand,
  closing: Closing,
  live: boolean,
  context: CompileContext,
): string {
  const { dialect } = context;
  const events = strandEvents(view, strand, context);
  if (closing.to === Number.POSITIVE_INFINITY)
    return `CREATE OR REPLACE TEMP TABLE ${NEXT} AS SELECT k, event_time AS next FROM ${events} LIMIT 0`;
  const candidates = `SELECT k FROM ${events} WHERE ${inSpan(closing, context)} UNION ALL SELECT "${keyColumn(strand)}" FROM ${openTable(view)} WHERE ${ofStrand(strand)}`;
  const narrowed = live ? ` AND k IN (${candidates})` : '';
  return `CREATE OR REPLACE TEMP TABLE ${NEXT} AS SELECT k, min(event_time) AS next FROM ${events} WHERE event_time >= ${dialect.instant(closing.to)}${narrowed} GROUP BY k`;
}

/** Condition on events: in a stretch. */
export const inSpan = ({ from, to }: Closing, { dialect }: CompileContext): string =>
  to === Number.POSITIVE_INFINITY
    ? `event_time >= ${dialect.instant(from)}`
    : `event_time >= ${dialect.instant(from)} AND event_time < ${dialect.instant(to)}`;

/**
 * Step 2: sessions that began before the stretch and may close in it, in `session_carried`: (k, start, stored). They
 * are those that were open, and for whole sessions also those whose id came back after their row was written
 * (reopened: `stored`); `mayReopen` are the ids that these can have, null where any can.
 */
export function carriedSql(
  view: ViewPlan,
  strand: Strand,
  closing: Closing,
  mayReopen: readonly string[] | null,
  context: CompileContext,
): string {
  const key = keyColumn(strand);
  const open = openSql(view, strand);
  const keys =
    mayReopen === null
      ? seenSql(view, strand, closing, context)
      : mayReopen.map((id) => `${literalText(id)}::${context.widths.session_id}`).join(', ');
  const stored = `SELECT "${key}", session_start, TRUE FROM ${resultTable(view)} WHERE ${ofStrand(strand)} AND "${key}" IN (${keys})`;
  const all = mayReopen?.length === 0 ? open : `${open} UNION ALL ${stored}`;
  const notGoingOn = isSplit(view, strand) ? '' : ` WHERE k NOT IN (SELECT k FROM ${NEXT})`;
  return `CREATE OR REPLACE TEMP TABLE ${CARRIED} AS SELECT k, min(start) AS start, bool_or(stored) AS stored FROM (${all})${notGoingOn} GROUP BY k`;
}

/** True for sessions that an id makes one, however long it was silent: a stored one of these may come back. */
export const mayComeBack = (view: ViewPlan, strand: Strand): boolean => !isSplit(view, strand);

/** Keys (`k`) of all sessions that a closing may concern. */
export const seenSql = (view: ViewPlan, strand: Strand, closing: Closing, context: CompileContext): string =>
  `SELECT k FROM ${strandEvents(view, strand, context)} WHERE ${inSpan(closing, context)} UNION ALL SELECT k FROM (${openSql(view, strand)})`;

const openSql = (view: ViewPlan, strand: Strand): string =>
  `SELECT "${keyColumn(strand)}" AS k, start, stored FROM ${openTable(view)} WHERE ${ofStrand(strand)}`;

/** Key (`k`), `start` and `rowid` of the stored rows that carried sessions go on from. Needs step 2. */
export function goneOnFrom(view: ViewPlan, strand: Strand): string {
  const same = `t."${keyColumn(strand)}" = c.k AND t.session_end >= c.start`;
  return `SELECT c.k, t.session_start AS start, t.rowid FROM ${resultTable(view)} t JOIN ${CARRIED} c ON ${same} WHERE c.stored AND ${ofStrand(strand)}`;
}

/**
 * Step 3: rows of all sessions that do not simply go on, for `session_fresh`; `open` marks a last run that does.
 * @param share condition on `k`: whose
 */
export function freshSql(
  view: ViewPlan,
  strand: Strand,
  closing: Closing,
  earliest: EpochMicros | null,
  context: CompileContext,
  share = 'TRUE',
): string {
  const { dialect } = context;
  const events = strandEvents(view, strand, context);
  const split = isSplit(view, strand);
  const within = `SELECT * FROM ${events} WHERE ${inSpan(closing, context)}${split ? '' : ` AND k NOT IN (SELECT k FROM ${NEXT})`}`;
  const before = carriedEvents(view, strand, closing.from, earliest, context);
  const all = `${within}${before}`;
  const rows = sessionRows(
    view,
    strand,
    share === 'TRUE' ? `(${all})` : `(SELECT * FROM (${all}) WHERE ${share})`,
    context,
  );
  if (!split) return `SELECT *, FALSE AS open FROM (${rows})`;
  return `SELECT f.*, coalesce(${dialect.elapsed('f.session_end', 'n.next')} <= ${sessionKind(view).gap}, FALSE) AS open FROM (${rows}) f LEFT JOIN ${NEXT} n ON n.k = f."${keyColumn(strand)}"`;
}

/** Rows of all sessions that are not over at `from`, as they are now. Needs step 2. */
export function openRows(
  view: ViewPlan,
  strand: Strand,
  from: EpochMicros,
  earliest: EpochMicros | null,
  context: CompileContext,
): string {
  const later = { from, to: Number.POSITIVE_INFINITY };
  const within = `SELECT * FROM ${strandEvents(view, strand, context)} WHERE ${inSpan(later, context)}`;
  const events = `(${within}${carriedEvents(view, strand, from, earliest, context)})`;
  return `SELECT * FROM (${sessionRows(view, strand, events, context)})`;
}

/** Events before a stretch of the sessions that began before it. */
function carriedEvents(
  view: ViewPlan,
  strand: Strand,
  from: EpochMicros,
  earliest: EpochMicros | null,
  context: CompileContext,
): string {
  if (earliest === null || earliest >= from) return '';
  const { dialect } = context;
  return ` UNION ALL SELECT e.* FROM ${strandEvents(view, strand, context)} e JOIN ${CARRIED} c ON e.k = c.k WHERE e.event_time >= ${dialect.instant(earliest)} AND e.event_time < ${dialect.instant(from)} AND e.event_time >= c.start`;
}

/** Step 4: the sessions that are open at the new bound replace those that were at the old one. */
export interface Reopening {
  readonly forget: string;
  /** Rows for the table of open sessions, if there are any (docs/decisions/0004). */
  readonly open: string;
}

export function reopenSql(view: ViewPlan, strand: Strand, closing: Closing, context: CompileContext): Reopening {
  const key = keyColumn(strand);
  const table = openTable(view);
  if (isSplit(view, strand)) {
    return {
      forget: `DELETE FROM ${table} WHERE ${ofStrand(strand)}`,
      open: `SELECT f."${key}", f.session_start AS start, coalesce(c.stored, FALSE) AS stored FROM ${FRESH} f LEFT JOIN ${CARRIED} c ON c.k = f."${key}" WHERE f.open`,
    };
  }
  const events = strandEvents(view, strand, context);
  return {
    forget: `DELETE FROM ${table} WHERE ${ofStrand(strand)} AND "${key}" NOT IN (SELECT k FROM ${NEXT})`,
    open: `SELECT k AS "${key}", min(event_time) AS start, FALSE AS stored FROM ${events} WHERE ${inSpan(closing, context)} AND k IN (SELECT k FROM ${NEXT}) AND k NOT IN (SELECT "${key}" FROM ${table} WHERE ${ofStrand(strand)}) GROUP BY k`,
  };
}

/** Stored columns of the due rows of a closing. */
export const freshRows = (view: ViewPlan, context: CompileContext): string =>
  `SELECT ${storedColumns(layoutOf(view, context)).join(', ')}, late_events FROM ${FRESH} WHERE NOT open`;
