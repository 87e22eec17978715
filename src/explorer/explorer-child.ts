import { createInterface } from 'node:readline';
import { DuckDBInstance } from '@duckdb/node-api';
import { placeOf, sqlFailure } from '../core/sql-failure.ts';
import { json } from '../store/value.ts';
import { checkStatement, type ParsedSql } from './check-statement.ts';
import type { ExplorerAnswer, ExplorerTask } from './explorer-messages.ts';

/**
 * The explorer child: one query at a time, over nothing but the files that it is given. It is run with limits of the
 * system, with no environment, and is killed at the deadline: nothing that it does matters to anybody else.
 */
const [folder = ''] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '512MB' });
const owner = await instance.connect();
for (const setting of [
  `allowed_directories = ['${folder.replaceAll("'", "''")}']`,
  'enable_external_access = false',
  'autoinstall_known_extensions = false',
  'autoload_known_extensions = false',
  'allow_community_extensions = false',
  'lock_configuration = true',
])
  await owner.run(`SET ${setting}`);

async function answer({ sql, explain = false, limit, mostBytes, tables }: ExplorerTask): Promise<ExplorerAnswer> {
  // Views and macros belong to the connection's database: a fresh one each time, so that no query can leave anything.
  const connection = await instance.connect();
  try {
    const quoted = sql.replaceAll("'", "''");
    const parsing = await connection.runAndReadAll(`SELECT json_serialize_sql('${quoted}')`);
    const parsed = JSON.parse(String(parsing.getRows()[0]?.[0])) as ParsedSql;
    const checked = checkStatement(parsed, new Set(tables.map(({ name }) => name)));
    if (!checked.allowed) {
      const { reason, position } = checked;
      const where = position === null ? null : placeOf(sql, position);
      return checked.syntax === true ? { failed: reason, where } : { refused: reason, where };
    }
    for (const { name, files, columns } of tables) {
      if (!checked.tables.includes(name)) continue;
      const from =
        files.length === 0
          ? `SELECT ${columns.map((column) => `NULL::${column.type} AS "${column.name}"`).join(', ')} WHERE FALSE`
          : `SELECT * FROM read_parquet([${files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ')}])`;
      await connection.run(`CREATE OR REPLACE TEMP VIEW "${name}" AS ${from}`);
    }
    // It begins on a line of its own, so that places in messages are places in it.
    const whole = `SELECT * FROM (\n${sql.replace(/;\s*$/, '')}\n)`;
    return await rowsOf(await connection.stream(explain ? `EXPLAIN ${whole}` : `${whole} LIMIT ${limit + 1}`));
  } catch (error) {
    const { message } = error as Error;
    const failure = sqlFailure(message, 1);
    return { failed: failure?.reason ?? message.split('\n', 1)[0] ?? 'it failed', where: failure?.where ?? null };
  } finally {
    connection.closeSync();
  }

  async function rowsOf(result: Awaited<ReturnType<typeof connection.stream>>): Promise<ExplorerAnswer> {
    const types = result.columnTypes();
    const columns = result.deduplicatedColumnNames().map((name, i) => ({ name, type: String(types[i]) }));
    const rows: ReturnType<typeof json>[][] = [];
    let bytes = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return { columns, rows, truncated: null };
      for (const row of chunk.getRows()) {
        const converted = row.map(json);
        bytes += JSON.stringify(converted).length;
        if (rows.length >= limit) return { columns, rows, truncated: 'rows' };
        if (bytes > mostBytes) return { columns, rows, truncated: 'bytes' };
        rows.push(converted);
      }
    }
  }
}

process.stdout.write('{"ready":true}\n');
for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line) as ExplorerTask;
  process.stdout.write(`${JSON.stringify(await answer(given))}\n`);
}
