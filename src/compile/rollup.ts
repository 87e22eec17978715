import type { ColumnPlan, ViewPlan } from '../view/view.ts';
import { type CompileContext, eventScope, type Scope } from './context.ts';
import type { Sql } from './dialect/dialect.ts';
import { measureSql } from './state.ts';

/** Columns of a session view as a rollup reads them: SQL over the parent's stored columns, exact ones only. */
export const rollupScope =
  (parentName: string, context: CompileContext): Scope =>
  (name) => {
    const parent = context.views.get(parentName);
    const column = parent?.columns.find((each) => each.name === name);
    if (column === undefined) throw new Error(`no column ${name} in ${parentName}`);
    return exact(column, context);
  };

function exact({ name, value }: ColumnPlan, context: CompileContext): Sql {
  if (value.role === 'measure') return measureSql(value.measure, eventScope(context), context);
  if (value.role === 'session' && value.part === 'start') return { sql: 'session_start', type: 'time' };
  if (value.role === 'session' && value.part === 'end') return { sql: 'session_end', type: 'time' };
  if (value.role === 'session' && value.part === 'visitor') return { sql: 'visitor', type: 'id' };
  if (value.role === 'session' && value.part === 'id') return { sql: 'session_id', type: 'id' };
  throw new Error(`a rollup cannot read ${name}`);
}

/** The parent with just the columns that a rollup is made from: the others need not be computed for it. */
export function readBy(parent: ViewPlan, rollup: ViewPlan): ViewPlan {
  const names = new Set(rollup.kind.kind === 'rollup' ? [rollup.kind.on] : []);
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind, name } = value as { kind?: unknown; name?: unknown };
    if (kind === 'column' && typeof name === 'string') names.add(name);
    Object.values(value).forEach(visit);
  };
  visit(rollup.where);
  visit(rollup.columns);
  return { ...parent, columns: parent.columns.filter(({ name }) => names.has(name)) };
}
