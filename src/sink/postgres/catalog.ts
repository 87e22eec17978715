import type pg from 'pg';
import type { SinkTable } from '../sink.ts';
import { type FoundColumn, keyIndex } from './table-sql.ts';

/** The columns that a table has; null where there is no such table. */
export async function columnsOf(
  client: pg.PoolClient,
  { kit, name }: SinkTable,
): Promise<readonly FoundColumn[] | null> {
  const { rows } = await client.query(
    `SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped`,
    [kit, name],
  );
  if (rows.length === 0) return null;
  return (rows as { name: string; type: string }[]).map(({ name: column, type }) => ({
    name: column,
    type: type.replace('timestamp with time zone', 'timestamptz'),
  }));
}

/** The columns of a table's key; null where it has none. */
export async function keyIndexOf(client: pg.PoolClient, table: SinkTable): Promise<readonly string[] | null> {
  const { rows } = await client.query(
    `SELECT a.attname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place) JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE n.nspname = $1 AND c.relname = $2 ORDER BY k.place`,
    [table.kit, keyIndex(table)],
  );
  return rows.length === 0 ? null : (rows as { name: string }[]).map(({ name }) => name);
}
