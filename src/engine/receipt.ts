import { isEventId } from '../compile/changes.ts';
import type { CompileContext } from '../compile/context.ts';
import { eventsOf, type PublishedRow } from '../compile/events.ts';
import { historyTable, resultTable } from '../compile/layout.ts';
import { present, projected, published } from '../compile/present.ts';
import { isStored } from '../compile/tables.ts';
import { literalText } from '../core/sql-text.ts';
import type { Json } from '../store/value.ts';
import type { ViewPlan } from '../view/view.ts';
import { visibleRows } from './kinds/live-table.ts';
import { sealedBefore } from './protocol/seal.ts';
import type { Reading } from './read.ts';
import type { ShopSnapshot } from './shop.ts';

/** The events behind a row, and how the row came to be what it is. */
export interface Receipt {
  readonly view: string;
  readonly fingerprint: string;
  readonly row: Readonly<Record<string, Json>>;
  /** All of it happened before what is sealed: nothing changes it any more. */
  readonly sealed: boolean;
  readonly events: { readonly count: number; readonly sample: readonly Readonly<Record<string, Json>>[] };
  /** Former images of the row, newest first, each with the cause of its end. */
  readonly history: readonly Readonly<Record<string, Json>>[];
}

export type ReceiptOutcome =
  | { readonly found: 'one'; readonly receipt: Receipt }
  | { readonly found: 'none' }
  /** The key fits several rows; the first of them. */
  | { readonly found: 'many'; readonly rows: readonly Readonly<Record<string, Json>>[] };

/**
 * Finds the row with these published values, as text, and the events that made it: a query, not a stored list, so it
 * holds for any row at any time.
 *
 * @example await receipt(shop, view, { brand: 'samsung', window_start: '2019-10-01T00:00:00Z' }, 100)
 */
export async function receipt(
  shop: Reading,
  view: ViewPlan,
  key: Readonly<Record<string, string>>,
  limit: number,
): Promise<ReceiptOutcome> {
  const { database, context } = shop;
  const parent = view.kind.kind === 'rollup' ? shop.view(view.kind.parent) : undefined;
  await shop.prepare([view]);
  const rows = await database.jsonRows(`SELECT * FROM ${view.name} WHERE ${matching(view, key, context)} LIMIT 3`);
  const [row] = rows;
  if (row === undefined) return { found: 'none' };
  if (rows.length > 1) return { found: 'many', rows };
  const condition = eventsOf(view, row, context, parent && parentRows(parent, view, row));
  const events = shop.views.find(({ kind }) => kind.kind === 'project') ?? view;
  const made = await database.one(
    `SELECT count(*) AS n, epoch_us(max(event_time)) AS last FROM raw WHERE ${condition}`,
  );
  const count = Number(made?.['n']);
  const sample = await database.jsonRows(
    `SELECT * FROM (${projected(events, condition, context)}) ORDER BY 2, 1 LIMIT ${limit}`,
  );
  return {
    found: 'one',
    receipt: {
      view: view.name,
      fingerprint: view.fingerprint,
      row,
      sealed: count > 0 && Number(made?.['last']) < sealedBefore(shop.ingest.watermark, shop.settings.history),
      events: { count, sample },
      history: await formerImages(shop, view, row),
    },
  };
}

/** What a rollup's row is made from: final rows from final ones, live rows from those that readers see. */
const parentRows = (parent: ViewPlan, view: ViewPlan, row: PublishedRow): string =>
  row['is_final'] === true ? resultTable(parent) : visibleRows(parent, view);

/** Each given value against the column as it reads in results; times may be given in any ISO form. */
function matching(view: ViewPlan, key: Readonly<Record<string, string>>, context: CompileContext): string {
  const conditions = Object.entries(key).map(([name, value]) => {
    const text = literalText(value);
    const column = view.columns.find((each) => each.name === name);
    const isTime = column !== undefined && published(column, view, context).type === 'time';
    if (isTime && value !== 'null') return `"${name}" = (${text}::TIMESTAMPTZ AT TIME ZONE 'UTC')`;
    const same = `"${name}"::VARCHAR = ${text}`;
    return value === 'null' ? `("${name}" IS NULL OR ${same})` : same;
  });
  return conditions.length === 0 ? 'TRUE' : conditions.join(' AND ');
}

/** History rows with the same published key. */
async function formerImages(
  shop: ShopSnapshot,
  view: ViewPlan,
  row: PublishedRow,
): Promise<readonly Readonly<Record<string, Json>>[]> {
  if (!isStored(view)) return [];
  const { database, context } = shop;
  const provenance = ['revision', 'epoch', 'until_epoch', 'op', 'cause'];
  const rows = present(view, `SELECT *, TRUE AS is_final FROM ${historyTable(view)}`, context, provenance);
  const known = view.columns.filter(
    ({ value }) =>
      value.role === 'key' ||
      isEventId(view, value) ||
      value.role === 'window' ||
      (value.role === 'episode' && value.part === 'opened_at') ||
      (value.role === 'session' && (value.part === 'id' || value.part === 'visitor')),
  );
  const same = known.map(({ name }) => {
    const value = row[name];
    if (value === null || value === undefined) return `"${name}" IS NULL`;
    return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)
      ? `"${name}" = (${literalText(value)}::TIMESTAMPTZ AT TIME ZONE 'UTC')`
      : `"${name}"::VARCHAR = ${literalText(String(value))}`;
  });
  return database.jsonRows(`SELECT * FROM (${rows}) WHERE ${same.join(' AND ')} ORDER BY until_epoch DESC`);
}
