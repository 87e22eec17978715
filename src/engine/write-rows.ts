import { CHANGE, firstClose, restate } from '../compile/change.ts';
import type { Session } from '../store/session.ts';
import type { ViewPlan } from '../view/view.ts';
import type { ShopSnapshot } from './shop.ts';

/**
 * Writes rows of slices that have none. At most once a transaction for a view, unless there surely are rows: after an
 * INSERT of more than 122,880 rows, one of no rows in the same transaction makes DuckDB 1.5.6 leave an empty row
 * group behind, and what a later transaction adds stays invisible until a checkpoint (docs/decisions/0004).
 */
export const writeFirst = (
  { database, context }: ShopSnapshot,
  view: ViewPlan,
  rows: string,
  epoch: number,
): Promise<void> => database.run(firstClose(view, rows, epoch, context));

/**
 * Inserts the rows of a query into a table, for as many statements a transaction as there are: one without rows is left
 * out. What is inserted is laid out first, so it is for marks and notes and not for results.
 */
export async function insertRows(database: Session, table: string, rows: string): Promise<void> {
  await database.run(`CREATE OR REPLACE TEMP TABLE inserting AS ${rows}`);
  const any = await database.one('SELECT 1 AS found FROM inserting LIMIT 1');
  if (any !== undefined) await database.run(`INSERT INTO ${table} BY NAME FROM inserting`);
}

/** Restates the rows that `stored` picks. Returns how many differences there were; without any, nothing is written. */
export async function writeRestated(
  { database, context }: ShopSnapshot,
  view: ViewPlan,
  rows: string,
  stored: string,
  epoch: number,
  cause: string,
): Promise<number> {
  const steps = restate(view, rows, stored, epoch, cause, context);
  for (const sql of steps.compare) await database.run(sql);
  const change = await database.one(
    `SELECT count(*) AS n, count(old_row) AS old, count(new_row) AS new FROM ${CHANGE}`,
  );
  if (Number(change?.['old']) > 0) for (const sql of steps.retire) await database.run(sql);
  if (Number(change?.['new']) > 0) await database.run(steps.insert);
  return Number(change?.['n']);
}
