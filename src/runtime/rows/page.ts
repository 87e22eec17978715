import { FootfallError } from '../../core/errors/footfall-error.ts';
import { literalText } from '../../core/sql-text.ts';
import type { Session } from '../../store/session.ts';
import type { Json } from '../../store/value.ts';
import { type OrderColumn, orderSql } from './in-order.ts';
import type { TypedColumn } from './view-columns.ts';

/** Rows of which a page is wanted, in an order that has no equals. */
export interface Paged {
  /** A relation: a name, or SQL in parentheses. */
  readonly sql: string;
  readonly columns: readonly TypedColumn[];
  readonly order: readonly OrderColumn[];
  /** Columns that are wanted; those of the order are read besides. */
  readonly shown: readonly string[];
}

export interface Page {
  readonly rows: readonly Readonly<Record<string, Json>>[];
  /** For the rows that follow; null at the end. */
  readonly next: string | null;
}

/**
 * A page of rows. Pages follow each other by the values of the last row, so that rows which come or go in between move no
 * other row from one page to the next.
 *
 * @param cursor `next` of the page before
 * @throws FootfallError `query.page` for a cursor of another question
 */
export async function readPage(
  database: Session,
  { sql, columns, order, shown }: Paged,
  limit: number,
  cursor: string | undefined,
): Promise<Page> {
  const read = [...new Set([...shown, ...order.map(({ name }) => name)])].map((name) => `"${name}"`).join(', ');
  const where = cursor === undefined ? '' : ` WHERE ${after(order, valuesOf(cursor, order), columns)}`;
  const found = await database.jsonRows(`SELECT ${read} FROM ${sql}${where}${orderSql(order)} LIMIT ${limit + 1}`);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > rows.length && last !== undefined ? cursorOf(last, order) : null };
}

/** @throws FootfallError `query.page` as `readPage` */
export function checkPage(order: readonly OrderColumn[], cursor: string | undefined): void {
  if (cursor !== undefined) valuesOf(cursor, order);
}

/** Rows behind the given values: equal up to some column, and behind in that; nulls come last. */
function after(
  order: readonly OrderColumn[],
  last: readonly (string | null)[],
  columns: readonly TypedColumn[],
): string {
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
