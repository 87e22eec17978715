import { resultTable } from '../../compile/layout.ts';
import type { ViewPlan } from '../../view/view.ts';
import type { ShopSnapshot } from '../shop.ts';

const named = (what: string, view: ViewPlan, child?: ViewPlan): string =>
  child === undefined ? `${what}_${view.name}` : `${what}_${view.name}_for_${child.name}`;

/** Temporary table of a view's live rows; for a child, with just the columns that the child is made from. */
export const liveTable = (view: ViewPlan, child?: ViewPlan): string => named('live', view, child);

/** Relation of a prepared view's rows in stored form: final ones and live ones. */
export const visibleRows = (view: ViewPlan, child?: ViewPlan): string => named('visible', view, child);

/** Makes the table of live rows, empty. All stored rows stand. */
export async function nothingLive({ database }: ShopSnapshot, view: ViewPlan, table: string): Promise<string> {
  await database.run(`CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * FROM ${resultTable(view)} WHERE FALSE`);
  return 'TRUE';
}
