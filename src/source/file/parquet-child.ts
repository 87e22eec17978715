import { once } from 'node:events';
import { DuckDBInstance } from '@duckdb/node-api';
import { literalText } from '../../core/sql-text.ts';

/**
 * The converter: `node parquet-child.ts FILE FROM_ROW` writes a line of JSON (columns and types), then CSV rows.
 * Rows are put together in SQL and written by us: DuckDB's own COPY cannot open a standard output that is a socket.
 */
const [path = '', fromRow = '0'] = process.argv.slice(2);
const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const write = async (text: string): Promise<void> => {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
};

const instance = await DuckDBInstance.create(':memory:', {
  memory_limit: '512MB',
  threads: '1',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
});
const connection = await instance.connect();
await connection.run(`SET allowed_paths = [${literalText(path)}]`);
await connection.run('SET enable_external_access = false');
await connection.run("SET TimeZone = 'UTC'");
await connection.run('SET lock_configuration = true');
const file = `read_parquet(${literalText(path)})`;
const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${file}`);
const columns = described
  .getRowObjects()
  .map((row) => [String(row['column_name']), String(row['column_type'])] as const);
await write(`${JSON.stringify(columns)}\n`);

/** An only column that is null must not make an empty line, which is no row. */
const empty = columns.length === 1 ? `'""'` : `''`;
const cells = columns.map(([column]) => {
  const text = `CAST(${name(column)} AS VARCHAR)`;
  const special = ["','", `'"'`, 'chr(10)', 'chr(13)'].map((mark) => `contains(${text}, ${mark})`).join(' OR ');
  return `CASE WHEN ${text} IS NULL THEN ${empty} WHEN ${special} THEN '"' || replace(${text}, '"', '""') || '"' ELSE ${text} END`;
});
const rows = await connection.stream(`SELECT ${cells.join(` || ',' || `)} FROM ${file} OFFSET ${Number(fromRow)}`);
for (let chunk = await rows.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await rows.fetchChunk()) {
  await write(`${chunk.getColumnValues(0).join('\n')}\n`);
}
