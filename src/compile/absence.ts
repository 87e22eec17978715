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

/** What an event's place in the order is made from, and what it is told apart by. */
const EVENT = ['event_time', 'event_id', 'part', 'position', 'seq', 'late'];

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
    ...EVENT,
  ];
  const where = [...withinSpan('event_time', span, context), mine, sql(any(adds, removes))];
  return `SELECT ${columns.join(', ')} FROM raw WHERE ${where.join(' AND ')} AND ${compileWhere(view.where, events, context)}`;
}

/** Events that recover carts: `v`, `item`, `amount`, their session ids and what orders them. */
function recoveriesIn(view: ViewPlan, span: Span, context: CompileContext): string {
  const { recoveredBy, item, amount } = absenceKind(view);
  const events = eventScope(context);
  const sql = (of: typeof item) => compileExpression(of, events, context).sql;
  const where = [
    ...withinSpan('event_time', span, context),
    sql(recoveredBy),
    compileWhere(view.where, events, context),
  ];
  const columns = [
    'session_id',
    `${visitorSql(context.widths)} AS v`,
    `${sql(item)} AS item`,
    `${sql(amount)} AS amount`,
    ...EVENT,
  ];
  return `SELECT ${columns.join(', ')} FROM raw WHERE ${where.join(' AND ')}`;
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
  const given = strand === 'given';
  const moves = movesIn(view, strand, reaching(span, within, 0), context);
  const mine = `SELECT m.*, s.last FROM (${moves}) m JOIN ${slices} s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last`;
  const sameSession = (key: string): string =>
    given ? `b.session_id = ${key}` : `b.session_id IS NULL AND b.v = ${key}`;
  const after = `b.place > c.last_place AND b.event_time <= ${dialect.plus('c.last_event', within)}`;
  // Later purchases are of another time: a visitor without session ids has many.
  const inTime = given ? '' : ` AND ${dialect.elapsed('c.last_event', 'b.event_time')} <= ${gap}`;
  const orphaned = given && context.orphans;
  const adopted = orphaned
    ? ' LEFT JOIN (SELECT k, last, any_value(v) AS v FROM mine GROUP BY k, last HAVING count(DISTINCT v) = 1) o USING (k, last)'
    : '';
  const columns = `event_time, ${EVENT_ID} AS id, seq, late`;
  const cart = 'k, last, v';
  const gathered = dialect.gatherRows([
    { field: 'item', sql: 'item' },
    { field: 'quantity', sql: 'pieces' },
    { field: 'price', sql: 'price' },
  ]);
  const recovery = 'c.cart, b.seq, b.event_time, b.amount, b.late';
  return [
    `mine AS MATERIALIZED (${mine})`,
    `events AS (SELECT k, last, ${orphaned ? 'coalesce(m.v, o.v)' : 'm.v'} AS v, item, change, price, NULL AS session_id, NULL AS amount, ${columns}, FALSE AS recovers FROM mine m${adopted} UNION ALL SELECT NULL, NULL, v, item, NULL, NULL, session_id, amount, ${columns}, TRUE FROM (${recoveriesIn(view, reaching(span, within, within), context)}))`,
    // The order of events once, as a number. What moves and recovers at once does not recover itself.
    'placed AS MATERIALIZED (SELECT * EXCLUDE (id), row_number() OVER (ORDER BY event_time, id, recovers DESC) AS place FROM events)',
    'recovery AS MATERIALIZED (SELECT session_id, v, item, amount, event_time, seq, late, place FROM placed WHERE recovers)',
    `checkout AS MATERIALIZED (SELECT s.k, s.last, b.place FROM ${slices} s JOIN recovery b ON ${sameSession('s.k')} AND b.event_time >= s.start AND b.event_time <= s.last)`,
    // Nearly all carts are only ever filled: of the others it matters what came when.
    'intricate AS MATERIALIZED (SELECT k, last FROM checkout UNION SELECT k, last FROM mine WHERE change < 0)',
    `moved AS MATERIALIZED (SELECT m.*, i.k IS NOT NULL AS intricate FROM (SELECT ${cart}, item, change, price, event_time, seq, late, place FROM placed WHERE NOT recovers) m LEFT JOIN intricate i USING (k, last))`,
    `counted AS (SELECT *, sum(CASE WHEN seq IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY place) AS era FROM (SELECT * FROM moved WHERE intricate UNION ALL BY NAME SELECT k, last, place FROM checkout))`,
    `sold AS (SELECT *, max(era) OVER (PARTITION BY ${cart}) AS last_era FROM counted WHERE seq IS NOT NULL)`,
    // What is in never falls below 0: all changes less the lowest they had come to.
    `running AS (SELECT *, sum(change) OVER (PARTITION BY ${cart}, item ORDER BY place) AS total FROM sold WHERE era = last_era)`,
    `kept AS MATERIALIZED (SELECT ${cart}, item, change, price, event_time, seq, late, place, 0 AS total FROM moved WHERE NOT intricate UNION ALL SELECT ${cart}, item, change, price, event_time, seq, late, place, total FROM running)`,
    `held AS (SELECT ${cart}, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, ${dialect.latest('price', 'place')} AS price, min(event_time) AS began, max(event_time) AS ended, max(place) AS last_place, min(seq) AS first_seq, ${dialect.countIf('late')} AS late_moves FROM kept GROUP BY ${cart}, item)`,
    `cart AS MATERIALIZED (SELECT ${cart}, min(first_seq) AS cart, min(began) AS session_start, max(ended) AS last_event, max(last_place) AS last_place, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::${dialect.sqlType('wide money')} AS value, ${gathered} FILTER (pieces > 0) AS left_in, sum(late_moves)::BIGINT AS late_moves FROM held GROUP BY ${cart} HAVING sum(pieces) > 0)`,
    `followed AS MATERIALIZED (SELECT ${recovery} FROM cart c JOIN recovery b ON ${sameSession('c.k')} AND ${after}${inTime} UNION SELECT ${recovery} FROM (SELECT cart, v, last_event, last_place, unnest(left_in).item AS item FROM cart) c JOIN recovery b ON b.v = c.v AND b.item = c.item AND ${after})`,
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
    `${dialect.sortedRows('left_in')} AS contents`,
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
  return `WITH ${steps(view, strand, slices, always, context).join(', ')}, asked AS (SELECT * FROM cart WHERE ${condition}) SELECT seq FROM kept WHERE (k, last, hash(v)) IN (SELECT (k, last, hash(v)) FROM asked) UNION SELECT seq FROM followed WHERE cart IN (SELECT cart FROM asked)`;
}
