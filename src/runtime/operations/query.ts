import { z } from 'zod';
import { sqlShape } from '../../core/sql-shape.ts';
import { type Reader, withReader } from '../../engine/read.ts';
import type { Session } from '../../store/session.ts';
import type { Json } from '../../store/value.ts';
import type { OpenShop } from '../open-shop.ts';
import { type Emit, operation } from '../operation.ts';
import { type AskedRows, askedRows } from '../rows/asked-rows.ts';
import { orderOf, orderSql } from '../rows/in-order.ts';
import { type Relation, relationOf } from '../rows/relation.ts';
import type { TypedColumn } from '../rows/view-columns.ts';
import { selectStatement, statementFailure } from './select-statement.ts';

const limited = { limit: z.int().min(0).optional() };
const input = z.union([z.object({ sql: z.string(), ...limited }), askedRows.extend(limited)]);

export type QueryInput = z.infer<typeof input>;

export type QueryPart = { readonly columns: readonly TypedColumn[] } | { readonly rows: readonly (readonly Json[])[] };

/**
 * Rows of a view or of a SELECT over the views, streamed: columns first, then rows in blocks. Whoever asks on a
 * connection of their own holds up nobody while they are slow.
 */
export const query = operation<QueryInput, QueryPart, { readonly rows: number }>({
  audit: (asked) => ('sql' in asked ? { action: 'sql', details: { sql: sqlShape(asked.sql) } } : null),
  input,
  streams: true,
  run: (open, asked, emit) => ('sql' in asked ? ofSql(open, asked.sql, asked.limit, emit) : ofView(open, asked, emit)),
});

/** On a connection of its own: what people write may take long, and panels must not wait for it. */
async function ofSql({ shop }: OpenShop, sql: string, limit: number | undefined, emit: Emit<QueryPart>) {
  return withReader(shop, (reader) =>
    reader.ask([], async ({ database, prepare }) => {
      const statement = await selectStatement(database, sql, shop.views);
      await prepare(statement.reads);
      try {
        return await stream(database, statement.sql, limit ?? Number.POSITIVE_INFINITY, emit);
      } catch (error) {
        throw statementFailure(error, sql);
      }
    }),
  );
}

/** So many rows are sent at once: the reader that panels share may answer. */
const A_PANEL = 1_000;

async function ofView(
  { shop, reader }: OpenShop,
  asked: AskedRows & { readonly limit?: number | undefined },
  emit: Emit<QueryPart>,
) {
  const answer = (from: Reader) =>
    from.ask([], async (reading) => {
      const relation = await relationOf(reading, asked);
      const limit = asked.limit === undefined ? '' : ` LIMIT ${asked.limit}`;
      const sql = `${rowsSql(relation, asked.order)}${limit}`;
      return stream(reading.database, sql, Number.POSITIVE_INFINITY, emit, sayer(relation));
    });
  return asked.limit !== undefined && asked.limit <= A_PANEL ? answer(reader) : withReader(shop, answer);
}

/** All rows of a relation in the order asked for. @throws FootfallError `view.column_unknown` */
export const rowsSql = (relation: Relation, order: readonly string[] | undefined): string =>
  `SELECT ${relation.shown.map((name) => `"${name}"`).join(', ')} FROM ${relation.sql}${orderSql(orderOf(relation, order))}`;

/** How the cells of a row of `rowsSql` are said. */
export function sayer({ columns, shown, say }: Relation): (row: readonly Json[]) => readonly Json[] {
  const said = shown.map((name) => say[columns.findIndex((each) => each.name === name)]);
  return (row) => row.map((cell, i) => said[i]?.(cell) ?? null);
}

async function stream(
  database: Session,
  sql: string,
  limit: number,
  emit: Emit<QueryPart>,
  say: (row: readonly Json[]) => readonly Json[] = (row) => row,
): Promise<{ rows: number }> {
  const { columns, blocks } = await database.stream(sql);
  await emit({ columns });
  let rows = 0;
  for await (const block of blocks) {
    const wanted = block.slice(0, limit - rows).map(say);
    if (wanted.length > 0) await emit({ rows: wanted });
    rows += wanted.length;
    if (rows >= limit) break;
  }
  return { rows };
}
