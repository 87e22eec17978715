import { literalText } from '../core/sql-text.ts';
import type { ColumnPlan, ViewPlan } from '../view/view.ts';
import { eventsOfCarts, slicesIn } from './absence.ts';
import { isEventId } from './changes.ts';
import { type CompileContext, eventScope, visitorSql } from './context.ts';
import type { ValueType } from './dialect/dialect.ts';
import { compileExpression, compileWhere } from './expression.ts';
import { inputScope } from './layout.ts';
import { keyOf, ledgerOf, movements } from './ledger.ts';
import { matchedPairs } from './match.ts';

const ALL = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/** The id of a session whose events came without one: visitor and microseconds of the first event. */
const MADE = /^~(.*)~(\d+)$/s;

/** A published row as it was read: values in the JSON form of results. */
export type PublishedRow = Readonly<Record<string, unknown>>;

const instant = (value: unknown): string =>
  `TIMESTAMP ${literalText(String(value).replace('T', ' ').replace('Z', ''))}`;

/**
 * `events(key)`: a condition on raw that picks the events which made a row (semantics, "Kinds"): of a match those that
 * followed too. For a rollup it picks those of the parent's rows that count for it, out of `parents`, a relation with
 * the parent's stored columns.
 */
export function eventsOf(view: ViewPlan, row: PublishedRow, context: CompileContext, parents?: string): string {
  const scope = inputScope(view, context);
  const where = compileWhere(view.where, scope, context);
  switch (view.kind.kind) {
    case 'window':
      return [within(view, row, 'event_time'), ...keyConditions(view, row, context), where].join(' AND ');
    case 'match': {
      const opened = [within(view, row, 'event_time'), ...keyConditions(view, row, context), where].join(' AND ');
      const stretch = `event_time >= ${edgeOf(view, row, 'start')} AND event_time < ${context.dialect.plus(edgeOf(view, row, 'end'), view.kind.within)}`;
      return `((${opened}) OR seq IN (SELECT follower FROM (${matchedPairs(view, stretch, context)}) WHERE opener IN (SELECT seq FROM raw WHERE ${opened})))`;
    }
    case 'session':
      return `${sessionCondition(view, row, where, context)} AND ${where}`;
    case 'rollup': {
      const { on, parent } = view.kind;
      const counted = [within(view, row, scope(on).sql), ...keyConditions(view, row, context), where].join(' AND ');
      const rows = `(SELECT session_id, visitor, session_start, session_end FROM ${parents} WHERE ${counted}) p`;
      const declared = context.views.get(parent);
      if (declared === undefined) throw new Error(`${view.name} has no parent`);
      return inSessions(declared, rows, context);
    }
    case 'absence':
      return cartCondition(view, row, context);
    case 'ledger':
    case 'episode':
      return storyCondition(view, row, context);
    case 'anomaly':
    case 'project':
      return `${compileExpression({ kind: 'column', name: 'event_id' }, scope, context).sql} = ${literalText(String(row[eventIdColumn(view)]))}`;
  }
}

/** Where a row says which event it is of. */
const eventIdColumn = (view: ViewPlan): string =>
  view.kind.kind === 'project' ? 'event_id' : columnOf(view, ({ value }) => isEventId(view, value));

/** A condition on raw: events of the rows of a session view that `rows` holds under the name `p`. */
export function inSessions(view: ViewPlan, rows: string, context: CompileContext): string {
  const where = compileWhere(view.where, eventScope(context), context);
  const visitor = visitorSql(context.widths);
  const given =
    view.kind.kind === 'session' && view.kind.byVisitor
      ? `p.session_id = raw.session_id AND ${theirs('p.visitor', 'p.session_id', where, context)}`
      : 'p.session_id = raw.session_id';
  const mine = `(${given}) OR (p.session_id IS NULL AND raw.session_id IS NULL AND p.visitor = ${visitor})`;
  return `EXISTS (SELECT 1 FROM ${rows} WHERE raw.event_time BETWEEN p.session_start AND p.session_end AND (${mine})) AND ${where}`;
}

/**
 * Events of a session's visitor; those without one are the only visitor's, where there is just one (semantics,
 * "Kinds").
 */
function theirs(visitor: string, session: string, where: string, context: CompileContext): string {
  const own = visitorSql(context.widths);
  const same = `${own} IS NOT DISTINCT FROM ${visitor}`;
  if (!context.orphans) return same;
  const alone = `(SELECT count(DISTINCT ${own}) FROM raw WHERE session_id = ${session} AND ${where}) = 1`;
  return `(${same} OR (${own} IS NULL AND ${alone}))`;
}

const columnOf = (view: ViewPlan, matches: (column: ColumnPlan) => boolean): string => {
  const column = view.columns.find(matches);
  if (column === undefined) throw new Error(`${view.name} does not publish what its rows are known by`);
  return column.name;
};

const edgeOf = (view: ViewPlan, row: PublishedRow, edge: 'start' | 'end'): string =>
  instant(row[columnOf(view, ({ value }) => value.role === 'window' && value.edge === edge)]);

const within = (view: ViewPlan, row: PublishedRow, time: string): string =>
  `${time} >= ${edgeOf(view, row, 'start')} AND ${time} < ${edgeOf(view, row, 'end')}`;

function keyConditions(view: ViewPlan, row: PublishedRow, context: CompileContext): readonly string[] {
  return view.columns.flatMap(({ name, value }) => {
    if (value.role !== 'key') return [];
    const { sql, type } = compileExpression(value.of, inputScope(view, context), context);
    return [equals(sql, type, row[name])];
  });
}

function equals(sql: string, type: ValueType, value: unknown): string {
  if (value === null || value === undefined) return `${sql} IS NULL`;
  if (type === 'symbol') return `${sql} = (SELECT id FROM symbol WHERE text = ${literalText(String(value))})`;
  if (type === 'time') return `${sql} = ${instant(value)}`;
  return typeof value === 'number' || typeof value === 'boolean'
    ? `${sql} = ${value}`
    : `${sql}::VARCHAR = ${literalText(String(value))}`;
}

/** All that moved the key; of an episode, from its opening to its close. */
function storyCondition(view: ViewPlan, row: PublishedRow, context: CompileContext): string {
  const ledger = ledgerOf(view, context);
  const key = row[keyOf(view).name];
  const { sql, type } = compileExpression(keyOf(ledger).value.of, eventScope(context), context);
  const moved = `seq IN (SELECT seq FROM (${movements(ledger, { span: ALL }, context, [equals(sql, type, key)])}))`;
  if (view.kind.kind === 'ledger') return moved;
  const part = (which: string) => view.columns.find(({ value }) => value.role === 'episode' && value.part === which);
  const closed = row[part('closed_at')?.name ?? ''] ?? null;
  const from = `event_time >= ${instant(row[part('opened_at')?.name ?? ''])}`;
  return [moved, from, ...(closed === null ? [] : [`event_time <= ${instant(closed)}`])].join(' AND ');
}

/** The events of the cart and those that recovered it: its slices are found again by its session, or else its visitor. */
function cartCondition(view: ViewPlan, row: PublishedRow, context: CompileContext): string {
  const part = (which: string) => columnOf(view, ({ value }) => value.role === 'session' && value.part === which);
  const [id, who] = [String(row[part('id')]), row[part('visitor')]];
  const made = MADE.exec(id);
  const key = made === null ? 'session_id' : visitorSql(context.widths);
  const keys = `(SELECT ${key} AS k FROM raw WHERE ${key}::VARCHAR = ${literalText(made?.[1] ?? id)})`;
  const visitor = who === null || who === undefined ? 'v IS NULL' : `v::VARCHAR = ${literalText(String(who))}`;
  const asked = made === null ? visitor : `${context.dialect.micros('session_start')} = ${made[2]}`;
  const strand = made === null ? 'given' : 'gap';
  const slices = `(${slicesIn(view, strand, { span: ALL, keys }, context)})`;
  return `seq IN (${eventsOfCarts(view, strand, slices, asked, context)})`;
}

function sessionCondition(view: ViewPlan, row: PublishedRow, where: string, context: CompileContext): string {
  const part = (which: string) => columnOf(view, ({ value }) => value.role === 'session' && value.part === which);
  const id = String(row[part('id')]);
  const visitor = visitorSql(context.widths);
  const start = instant(row[part('start')]);
  // Made up for events without a session id: the visitor between two tildes, then the time of the first event.
  const made = MADE.exec(id);
  const last = view.columns.some(({ value }) => value.role === 'session' && value.part === 'end')
    ? `event_time <= ${instant(row[part('end')])}`
    : `event_time <= ${start} + to_microseconds(${elapsedMicros(view, row)})`;
  const span = `event_time >= ${start} AND ${last}`;
  if (made !== null) return `session_id IS NULL AND ${visitor}::VARCHAR = ${literalText(made[1] ?? '')} AND ${span}`;
  const given = `session_id::VARCHAR = ${literalText(id)} AND ${span}`;
  if (view.kind.kind !== 'session' || !view.kind.byVisitor) return given;
  const who = row[part('visitor')];
  if (who === null || who === undefined) return `${given} AND ${visitor} IS NULL`;
  const alone = `(SELECT count(DISTINCT ${visitor}) FROM raw WHERE session_id::VARCHAR = ${literalText(id)} AND ${where}) = 1`;
  return `${given} AND (${visitor}::VARCHAR = ${literalText(String(who))} OR (${visitor} IS NULL AND ${alone}))`;
}

/** A view without an end publishes its length; rounded down, so that its last second is taken whole. */
function elapsedMicros(view: ViewPlan, row: PublishedRow): number {
  const column = view.columns.find(({ value }) => value.role === 'elapsed');
  if (column?.value.role !== 'elapsed')
    throw new Error(`${view.name} publishes neither end nor length of its sessions`);
  const { unit, whole } = column.value;
  return Math.ceil(Number(row[column.name]) * unit) + (whole ? unit - 1 : 0);
}
