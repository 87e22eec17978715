import type { ColumnPlan, ViewPlan } from '../view/view.ts';
import { type CompileContext, eventScope, literalText, visitorSql } from './context.ts';
import type { ValueType } from './dialect/dialect.ts';
import { compileExpression, compileWhere } from './expression.ts';
import { matchedPairs } from './match.ts';

/** A published row as it was read: values in the JSON form of results. */
export type PublishedRow = Readonly<Record<string, unknown>>;

const instant = (value: unknown): string =>
  `TIMESTAMP ${literalText(String(value).replace('T', ' ').replace('Z', ''))}`;

/**
 * `events(key)`: a condition on raw that picks the events which made a row (semantics, "Kinds"): of a match those that
 * followed too. For a rollup it picks those of the sessions in `parents`, a relation with the parent's stored columns.
 */
export function eventsOf(view: ViewPlan, row: PublishedRow, context: CompileContext, parents?: string): string {
  const where = compileWhere(view.kind.kind === 'rollup' ? undefined : view.where, eventScope(context), context);
  switch (view.kind.kind) {
    case 'window':
      return [within(view, row, 'event_time'), ...keyConditions(view, row, context), where].join(' AND ');
    case 'match': {
      const opened = [within(view, row, 'event_time'), ...keyConditions(view, row, context), where].join(' AND ');
      const stretch = `event_time >= ${edgeOf(view, row, 'start')} AND event_time < ${context.dialect.plus(edgeOf(view, row, 'end'), view.kind.within)}`;
      return `((${opened}) OR seq IN (SELECT follower FROM (${matchedPairs(view, stretch, context)}) WHERE opener IN (SELECT seq FROM raw WHERE ${opened})))`;
    }
    case 'session':
      return `${sessionCondition(view, row, context)} AND ${where}`;
    case 'rollup': {
      const visitor = visitorSql(context.widths);
      const mine = `(p.session_id = raw.session_id AND (p.visitor IS NULL OR p.visitor = ${visitor} OR ${visitor} IS NULL)) OR (p.session_id IS NULL AND raw.session_id IS NULL AND p.visitor = ${visitor})`;
      return `EXISTS (SELECT 1 FROM ${parents} p WHERE ${within(view, row, 'p.session_start')} AND raw.event_time BETWEEN p.session_start AND p.session_end AND (${mine}))`;
    }
    case 'project':
      return `${compileExpression({ kind: 'column', name: 'event_id' }, eventScope(context), context).sql} = ${literalText(String(row['event_id']))}`;
  }
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
    const { sql, type } = compileExpression(value.of, eventScope(context), context);
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

function sessionCondition(view: ViewPlan, row: PublishedRow, context: CompileContext): string {
  const part = (which: string) => columnOf(view, ({ value }) => value.role === 'session' && value.part === which);
  const id = String(row[part('id')]);
  const visitor = visitorSql(context.widths);
  const start = instant(row[part('start')]);
  // Made up for events without a session id: the visitor between two tildes, then the time of the first event.
  const made = /^~(.*)~\d+$/s.exec(id);
  const last = view.columns.some(({ value }) => value.role === 'session' && value.part === 'end')
    ? `event_time <= ${instant(row[part('end')])}`
    : `event_time <= ${start} + to_microseconds(${elapsedMicros(view, row)})`;
  const span = `event_time >= ${start} AND ${last}`;
  if (made !== null) return `session_id IS NULL AND ${visitor}::VARCHAR = ${literalText(made[1] ?? '')} AND ${span}`;
  const given = `session_id::VARCHAR = ${literalText(id)} AND ${span}`;
  if (view.kind.kind !== 'session' || !view.kind.byVisitor) return given;
  const who = row[part('visitor')];
  if (who === null || who === undefined) return `${given} AND ${visitor} IS NULL`;
  const alone = `(SELECT count(DISTINCT ${visitor}) FROM raw WHERE session_id::VARCHAR = ${literalText(id)}) = 1`;
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
