import type { ViewPlan } from '../view/view.ts';
import { type CompileContext, visitorWidth } from './context.ts';
import { historyTable, layoutOf, openTable, resultTable } from './layout.ts';

/** True for views whose rows are stored; a projection is computed when read. */
export const isStored = (view: ViewPlan): boolean => view.kind.kind !== 'project';

/** Statements that create what a view stores: its rows, their former images, and for sessions those still open. */
export function createTables(view: ViewPlan, context: CompileContext): readonly string[] {
  if (!isStored(view)) return [];
  const layout = layoutOf(view, context);
  const stored = [
    ...layout.keys.map(({ name, sqlType }) => `"${name}" ${sqlType}`),
    ...layout.states.map(({ name, type, width }) => `"${name}" ${width ?? context.dialect.sqlType(type)}`),
    'late_events BIGINT',
    'revision INTEGER',
    'epoch BIGINT',
  ];
  const tables = [
    `CREATE TABLE ${resultTable(view)} (${stored.join(', ')})`,
    `CREATE TABLE ${historyTable(view)} (${[...stored, 'op VARCHAR', 'until_epoch BIGINT', 'cause VARCHAR'].join(', ')})`,
  ];
  if (view.kind.kind !== 'session') return tables;
  const { session_id } = context.widths;
  return [
    ...tables,
    `CREATE TABLE ${openTable(view)} (session_id ${session_id}, visitor ${visitorWidth(context.widths)}, start TIMESTAMP, stored BOOLEAN)`,
  ];
}

export function dropTables(view: { readonly name: string }): readonly string[] {
  return [resultTable(view), historyTable(view), openTable(view)].map((table) => `DROP TABLE IF EXISTS ${table}`);
}

/** Columns that hold an id, and so change their type when ids need a wider one. */
export function idColumns(
  view: ViewPlan,
  context: CompileContext,
): readonly { readonly table: string; readonly column: string; readonly width: string }[] {
  if (!isStored(view)) return [];
  const layout = layoutOf(view, context);
  const columns = [
    ...layout.keys.filter(({ type }) => type === 'id').map(({ name, sqlType }) => ({ column: name, width: sqlType })),
    ...layout.states.flatMap(({ name, width }) => (width === undefined ? [] : [{ column: name, width }])),
  ];
  const tables = [resultTable(view), historyTable(view), ...(view.kind.kind === 'session' ? [openTable(view)] : [])];
  return tables.flatMap((table) =>
    columns
      .filter(({ column }) => table !== openTable(view) || column === 'session_id' || column === 'visitor')
      .map((each) => ({ table, ...each })),
  );
}
