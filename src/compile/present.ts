import { EVENT_COLUMNS } from '../core/event.ts';
import { literalText } from '../core/sql-text.ts';
import type { AbsencePart } from '../view/absence-part.ts';
import type { Expression } from '../view/expression.ts';
import { EVENT_INPUTS } from '../view/input-type.ts';
import { type EpisodePart, ledgerPartType } from '../view/ledger-part.ts';
import type { ColumnPlan, ViewPlan } from '../view/view.ts';
import { anomalyColumn } from './anomaly-words.ts';
import { type CompileContext, eventScope, type Scope } from './context.ts';
import type { Sql } from './dialect/dialect.ts';
import { compileExpression, compileWhere } from './expression.ts';
import { fallback, inputScope, isCalendar, layoutOf, resultTable, storedColumns } from './layout.ts';
import { measureSql, stateName } from './state.ts';

/** Columns that every result row has besides its own. */
export const PROVENANCE = ['is_final', 'revision', 'late_events', 'epoch'] as const;

/** Rows in stored form with provenance, final ones only. `visible` leaves out rows that live ones replace. */
export const storedRows = (view: ViewPlan, visible: string, context: CompileContext): string =>
  `SELECT ${storedColumns(layoutOf(view, context)).join(', ')}, late_events, TRUE AS is_final, revision, epoch FROM ${resultTable(view)} t WHERE ${visible}`;

/** Rows in stored form of slices that are still open. */
export const liveRows = (view: ViewPlan, rows: string, context: CompileContext): string =>
  `SELECT ${storedColumns(layoutOf(view, context)).join(', ')}, late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch FROM (${rows})`;

/** What the published columns say, over rows in stored form: symbols become text, states become averages and rates. */
export function present(
  view: ViewPlan,
  rows: string,
  context: CompileContext,
  provenance: readonly string[] = PROVENANCE,
): string {
  const joins = new Map<string, string>();
  const columns = view.columns.map(
    (column) => `${decode(column, published(column, view, context), view, joins)} AS "${column.name}"`,
  );
  return `SELECT ${[...columns, ...provenance.map((name) => `r.${name}`)].join(', ')} FROM (${rows}) r${[...joins.values()].join('')}`;
}

/** The events that a `project` view shows, in its published columns. */
export function projected(view: ViewPlan, condition: string, context: CompileContext): string {
  const scope = eventScope(context);
  const joins = new Map<string, string>();
  const inner = new Map<string, string>();
  const take = (name: string, sql: string): string => {
    inner.set(name, sql);
    return `r."${name}"`;
  };
  const columns = view.columns.map((column) => {
    const { value, name } = column;
    if (value.role !== 'field' || value.of.kind !== 'dimension') {
      const { sql, type } = published(column, view, context);
      return `${decode(column, { sql: take(name, sql), type }, view, joins)} AS "${name}"`;
    }
    const { dimension, name: attribute, otherwise } = value.of;
    joins.set(dimension, dimensionJoin(dimension));
    const known = `${dimension}_dimension.attributes ->> ${literalText(attribute)}`;
    if (otherwise === undefined) return `(${known}) AS "${name}"`;
    const own = scope(otherwise);
    return `coalesce(${known}, ${decode(column, { ...own, sql: take(name, own.sql) }, view, joins)}) AS "${name}"`;
  });
  const wide = EVENT_COLUMNS.some(({ name, table }) => table === 'raw_extra' && [...inner.values()].includes(name));
  const rows = [
    ...[...inner].map(([name, sql]) => `${sql} AS "${name}"`),
    'event_time AS event_at',
    'late',
    '(SELECT text FROM symbol WHERE id = product_id) AS product_key',
    `${context.dialect.toText(scope('visitor').sql)} AS visitor_key`,
  ];
  const from = `raw${wide ? ' LEFT JOIN raw_extra USING (seq)' : ''}`;
  const events = `SELECT ${rows.join(', ')} FROM ${from} WHERE ${condition} AND ${compileWhere(view.where, scope, context)}`;
  return `SELECT ${columns.join(', ')}, TRUE AS is_final, 0 AS revision, r.late::BIGINT AS late_events, NULL::BIGINT AS epoch FROM (${events}) r${[...joins.values()].join('')}`;
}

const dimensionJoin = (kind: string): string =>
  ` LEFT JOIN dimension ${kind}_dimension ON ${kind}_dimension.kind = '${kind}' AND ${kind}_dimension.key = r.${kind === 'product' ? 'product_key' : 'visitor_key'} AND r.event_at >= ${kind}_dimension.valid_from AND r.event_at < ${kind}_dimension.valid_to`;

/** SQL of a published column over stored columns, before symbols become text. */
export function published({ name, value }: ColumnPlan, view: ViewPlan, context: CompileContext): Sql {
  const { dialect } = context;
  switch (value.role) {
    case 'window': {
      if (value.edge === 'start' || isCalendar(view)) return { sql: `window_${value.edge}`, type: 'time' };
      const windowing = 'windowing' in view.kind ? view.kind.windowing : undefined;
      const size = windowing === undefined || windowing.shape === 'calendar' ? 0 : windowing.size;
      return { sql: dialect.plus('window_start', size), type: 'time' };
    }
    case 'month':
      return { sql: dialect.calendarPart('month', 'window_start', context.zone), type: 'text' };
    case 'key': {
      const { type } = compileExpression(value.of, inputScope(view, context), context);
      return { sql: `r."${name}"`, type };
    }
    case 'session':
      return sessionPart(value.part, context);
    case 'elapsed': {
      const micros = dialect.elapsed('session_start', 'session_end');
      return value.whole
        ? { sql: `(${micros} // ${value.unit})`, type: 'integer' }
        : { sql: `${dialect.toDouble(micros)} / ${value.unit}`, type: 'double' };
    }
    case 'measure':
      return measureSql(value.measure, inputScope(view, context), context);
    case 'field':
      return fieldSql(name, view, value.of, context);
    case 'ledger':
      return compileExpression(value.of, ledgerScope, context);
    case 'episode':
      return episodePart(value.part, view);
    case 'absence':
      return absencePart(value.part);
    case 'anomaly':
      return anomalyColumn(value.part, view, context);
    case 'arrival':
      return { sql: '(SELECT b.arrival FROM batch b WHERE b.batch = raw.batch)', type: 'time' };
  }
}

const ledgerScope: Scope = (name) => ({ sql: name, type: ledgerPartType(name) ?? 'integer' });

/** A field of an event: of an anomaly view it is stored, a projection computes it. */
function fieldSql(name: string, view: ViewPlan, of: Expression, context: CompileContext): Sql {
  if (view.kind.kind === 'ledger') return describing(name, view, of);
  const own = compileExpression(of, eventScope(context), context);
  return view.kind.kind === 'anomaly' ? { ...own, sql: `r."${name}"` } : own;
}

/** A field of a ledger: what the key's dimension says, else what the last event that says anything does. */
function describing(name: string, view: ViewPlan, of: Expression): Sql {
  const own = `r."${name}"`;
  const [spec] = fallback(view, of);
  if (spec === undefined) return { sql: own, type: 'text' };
  const state = stateName(spec);
  const isText = spec.of?.kind === 'column' && EVENT_INPUTS.get(spec.of.name)?.type === 'text';
  const text = isText ? state : `(SELECT text FROM symbol WHERE id = ${state})`;
  return { sql: `coalesce(${own}, ${text})`, type: 'text' };
}

function episodePart(part: EpisodePart, { name, kind }: ViewPlan): Sql {
  if (kind.kind !== 'episode') throw new Error(`${name} is not an episode view`);
  if (part === 'threshold') return { sql: `${kind.opensBelow}::BIGINT`, type: 'integer' };
  if (part === 'status') return { sql: "CASE WHEN closed_at IS NULL THEN 'open' ELSE 'closed' END", type: 'text' };
  return { sql: part, type: part === 'balance' ? 'integer' : 'time' };
}

function absencePart(part: AbsencePart): Sql {
  switch (part) {
    case 'status':
      return {
        sql: "CASE WHEN recovered_at IS NOT NULL THEN 'recovered' WHEN abandoned_at IS NULL THEN 'open' ELSE 'abandoned' END",
        type: 'text',
      };
    case 'items':
      return { sql: part, type: 'integer' };
    case 'value':
      return { sql: part, type: 'wide money' };
    case 'recovered_amount':
      return { sql: part, type: 'money' };
    case 'contents':
      return { sql: part, type: 'pieces' };
    default:
      return { sql: part, type: 'time' };
  }
}

function sessionPart(part: 'id' | 'visitor' | 'start' | 'end' | 'status', { dialect }: CompileContext): Sql {
  switch (part) {
    case 'id':
      return {
        sql: `CASE WHEN session_id IS NOT NULL THEN ${dialect.toText('session_id')} ELSE '~' || ${dialect.toText('visitor')} || '~' || ${dialect.toText(dialect.micros('session_start'))} END`,
        type: 'text',
      };
    case 'visitor':
      return { sql: 'visitor', type: 'id' };
    case 'status':
      return { sql: "CASE WHEN r.is_final THEN 'completed' ELSE 'active' END", type: 'text' };
    default:
      return { sql: `session_${part}`, type: 'time' };
  }
}

function decode({ name }: ColumnPlan, { sql, type }: Sql, { kind }: ViewPlan, joins: Map<string, string>): string {
  if (type === 'symbol') {
    joins.set(name, ` LEFT JOIN symbol "s_${name}" ON "s_${name}".id = ${sql}`);
    return `"s_${name}".text`;
  }
  if (type === 'symbols') return `list_sort(list_select((SELECT list(text ORDER BY id) FROM symbol), ${sql}))`;
  // Index 0 is nobody's: it selects null.
  if (type === 'symbol[]')
    return `list_select((SELECT list(text ORDER BY id) FROM symbol), list_transform(${sql}, lambda x: coalesce(x, 0)))`;
  // By the bytes of the items' texts, null last.
  if (type === 'pieces' && kind.kind === 'absence' && kind.item.kind === 'column') {
    const texts = `list_select((SELECT list(text ORDER BY id) FROM symbol), list_transform(${sql}, lambda x: coalesce(x.item, 0)))`;
    return `list_sort(list_transform(list_zip(${texts}, ${sql}), lambda x: struct_pack("${kind.item.name}" := x[1], quantity := x[2].quantity, price := x[2].price)))`;
  }
  if (type === 'id') return `${sql}::VARCHAR`;
  return sql;
}
