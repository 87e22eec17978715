import type { EpochMicros } from '../core/time.ts';
import type { SessionKind } from '../view/kind.ts';
import type { ViewPlan } from '../view/view.ts';
import { type CompileContext, eventScope, visitorSql, visitorWidth } from './context.ts';
import { compileWhere } from './expression.ts';
import { layoutOf, openTable, resultTable, storedColumns } from './layout.ts';

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
  const aggregates = layout.states.map(({ name, aggregate }) => `${aggregate} AS "${name}"`);
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
    `SELECT ${[...ids, 'session_start', 'session_end', ...finished, 'late_events'].join(', ')} FROM ${from}`;
  if (!isSplit(view, strand)) return finish(`(${grouped(byVisitor ? adopted(events) : events, [])})`);
  const wide = `${dialect.elapsed('session_start', 'session_end')} > ${kind.gap}`;
  const cut = `(SELECT *, sum(CASE WHEN ${dialect.elapsed('before', 'event_time')} > ${kind.gap} THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run FROM (SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before FROM ${events} WHERE k IN (SELECT k FROM whole WHERE ${wide})))`;
  return `WITH whole AS MATERIALIZED (${grouped(events, [])}), runs AS (${grouped(cut, ['run'])}) ${finish(`(SELECT * FROM whole WHERE NOT ${wide} UNION ALL SELECT * EXCLUDE (run) FROM runs)`)}`;
}

/** Events without visitor take the session's only visitor, if there is exactly one (semantics 22). */
const adopted = (events: string): string =>
  `(SELECT e.* REPLACE (coalesce(e.v, o.v) AS v) FROM ${events} e LEFT JOIN (SELECT k, any_value(v) AS v FROM ${events} WHERE k IN (SELECT k FROM ${events} WHERE v IS NULL) GROUP BY k HAVING count(DISTINCT v) = 1) o USING (k))`;

/** Where a session view stands: everything whose last event is before `from` was dealt with, `to` is the new bound. */
export interface Closing {
  readonly from: EpochMicros;
  /** Sessions whose last event is before this are due; Infinity closes all, "by end". */
  readonly to: EpochMicros;
}

/** Names of the temporary tables that the steps of a closing hand on. */
export const CHAIN = 'session_chain';
export const FRESH = 'session_fresh';

/**
 * Step 1: the keys that may close, in `session_chain`: (k, start, last, stored, continuing). A key is `continuing` when
 * it has an event at or after `to` that belongs to the same session; the others are worked on.
 * `start` is the first event before `from` of the session that goes on; `stored`: result rows of it exist already.
 */
export function chainSql(view: ViewPlan, strand: Strand, { from, to }: Closing, context: CompileContext): string {
  const { dialect } = context;
  const { gap } = sessionKind(view);
  const events = strandEvents(view, strand, context);
  const key = keyColumn(strand);
  const at = dialect.instant;
  const inSpan = `event_time >= ${at(from)}${to === Number.POSITIVE_INFINITY ? '' : ` AND event_time < ${at(to)}`}`;
  const open = `SELECT "${key}" AS k, start, last, stored FROM ${openTable(view)} WHERE ${ofStrand(strand)}`;
  const seen = `SELECT k, min(event_time) AS lo, max(event_time) AS hi FROM ${events} WHERE ${inSpan} GROUP BY k`;
  const next =
    to === Number.POSITIVE_INFINITY
      ? 'SELECT k, lo AS next FROM seen WHERE FALSE'
      : `SELECT k, min(event_time) AS next FROM ${events} WHERE event_time >= ${at(to)} AND k IN (SELECT k FROM seen UNION ALL SELECT k FROM open) GROUP BY k`;
  // A given id may come back long after its row was written: such a row is part of the session (reopened).
  const before = isSplit(view, strand)
    ? 'SELECT k, start, stored FROM open WHERE FALSE'
    : `SELECT "${key}" AS k, min(session_start) AS start, TRUE AS stored FROM ${resultTable(view)} WHERE ${ofStrand(strand)} AND "${key}" IN (SELECT k FROM seen UNION ALL SELECT k FROM open) GROUP BY 1`;
  const goesOn = isSplit(view, strand)
    ? `coalesce(${dialect.elapsed('coalesce(hi, last)', 'next')} <= ${gap}, FALSE) AND coalesce(${dialect.elapsed('lo', 'hi')} <= ${gap}, TRUE) AND coalesce(${dialect.elapsed('last', 'lo')} <= ${gap}, TRUE)`
    : 'next IS NOT NULL';
  return `CREATE OR REPLACE TEMP TABLE ${CHAIN} AS WITH seen AS MATERIALIZED (${seen}), open AS MATERIALIZED (${open}), next AS (${next}), before AS (${before}), known AS (SELECT k, min(start) AS start, max(last) AS last, bool_or(stored) AS stored FROM (SELECT k, start, last, stored FROM open UNION ALL SELECT k, start, NULL, stored FROM before) GROUP BY k) SELECT k, start, last, coalesce(stored, FALSE) AS stored, lo, hi, next, ${goesOn} AS continuing FROM (SELECT k, lo, hi FROM seen) FULL JOIN known USING (k) LEFT JOIN next USING (k)`;
}

/** Step 2: the rows of all keys that do not simply go on, in `session_fresh`, with `open` for a last run that does. */
export function freshSql(
  view: ViewPlan,
  strand: Strand,
  { from, to }: Closing,
  earliest: EpochMicros | null,
  context: CompileContext,
): string {
  const { dialect } = context;
  const events = strandEvents(view, strand, context);
  const at = dialect.instant;
  const inSpan = `event_time >= ${at(from)}${to === Number.POSITIVE_INFINITY ? '' : ` AND event_time < ${at(to)}`}`;
  const within = `SELECT * FROM ${events} WHERE ${inSpan} AND k NOT IN (SELECT k FROM ${CHAIN} WHERE continuing)`;
  const carried =
    earliest === null || earliest >= from
      ? []
      : [
          `SELECT e.* FROM ${events} e JOIN (SELECT k, start FROM ${CHAIN} WHERE NOT continuing AND start < ${at(from)}) c ON e.k = c.k WHERE e.event_time >= ${at(earliest)} AND e.event_time < ${at(from)} AND e.event_time >= c.start`,
        ];
  const whole = `(${[within, ...carried].join(' UNION ALL ')})`;
  const rows = sessionRows(view, strand, whole, context);
  if (!isSplit(view, strand)) return `CREATE OR REPLACE TEMP TABLE ${FRESH} AS SELECT *, FALSE AS open FROM (${rows})`;
  const key = keyColumn(strand);
  return `CREATE OR REPLACE TEMP TABLE ${FRESH} AS SELECT f.*, coalesce(${dialect.elapsed('f.session_end', 'c.next')} <= ${sessionKind(view).gap}, FALSE) AS open FROM (${rows}) f JOIN ${CHAIN} c ON c.k = f."${key}"`;
}

/** Step 3: the sessions that are open at the new bound replace those that were at the old one. */
export function reopenSql(view: ViewPlan, strand: Strand): readonly string[] {
  const key = keyColumn(strand);
  const other = strand === 'given' ? 'visitor' : 'session_id';
  return [
    `DELETE FROM ${openTable(view)} WHERE ${ofStrand(strand)}`,
    `INSERT INTO ${openTable(view)} BY NAME SELECT k AS "${key}", NULL AS "${other}", least(start, lo) AS start, coalesce(hi, last) AS last, stored FROM ${CHAIN} WHERE continuing UNION ALL SELECT f."${key}", NULL, f.session_start, f.session_end, c.stored FROM ${FRESH} f JOIN ${CHAIN} c ON c.k = f."${key}" WHERE f.open`,
  ];
}

/** Stored columns of the due rows of a closing. */
export const freshRows = (view: ViewPlan, context: CompileContext): string =>
  `SELECT ${storedColumns(layoutOf(view, context)).join(', ')}, late_events FROM ${FRESH} WHERE NOT open`;
