import { formatInstant } from '../../core/time.ts';
import type { Reading } from '../../engine/read.ts';
import type { Json } from '../../store/value.ts';
import type { OpenShop } from '../open-shop.ts';
import type { AskedRows } from '../rows/asked-rows.ts';
import { orderOf } from '../rows/in-order.ts';
import { checkPage, readPage } from '../rows/page.ts';
import { relationOf } from '../rows/relation.ts';

export interface PageInput extends AskedRows {
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

export interface RowsPage {
  readonly view: string;
  /** The committed state that the rows are of. */
  readonly generation: number;
  readonly epoch: number;
  readonly rows: readonly Readonly<Record<string, Json>>[];
  /** For the rows that follow; null at the end. */
  readonly next: string | null;
  /** The range that groups are compared with, end exclusive. */
  readonly compared_with?: { readonly from: string; readonly to: string };
}

/**
 * A page of a view's rows. Pages follow each other by the values of the last row, so that rows which come or go in
 * between move no other row from one page to the next.
 *
 * @throws FootfallError as `relationOf`, and `query.page`
 */
export const rowsPage = ({ reader }: OpenShop, input: PageInput): Promise<RowsPage> =>
  reader.ask([], (reading) => pageOf(reading, input));

/**
 * Reads no row, and fails as `rowsPage` would: for whoever has the rows already.
 * @throws FootfallError as `rowsPage`
 */
export const checkRows = ({ reader }: OpenShop, input: PageInput): Promise<undefined> =>
  reader.ask([], async (reading) => {
    const relation = await relationOf(reading, input);
    checkPage(orderOf(relation, input.order), input.cursor);
    return undefined;
  });

/** As `rowsPage`, of a state that is being read. */
export async function pageOf(reading: Reading, input: PageInput): Promise<RowsPage> {
  const { database, generation, final } = reading;
  const relation = await relationOf(reading, input);
  const { view, sql, columns, shown, say, compared } = relation;
  const order = orderOf(relation, input.order);
  const { rows, next } = await readPage(database, { sql, columns, order, shown }, input.limit, input.cursor);
  const cells = shown.map((name) => ({ name, said: say[columns.findIndex((each) => each.name === name)] }));
  return {
    view: view.name,
    generation,
    epoch: final.epoch,
    rows: rows.map((row) =>
      Object.fromEntries(cells.map(({ name, said }) => [name, said?.(row[name] ?? null) ?? null])),
    ),
    next,
    ...(compared === null
      ? {}
      : { compared_with: { from: formatInstant(compared.from), to: formatInstant(compared.to) } }),
  };
}
