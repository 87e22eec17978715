import { FootfallError } from '../../core/errors/footfall-error.ts';
import { literalText } from '../../core/sql-text.ts';
import { formatInstant } from '../../core/time.ts';
import type { Reading } from '../../engine/read.ts';
import type { Json } from '../../store/value.ts';
import type { OpenShop } from '../open-shop.ts';
import type { AskedRows } from '../rows/asked-rows.ts';
import { type OrderColumn, orderOf, orderSql } from '../rows/in-order.ts';
import { type Relation, relationOf } from '../rows/relation.ts';

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

/** The same, of a state that is being read. */
export async function pageOf(reading: Reading, input: PageInput): Promise<RowsPage> {
  const { database, generation, final } = reading;
  const relation = await relationOf(reading, input);
  const { view, columns, shown, say, compared } = relation;
  const order = orderOf(relation, input.order);
  const read = [...new Set([...shown, ...order.map(({ name }) => name)])].map((name) => `"${name}"`).join(', ');
  const where = input.cursor === undefined ? '' : ` WHERE ${after(order, valuesOf(input.cursor, order), relation)}`;
  const found = await database.jsonRows(
    `SELECT ${read} FROM ${relation.sql}${where}${orderSql(order)} LIMIT ${input.limit + 1}`,
  );
  const rows = found.slice(0, input.limit);
  const last = rows.at(-1);
  const cells = shown.map((name) => ({ name, said: say[columns.findIndex((each) => each.name === name)] }));
  return {
    view: view.name,
    generation,
    epoch: final.epoch,
    rows: rows.map((row) =>
      Object.fromEntries(cells.map(({ name, said }) => [name, said?.(row[name] ?? null) ?? null])),
    ),
    next: found.length > rows.length && last !== undefined ? cursorOf(last, order) : null,
    ...(compared === null
      ? {}
      : { compared_with: { from: formatInstant(compared.from), to: formatInstant(compared.to) } }),
  };
}

/** Rows behind the given values: equal up to some column, and behind in that; nulls come last. */
function after(order: readonly OrderColumn[], last: readonly (string | null)[], { columns }: Relation): string {
  const value = (i: number): string => {
    const text = last[i];
    const type = columns.find(({ name }) => name === order[i]?.name)?.type ?? 'VARCHAR';
    return text == null ? 'NULL' : `TRY_CAST(${literalText(text)} AS ${type})`;
  };
  const alternatives = order.map(({ name, descending }, i) => {
    const equal = order.slice(0, i).map((each, j) => `"${each.name}" IS NOT DISTINCT FROM ${value(j)}`);
    const behind = last[i] == null ? 'FALSE' : `("${name}" ${descending ? '<' : '>'} ${value(i)} OR "${name}" IS NULL)`;
    return `(${[...equal, behind].join(' AND ')})`;
  });
  return alternatives.length === 0 ? 'FALSE' : `(${alternatives.join(' OR ')})`;
}

const cursorOf = (row: Readonly<Record<string, Json>>, order: readonly OrderColumn[]): string =>
  Buffer.from(
    JSON.stringify([order.map(signed).join(','), ...order.map(({ name }) => textOf(row[name] ?? null))]),
  ).toString('base64url');

const signed = ({ name, descending }: OrderColumn): string => `${descending ? '-' : ''}${name}`;
const textOf = (value: Json): string | null =>
  value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** @throws FootfallError `query.page` for a cursor of another order, or none at all */
function valuesOf(cursor: string, order: readonly OrderColumn[]): readonly (string | null)[] {
  try {
    const [by, ...values] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, ...(string | null)[]];
    const fits = values.length === order.length && values.every((each) => each === null || typeof each === 'string');
    if (by === order.map(signed).join(',') && fits) return values;
  } catch {
    // Told below, like a cursor of another question.
  }
  throw new FootfallError('query.page', {});
}
