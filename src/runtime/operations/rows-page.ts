import { FootfallError } from '../../core/errors/footfall-error.ts';
import { literalText } from '../../core/sql-text.ts';
import type { Json } from '../../store/value.ts';
import type { ViewPlan } from '../../view/view.ts';
import { checkColumn, findView } from '../find-view.ts';
import type { OpenShop } from '../open-shop.ts';
import { columnsOf, conditionsOf, timeColumn, type ViewInput } from './query.ts';

export interface PageInput extends Omit<ViewInput, 'limit'> {
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
}

interface OrderColumn {
  readonly name: string;
  readonly descending: boolean;
}

/**
 * A page of a view's rows. Pages follow each other by the values of the last row, so that rows which come or go in
 * between move no other row from one page to the next.
 *
 * @throws FootfallError `view.unknown`, `view.column_unknown`, `cli.usage`, `query.page`
 */
export async function rowsPage({ shop, reader }: OpenShop, input: PageInput): Promise<RowsPage> {
  const view = findView(shop, input.view);
  const columns = columnsOf(view, input);
  const order = orderOf(view, input.order);
  const read = [...new Set([...columns, ...order.map(({ name }) => name)])].map((name) => `"${name}"`).join(', ');
  const by = order.map(({ name, descending }) => `"${name}"${descending ? ' DESC' : ''} NULLS LAST`).join(', ');
  return reader.ask([view], async ({ database, generation, final }) => {
    const conditions = [...conditionsOf(view, input)];
    if (input.cursor !== undefined) {
      const last = valuesOf(input.cursor, order);
      const types = await database.stream(`SELECT ${read} FROM ${view.name} LIMIT 0`);
      for await (const _ of types.blocks);
      const typeOf = new Map(types.columns.map(({ name, type }) => [name, type]));
      conditions.push(after(order, last, (name) => typeOf.get(name) ?? 'VARCHAR'));
    }
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const found = await database.jsonRows(
      `SELECT ${read} FROM ${view.name}${where} ORDER BY ${by} LIMIT ${input.limit + 1}`,
    );
    const rows = found.slice(0, input.limit);
    const last = rows.at(-1);
    return {
      view: view.name,
      generation,
      epoch: final.epoch,
      rows: rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null]))),
      next: found.length > rows.length && last !== undefined ? cursorOf(last, order) : null,
    };
  });
}

/** As asked, else by time; then by what tells rows apart, so that there is one order. */
function orderOf(view: ViewPlan, asked: readonly string[] | undefined): readonly OrderColumn[] {
  const known = columnsOf(view, {});
  const time = timeColumn(view);
  const wanted = asked ?? (time === undefined ? [] : [time]);
  const order = wanted.map((each) => ({ name: each.replace(/^[-+]/, ''), descending: each.startsWith('-') }));
  for (const { name } of order) checkColumn(view, name, known);
  const keys = view.columns
    .filter(({ value: { role } }) => role === 'key' || role === 'session' || role === 'window')
    .map(({ name }) => name);
  // A view without keys has a row an event: all its columns together.
  const rest = keys.length > 0 ? keys : view.columns.map(({ name }) => name);
  const taken = new Set(order.map(({ name }) => name));
  return [...order, ...rest.filter((name) => !taken.has(name)).map((name) => ({ name, descending: false }))];
}

/** Rows behind the given values: equal up to some column, and behind in that; nulls come last. */
function after(
  order: readonly OrderColumn[],
  last: readonly (string | null)[],
  typeOf: (name: string) => string,
): string {
  const value = (i: number): string => {
    const text = last[i];
    return text == null ? 'NULL' : `CAST(${literalText(text)} AS ${typeOf(order[i]?.name ?? '')})`;
  };
  const alternatives = order.map(({ name, descending }, i) => {
    const equal = order.slice(0, i).map((each, j) => `"${each.name}" IS NOT DISTINCT FROM ${value(j)}`);
    const behind = last[i] == null ? 'FALSE' : `("${name}" ${descending ? '<' : '>'} ${value(i)} OR "${name}" IS NULL)`;
    return `(${[...equal, behind].join(' AND ')})`;
  });
  return `(${alternatives.join(' OR ')})`;
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
