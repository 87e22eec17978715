import type { ColumnPlan, ColumnValue, ViewPlan } from '../view/view.ts';
import type { CompileContext } from './context.ts';
import { historyTable, layoutOf, storedColumns } from './layout.ts';
import { present, storedRows } from './present.ts';

/** What a reader that knows the final rows of an epoch has to be told, as two SELECTs (semantics, "Changes"). */
export interface ChangesSql {
  /** Rows to be put in the place of those with the same key, as they are published. */
  readonly upserts: string;
  /** Keys, as they are published, of rows that are gone. */
  readonly deletes: string;
}

/** Columns by which a published row is known: no two rows of a view are equal in all of them. */
export function keyColumns(view: ViewPlan): readonly string[] {
  const split = view.kind.kind === 'session' && view.kind.split;
  const isKey = ({ value }: ColumnPlan): boolean => {
    if (value.role === 'window') return value.edge === 'start';
    if (value.role === 'episode') return value.part === 'opened_at';
    if (value.role === 'session')
      return value.part === 'id' || value.part === 'visitor' || (split && value.part === 'start');
    return value.role === 'key' || isEventId(view, value);
  };
  return view.columns.filter(isKey).map(({ name }) => name);
}

/** An anomaly view has a row an event. */
export const isEventId = ({ kind }: ViewPlan, value: ColumnValue): boolean =>
  kind.kind === 'anomaly' && value.role === 'field' && value.of.kind === 'column' && value.of.name === 'event_id';

/** All final rows as they are published. */
export const snapshotSql = (view: ViewPlan, context: CompileContext): string =>
  present(view, storedRows(view, 'TRUE', context), context);

/**
 * What changed after an epoch, one entry a key: rows that were written since, and the keys of rows that held then and
 * hold no more, unless a row with the same key was written since.
 */
export function changesSql(view: ViewPlan, after: number, context: CompileContext): ChangesSql {
  const keys = keyColumns(view)
    .map((name) => `"${name}"`)
    .join(', ');
  const upserts = present(view, storedRows(view, `t.epoch > ${after}`, context), context);
  const columns = storedColumns(layoutOf(view, context)).join(', ');
  const gone = `SELECT ${columns}, TRUE AS is_final FROM ${historyTable(view)} WHERE epoch <= ${after} AND until_epoch > ${after}`;
  return {
    upserts,
    deletes: `SELECT ${keys} FROM (${present(view, gone, context, [])}) EXCEPT SELECT ${keys} FROM (${upserts})`,
  };
}
