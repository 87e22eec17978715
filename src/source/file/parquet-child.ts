import { writeSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

/** The converter: `node parquet-child.ts FILE FROM_ROW` writes a line of JSON (columns and types), then CSV rows. */
const [path = '', fromRow = '0'] = process.argv.slice(2);
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const instance = await DuckDBInstance.create(':memory:', {
  memory_limit: '512MB',
  threads: '1',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
});
const connection = await instance.connect();
await connection.run(`SET allowed_paths = [${literal(path)}, '/dev/stdout']`);
await connection.run('SET enable_external_access = false');
await connection.run("SET TimeZone = 'UTC'");
await connection.run('SET lock_configuration = true');
const file = `read_parquet(${literal(path)})`;
const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${file}`);
const columns = described
  .getRowObjects()
  .map((row) => [String(row['column_name']), String(row['column_type'])] as const);
writeSync(1, `${JSON.stringify(columns)}\n`);
const cells = columns.map(([column]) => `CAST(${name(column)} AS VARCHAR) AS ${name(column)}`).join(', ');
await connection.run(
  `COPY (SELECT ${cells} FROM ${file} OFFSET ${Number(fromRow)}) TO '/dev/stdout' (FORMAT csv, HEADER false)`,
);
