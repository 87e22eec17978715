import type { SinkTable } from '../sink.ts';
import { columnType } from './column-type.ts';
import { quoted, tableName } from './table-sql.ts';

const defined = ({ columns }: SinkTable, names: readonly string[]): string =>
  columns
    .filter(({ name }) => names.includes(name))
    .map(({ name, type }) => `${quoted(name)} ${columnType(type)}`)
    .join(', ');

/**
 * Puts rows in the place of those with the same key. The rows are one parameter, as JSON text: values of any type, arrays
 * among them, come through it exactly. A row that is the same already is not written, and what is final gives way only
 * to what is final.
 */
export function upsertSql(table: SinkTable): string {
  const names = table.columns.map(({ name }) => name);
  const columns = names.map(quoted).join(', ');
  const excluded = names.map((name) => `EXCLUDED.${quoted(name)}`).join(', ');
  const own = names.map((name) => `t.${quoted(name)}`).join(', ');
  return `INSERT INTO ${tableName(table)} AS t (${columns}) SELECT ${columns} FROM json_to_recordset($1::json) AS r(${defined(table, names)}) ON CONFLICT (${table.keys.map(quoted).join(', ')}) DO UPDATE SET (${columns}) = ROW(${excluded}) WHERE (EXCLUDED.is_final OR NOT t.is_final) AND (${own}) IS DISTINCT FROM (${excluded})`;
}

/**
 * Removes the rows with these keys, of which `nulls` are null in all of them: so that the index of the key finds them,
 * which no comparison that takes nulls for equal does.
 */
export function deleteSql(table: SinkTable, nulls: ReadonlySet<string>): string {
  const same = table.keys.map((key) =>
    nulls.has(key) ? `t.${quoted(key)} IS NULL` : `t.${quoted(key)} = r.${quoted(key)}`,
  );
  return `DELETE FROM ${tableName(table)} t USING json_to_recordset($1::json) AS r(${defined(table, table.keys)}) WHERE ${same.join(' AND ')}`;
}

/** Removes the rows of open slices that are not among these. Compared as text, keys with nulls are found by a hash. */
export function staleLiveSql(table: SinkTable): string {
  const key = (of: string): string => `ROW(${table.keys.map((name) => `${of}.${quoted(name)}`).join(', ')})::text`;
  return `DELETE FROM ${tableName(table)} t WHERE NOT t.is_final AND ${key('t')} NOT IN (SELECT ${key('r')} FROM json_to_recordset($1::json) AS r(${defined(table, table.keys)}))`;
}
