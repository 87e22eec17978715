import type { ViewPlan } from '../view/view.ts';
import type { CompileContext } from './context.ts';
import { historyTable, layoutOf, resultTable, storedColumns } from './layout.ts';

export const CHANGE = 'view_change';
const NEW = 'view_fresh';

/** Writes rows of slices that have none yet: no comparison, no history (semantics, "Changes"). */
export const firstClose = (view: ViewPlan, rows: string, epoch: number, context: CompileContext): string =>
  `INSERT INTO ${resultTable(view)} SELECT ${storedColumns(layoutOf(view, context)).join(', ')}, late_events, 0, ${epoch} FROM (${rows})`;

/** The steps of a restatement, in order; those without anything to do are to be left out. */
export interface Restatement {
  /** Fills `view_change` with one row for each difference. */
  readonly compare: readonly string[];
  /** Moves changed and vanished rows to history, then removes them. */
  readonly retire: readonly string[];
  /** Writes the rows as they should be. */
  readonly insert: string;
}

/**
 * Replaces the stored rows of some slices by recomputed ones: unchanged rows stay untouched, changed and vanished ones
 * move to history with their cause, and `revision` rises (semantics, "Transactions" and "Changes").
 *
 * `stored` is a condition on the result table that picks all rows of just these slices; `rows` are the slices' rows
 * as they should be.
 */
export function restate(
  view: ViewPlan,
  rows: string,
  stored: string,
  epoch: number,
  cause: string,
  context: CompileContext,
): Restatement {
  const layout = layoutOf(view, context);
  const columns = storedColumns(layout);
  const table = resultTable(view);
  const identity = layout.identity.map((_, i) => `i${i}`);
  const named = layout.identity.map((sql, i) => `${sql} AS i${i}`).join(', ');
  const same = identity.map((name) => `o.${name} IS NOT DISTINCT FROM n.${name}`).join(' AND ');
  const differs = columns.map((name) => `o.${name} IS DISTINCT FROM n.${name}`).join(' OR ');
  const isSession = view.kind.kind === 'session' || view.kind.kind === 'absence';
  const extra = isSession
    ? ', o.session_start AS old_start, n.session_start AS new_start, coalesce(o.session_id, n.session_id) AS session_id, coalesce(o.visitor, n.visitor) AS visitor'
    : '';
  // Sessions that take the place of vanished ones (they merged or split) follow on from the highest of them.
  const inherited = isSession
    ? 'coalesce(max(old_revision) FILTER (new_row IS NULL) OVER (PARTITION BY session_id, CASE WHEN session_id IS NULL THEN visitor END) + 1, 0)'
    : '0';
  const differences = `SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row${extra} FROM (SELECT rowid AS row, *, ${named} FROM ${table} WHERE ${stored}) o FULL JOIN (SELECT rowid AS row, *, ${named} FROM ${NEW}) n ON ${same} WHERE o.row IS NULL OR n.row IS NULL OR ${differs}`;
  return {
    compare: [
      `CREATE OR REPLACE TEMP TABLE ${NEW} AS SELECT ${columns.join(', ')}, late_events FROM (${rows})`,
      `CREATE OR REPLACE TEMP TABLE ${CHANGE} AS SELECT *, coalesce(old_revision + 1, ${inherited}) AS revision FROM (${differences})`,
    ],
    retire: [
      `INSERT INTO ${historyTable(view)} SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, ${epoch}, '${cause}' FROM ${table} t JOIN ${CHANGE} c ON t.rowid = c.old_row`,
      `DELETE FROM ${table} WHERE rowid IN (SELECT old_row FROM ${CHANGE} WHERE old_row IS NOT NULL)`,
    ],
    insert: `INSERT INTO ${table} SELECT ${columns.map((name) => `n.${name}`).join(', ')}, n.late_events, c.revision, ${epoch} FROM ${NEW} n JOIN ${CHANGE} c ON n.rowid = c.new_row`,
  };
}
