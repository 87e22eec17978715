import type { EpochMicros } from '../core/time.ts';
import { any } from '../view/expression.ts';
import type { AbsenceKind } from '../view/kind.ts';
import type { ViewPlan } from '../view/view.ts';
import { type CompileContext, EVENT_ID, eventScope, visitorSql, visitorWidth } from './context.ts';
import { compileExpression, compileWhere } from './expression.ts';
import { withinSpan } from './ledger.ts';
import type { Strand } from './session.ts';
import type { Span } from './window.ts';

export const absenceKind = ({ name, kind }: ViewPlan): AbsenceKind => {
  if (kind.kind !== 'absence') throw new Error(`${name} is not an absence`);
  return kind;
};

/** Which slices: those whose last cart event lies in the span. */
export interface SliceScope {
  readonly span: Span;
  /** Relation with a column `k`: just these keys. */
  readonly keys?: string;
}

/** Events that fill or empty carts, of one strand: `k` (the key), `v` (the visitor), `item`, `change`, `price` and what orders them. */
function movesIn(view: ViewPlan, strand: Strand, span: Span, context: CompileContext): string {
  const { adds, removes, item, quantity, price } = absenceKind(view);
  const events = eventScope(context);
  const sql = (of: typeof item) => compileExpression(of, events, context).sql;
  const visitor = visitorSql(context.widths);
  const adding = sql(adds);
  const pieces = `coalesce(${sql(quantity)}, 1)::BIGINT`;
  const [key, mine] =
    strand === 'given'
      ? ['session_id', 'session_id IS NOT NULL']
      : [visitor, `session_id IS NULL AND ${visitor} IS NOT NULL`];
  const columns = [
    `${key} AS k`,
    `${visitor} AS v`,
    `${sql(item)} AS item`,
    `CASE WHEN ${adding} THEN ${pieces} ELSE -${pieces} END AS change`,
    `CASE WHEN ${adding} THEN ${sql(price)} END AS price`,
    'event_time',
    'event_id',
    'part',
    'position',
    'seq',
    'late',
  ];
  const where = [...withinSpan('event_time', span, context), mine, sql(any(adds, removes))];
  return `SELECT ${columns.join(', ')} FROM raw WHERE ${where.join(' AND ')} AND ${compileWhere(view.where, events, context)}`;
}

/** Events that recover carts, with their ids. */
function recoveriesIn(view: ViewPlan, span: Span, context: CompileContext): string {
  const { recoveredBy, item, amount } = absenceKind(view);
  const events = eventScope(context);
  const sql = (of: typeof item) => compileExpression(of, events, context).sql;
  const where = [
    ...withinSpan('event_time', span, context),
    sql(recoveredBy),
    compileWhere(view.where, events, context),
  ];
  return `SELECT session_id, ${visitorSql(context.widths)} AS v, ${sql(item)} AS item, ${sql(amount)} AS amount, event_time, ${EVENT_ID} AS id, seq, late FROM raw WHERE ${where.join(' AND ')}`;
}

/** A condition on raw for the events that may change a row of the view. */
export function concerns(view: ViewPlan, context: CompileContext): string {
  const { adds, removes, recoveredBy } = absenceKind(view);
  const events = eventScope(context);
  return `${compileWhere(any(adds, removes, recoveredBy), events, context)} AND ${compileWhere(view.where, events, context)}`;
}

/** A condition on raw for the events that recover carts. */
export const recovers = (view: ViewPlan, context: CompileContext): string =>
  compileWhere(absenceKind(view).recoveredBy, eventScope(context), context);

/** From so long before the last event of any of the slices on their carts are known; a margin for equal times. */
const reaching = ({ start, end }: Span, back: number, ahead: number): Span => ({
  start: start - back,
  end: end + ahead,
});

/**
 * The slices of a strand: `k`, `last` (its last cart event) and `start`, before which nothing of it counts. A slice is all
 * of a session id, or of a visitor's events without one a stretch in which no two neighbours are further apart than the gap.
 */
export function slicesIn(view: ViewPlan, strand: Strand, { span, keys }: SliceScope, context: CompileContext): string {
  const { gap, within } = absenceKind(view);
  const { dialect } = context;
  const moves = (from: EpochMicros) => movesIn(view, strand, { start: from, end: Number.POSITIVE_INFINITY }, context);
  // Live, few of the keys with later events may end in the span.
  const some =
    keys ??
    (span.end === Number.POSITIVE_INFINITY ? null : `(SELECT k FROM (${movesIn(view, strand, span, context)}))`);
  const among = some === null ? '' : ` WHERE k IN (SELECT k FROM ${some})`;
  const ends = [`${dialect.plus('max(event_time)', -within)} AS start`, 'max(event_time) AS last'].join(', ');
  const last = withinSpan('max(event_time)', span, context);
  const having = last.length === 0 ? '' : ` HAVING ${last.join(' AND ')}`;
  if (strand === 'given') return `SELECT k, ${ends} FROM (${moves(span.start)})${among} GROUP BY k${having}`;
  const apart = `SELECT k, event_time, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before FROM (${moves(span.start - within)})${among}`;
  const runs = `SELECT *, sum(CASE WHEN ${dialect.elapsed('before', 'event_time')} > ${gap} THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run FROM (${apart})`;
  return `SELECT k, greatest(min(event_time), ${dialect.plus('max(event_time)', -within)}) AS start, max(event_time) AS last FROM (${runs}) GROUP BY k, run${having}`;
}

/** The steps from slices to carts, for `WITH`. */
function steps(view: ViewPlan, strand: Strand, slices: string, span: Span, context: CompileContext): readonly string[] {
  const { gap, within } = absenceKind(view);
  const { dialect } = context;
  const moves = movesIn(view, strand, reaching(span, within, 0), context);
  const mine = `SELECT m.*, s.last FROM (${moves}) m JOIN ${slices} s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last`;
  const sameSession = (of: string, key: string): string =>
    strand === 'given' ? `${of}.session_id = ${key}` : `${of}.session_id IS NULL AND ${of}.v = ${key}`;
  // Nothing that came out of the session's time is its own: a visitor without session ids has many.
  const inTime = strand === 'given' ? '' : ` AND ${dialect.elapsed('c.last_event', 'b.event_time')} <= ${gap}`;
  const after = `b.event_time >= c.last_event AND b.event_time <= ${dialect.plus('c.last_event', within)} AND (b.event_time > c.last_event OR b.id > c.last_id)`;
  const adopted =
    strand === 'given' && context.orphans
      ? ' LEFT JOIN (SELECT k, last, any_value(v) AS v FROM mine GROUP BY k, last HAVING count(DISTINCT v) = 1) o USING (k, last)'
      : '';
  const visitor = adopted === '' ? 'm.v' : 'coalesce(m.v, o.v)';
  const recovery = 'b.seq, b.event_time, b.amount, b.late';
  return [
    `mine AS MATERIALIZED (${mine})`,
    `recovery AS MATERIALIZED (${recoveriesIn(view, reaching(span, within, within), context)})`,
    `checkout AS (SELECT s.k, s.last, b.event_time, b.id FROM ${slices} s JOIN recovery b ON ${sameSession('b', 's.k')} AND b.event_time >= s.start AND b.event_time <= s.last)`,
    `identified AS (SELECT m.k, m.last, ${visitor} AS v, item, change, price, event_time, ${EVENT_ID} AS id, seq, late, FALSE AS bought FROM mine m${adopted} UNION ALL SELECT k, last, NULL, NULL, NULL, NULL, event_time, id, NULL, FALSE, TRUE FROM checkout)`,
    // How often the session had bought something when the event came.
    'counted AS (SELECT *, sum(CASE WHEN bought THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY event_time, id) AS era FROM identified)',
    'numbered AS (SELECT *, max(era) OVER (PARTITION BY k, last, v) AS last_era, min(seq) OVER (PARTITION BY k, last, v) AS cart FROM counted WHERE NOT bought)',
    'kept AS MATERIALIZED (SELECT * FROM numbered WHERE era = last_era)',
    // What is in never falls below 0: all changes less the lowest they had come to.
    'running AS (SELECT *, sum(change) OVER (PARTITION BY cart, item ORDER BY event_time, id) AS total FROM kept)',
    `held AS MATERIALIZED (SELECT cart, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, ${dialect.edge('last', 'price', 'event_time, id')} AS price FROM running GROUP BY cart, item)`,
    `filled AS (SELECT cart, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::${dialect.sqlType('wide money')} AS value, ${dialect.gatherRows(
      [
        { field: 'item', sql: 'item' },
        { field: 'quantity', sql: 'pieces' },
        { field: 'price', sql: 'price' },
      ],
      'item',
    )} AS contents FROM held WHERE pieces > 0 GROUP BY cart)`,
    `cart AS MATERIALIZED (SELECT * FROM (SELECT cart, k, v, min(event_time) AS session_start, max(event_time) AS last_event, ${dialect.edge('last', 'id', 'event_time, id')} AS last_id, ${dialect.countIf('late')} AS late_moves FROM kept GROUP BY cart, k, v) JOIN filled USING (cart))`,
    `followed AS MATERIALIZED (SELECT c.cart, ${recovery} FROM cart c JOIN recovery b ON ${sameSession('b', 'c.k')} AND ${after}${inTime} UNION SELECT c.cart, ${recovery} FROM cart c JOIN held h ON h.cart = c.cart AND h.pieces > 0 JOIN recovery b ON b.v = c.v AND b.item = h.item AND ${after})`,
    `recovered AS (SELECT cart, min(event_time) AS recovered_at, ${dialect.sum({ sql: 'amount', type: 'money' })} AS recovered_amount, ${dialect.countIf('late')} AS late_recoveries FROM followed GROUP BY cart)`,
  ];
}

/**
 * `rows(slice)` of an absence: SQL that yields the stored columns and `late_events`, for carts in which something is left
 * and which nothing recovered before they were abandoned.
 *
 * @param slices relation of slices (`slicesIn`) whose last cart events lie in `span`
 * @param clock shop clock: what it has not passed is not abandoned yet; Infinity for final rows
 */
export function absenceRows(
  view: ViewPlan,
  strand: Strand,
  slices: string,
  span: Span,
  clock: EpochMicros,
  context: CompileContext,
): string {
  const { threshold } = absenceKind(view);
  const { dialect, widths } = context;
  const width = visitorWidth(widths);
  const abandoned = dialect.plus('last_event', threshold);
  const passed =
    clock === Number.POSITIVE_INFINITY
      ? abandoned
      : `CASE WHEN recovered_at IS NOT NULL OR ${abandoned} <= ${clock === Number.NEGATIVE_INFINITY ? 'NULL' : dialect.instant(clock)} THEN ${abandoned} END`;
  const ids =
    strand === 'given'
      ? ['k AS session_id', `v::${width} AS visitor`]
      : [`NULL::${widths.session_id} AS session_id`, 'k AS visitor'];
  const columns = [
    ...ids,
    'session_start',
    'last_event',
    'items',
    'value',
    'contents',
    `${passed} AS abandoned_at`,
    'recovered_at',
    `coalesce(recovered_amount, 0)::${dialect.sqlType('money')} AS recovered_amount`,
    'late_moves + coalesce(late_recoveries, 0) AS late_events',
  ];
  return `WITH ${steps(view, strand, slices, span, context).join(', ')} SELECT ${columns.join(', ')} FROM cart LEFT JOIN recovered USING (cart) WHERE recovered_at IS NULL OR recovered_at >= ${abandoned}`;
}

/** The events (`seq`) of the carts that a condition picks: those that filled and emptied them, and those that recovered them. */
export function eventsOfCarts(
  view: ViewPlan,
  strand: Strand,
  slices: string,
  condition: string,
  context: CompileContext,
): string {
  const always = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };
  return `WITH ${steps(view, strand, slices, always, context).join(', ')}, asked AS (SELECT cart FROM cart WHERE ${condition}) SELECT seq FROM kept WHERE cart IN (FROM asked) UNION SELECT seq FROM followed WHERE cart IN (FROM asked)`;
}
