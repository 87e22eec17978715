import { type CompileContext, type IdWidth, type IdWidths, visitorWidth } from '../compile/context.ts';
import { idColumns } from '../compile/tables.ts';
import type { BatchColumn } from '../core/batch.ts';
import type { Database } from '../store/database.ts';
import type { ViewPlan } from '../view/view.ts';

const ID_COLUMNS = ['user_id', 'anonymous_id', 'session_id'] as const;
export type IdColumn = (typeof ID_COLUMNS)[number];

/** Widths with, for each column, whether any id has settled it. */
export interface SettledWidths {
  readonly widths: IdWidths;
  readonly settled: Readonly<Record<IdColumn, boolean>>;
}

/** An empty shop's: narrow, and open to whatever comes first. */
export const FIRST_WIDTHS: SettledWidths = {
  widths: { user_id: 'BIGINT', anonymous_id: 'BIGINT', session_id: 'UUID' },
  settled: { user_id: false, anonymous_id: false, session_id: false },
};

const WIDTH_OF = { int8: 'VARCHAR', int32: 'VARCHAR', int64: 'BIGINT', uuid: 'UUID', text: 'VARCHAR' } as const;

/**
 * The widths that a batch needs: the first ids of a column choose, the first misfit after that makes it text for good
 * (semantics 5). Nothing narrows.
 */
export function neededWidths(
  { widths, settled }: SettledWidths,
  columns: Readonly<Record<string, BatchColumn>>,
): SettledWidths {
  const next: Record<IdColumn, IdWidth> = { ...widths };
  const settledNow: Record<IdColumn, boolean> = { ...settled };
  for (const name of ID_COLUMNS) {
    const column = columns[name];
    if (column === undefined || column.kind === 'absent') continue;
    const wanted = WIDTH_OF[column.kind];
    if (!settled[name]) next[name] = wanted;
    else if (next[name] !== wanted) next[name] = 'VARCHAR';
    settledNow[name] = true;
  }
  return { widths: next, settled: settledNow };
}

export const sameWidths = (a: SettledWidths, b: SettledWidths): boolean =>
  ID_COLUMNS.every((name) => a.widths[name] === b.widths[name] && a.settled[name] === b.settled[name]);

/** Changes the columns that hold ids. Runs inside a transaction. `context` has the new widths. */
export async function widen(
  database: Database,
  before: IdWidths,
  views: readonly ViewPlan[],
  context: CompileContext,
): Promise<void> {
  const { widths } = context;
  const changes: { table: string; column: string; width: string }[] = ID_COLUMNS.filter(
    (name) => widths[name] !== before[name],
  ).map((name) => ({ table: 'raw', column: name, width: widths[name] }));
  if (widths.session_id !== before.session_id)
    changes.push({ table: 'dirty_session', column: 'session_id', width: widths.session_id });
  if (visitorWidth(widths) !== visitorWidth(before))
    changes.push({ table: 'dirty_session', column: 'visitor', width: visitorWidth(widths) });
  for (const { table, column, width } of [...changes, ...views.flatMap((view) => idColumns(view, context))]) {
    // A column without ids yet may be of another narrow type that does not cast: by way of text it is empty anyway.
    await database.run(
      `ALTER TABLE ${table} ALTER COLUMN "${column}" TYPE ${width} USING "${column}"::VARCHAR::${width}`,
    );
  }
}
