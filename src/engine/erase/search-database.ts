import { literalText } from '../../core/sql-text.ts';
import type { Session } from '../../store/session.ts';
import type { Tombstones } from './tombstones.ts';
import { withinText } from './within-json.ts';

/** How many rows of a place name an erased person. */
export interface Found {
  /** Table and column, or a file. */
  readonly place: string;
  readonly rows: number;
}

/** Tables that hold nothing that came with an event or a fact. */
const OWN = new Set([
  'batch',
  'epoch',
  'intake',
  'migration',
  'partition',
  'repair',
  'repair_row',
  'row_shape',
  'setting',
  'dirty_window',
  'dirty_batch',
  'dirty_key',
  'late_event',
]);
/** Columns of numbers that hold ids. */
const ID_NAMES = ['user_id', 'anonymous_id', 'session_id', 'visitor', 'person'];
/** Columns whose values are words of a shop's own and too short to be told from ids within text. */
const IN_ONE = 200;

/**
 * Looks for erased people in every column of every table that may hold an id or text: each value as a whole, and each
 * word of it. Columns are decoded: what DuckDB keeps compressed is found like anything else.
 */
export async function searchDatabase(database: Session, tombstones: Tombstones): Promise<readonly Found[]> {
  const columns = await database.rows(
    'SELECT c.schema_name AS s, c.table_name AS t, c.column_name AS c, c.data_type AS type FROM duckdb_columns() c JOIN duckdb_tables() b USING (database_name, schema_name, table_name) WHERE NOT c.internal AND c.database_name = current_database() AND NOT b.temporary ORDER BY 1, 2, 3',
  );
  const found: Found[] = [];
  for (const { s, t, c, type } of columns) {
    if (OWN.has(String(t)) || !mayHold(String(c), String(type))) continue;
    const table = s === 'main' ? String(t) : `${String(s)}.${String(t)}`;
    const rows = await rowsIn(database, table, `"${String(c)}"`, String(type), tombstones);
    found.push({ place: `${table}.${String(c)}`, rows });
  }
  return found;
}

const mayHold = (name: string, type: string): boolean =>
  type.includes('VARCHAR') || type === 'BLOB' || type === 'UUID' || (type === 'BIGINT' && ID_NAMES.includes(name));

/** How many rows of a table, or of whatever can be read like one, name an erased person in a column. */
export async function rowsIn(
  database: Session,
  table: string,
  column: string,
  type: string,
  tombstones: Tombstones,
): Promise<number> {
  if (type === 'BLOB') {
    const rows = await database.rows(`SELECT ${column} AS bytes FROM ${table} WHERE octet_length(${column}) > 0`);
    return rows.filter(
      ({ bytes }) => bytes instanceof Uint8Array && tombstones.within(Buffer.from(bytes).toString('utf8')),
    ).length;
  }
  const matched: string[] = [];
  const { blocks } = await database.stream(
    `SELECT DISTINCT ${column}::VARCHAR AS value FROM ${table} WHERE ${column} IS NOT NULL`,
  );
  for await (const block of blocks)
    for (const [value] of block) if (withinText(String(value), tombstones)) matched.push(String(value));
  let rows = 0;
  for (let from = 0; from < matched.length; from += IN_ONE) {
    const some = matched.slice(from, from + IN_ONE).map(literalText);
    const counted = await database.one(
      `SELECT count(*) AS n FROM ${table} WHERE ${column}::VARCHAR IN (${some.join(', ')})`,
    );
    rows += Number(counted?.['n']);
  }
  return rows;
}
