import pg from 'pg';
import { type Cursor, formatCursor } from '../../core/cursor.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { ResultRow } from '../../store/change.ts';
import type { Delivered, Delivery, Sink, SinkTable } from '../sink.ts';
import { postgresFailure } from './failure.ts';
import { addressOf } from './postgres-url.ts';
import { staleLiveSql } from './row-sql.ts';
import { RowWriter } from './row-writer.ts';
import { type FoundColumn, indexSql, quoted, shapeSql, tableName } from './table-sql.ts';

/** Null keys are equal to each other in an index from here on. */
const OLDEST = 150_000;
const CONNECT_TIMEOUT = 10_000;
/** A statement that takes longer is given up, so that nothing waits for a lock of others for ever. */
const STATEMENT_TIMEOUT = 300_000;

/** Where the copies stand, beside them. */
const BOOK = 'footfall.sink_cursor';
const MAKE_BOOK = `CREATE SCHEMA IF NOT EXISTS footfall; CREATE TABLE IF NOT EXISTS ${BOOK} (kit text, name text, generation bigint NOT NULL, epoch bigint NOT NULL, PRIMARY KEY (kit, name))`;

/**
 * Results in a PostgreSQL database (15 or newer): a schema for each kit, a table for each view. Rows and cursor are written
 * in one transaction, so that each epoch is there whole, once, whatever ends either side.
 */
export class PostgresSink implements Sink {
  private readonly pool: pg.Pool;
  private readonly name: string;
  private readonly address: string;
  private begun = false;

  /** @param name of the sink, for what it is told in errors. @throws FootfallError `sink.url` */
  constructor(name: string, url: string) {
    this.name = name;
    this.address = addressOf(url);
    this.pool = new pg.Pool({
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      statement_timeout: STATEMENT_TIMEOUT,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT,
      application_name: 'footfall',
      keepAlive: true,
    });
    // A connection that is lost while it is not used: whoever asks next is told.
    this.pool.on('error', () => undefined);
  }

  prepare(table: SinkTable): Promise<void> {
    return this.transaction(async (client) => {
      await alone(client, table);
      const [row] = (await client.query('SHOW server_version_num')).rows as { server_version_num: string }[];
      const found = Number(row?.server_version_num);
      if (found < OLDEST)
        throw new FootfallError('sink.version', {
          kind: 'postgres',
          address: this.address,
          found: Math.floor(found / 10_000),
          wanted: OLDEST / 10_000,
        });
      if (!this.begun) await client.query(MAKE_BOOK);
      this.begun = true;
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(table.kit)}`);
      const columns = await columnsOf(client, table);
      const steps = shapeSql(table, columns);
      for (const sql of steps) await client.query(sql);
      // Rows that were copied say nothing in columns that are new: they come again.
      if (columns !== null && steps.length > 0) await forget(client, table);
      for (const sql of indexSql(table)) await client.query(sql);
    });
  }

  cursor(table: SinkTable): Promise<Cursor | null> {
    return this.transaction((client) => cursorOf(client, table));
  }

  deliver(table: SinkTable, { kind, from, to, blocks }: Delivery): Promise<Delivered> {
    return this.transaction(async (client) => {
      await alone(client, table);
      const found = await cursorOf(client, table);
      if (same(found) !== same(from))
        throw new FootfallError('sink.contended', {
          table: `${table.kit}.${table.name}`,
          address: this.address,
          expected: same(from),
          found: same(found),
          sink: this.name,
        });
      if (kind === 'snapshot') await client.query(`DELETE FROM ${tableName(table)}`);
      const writer = new RowWriter(client, table);
      for await (const block of blocks) await writer.write(block);
      const done = await writer.end();
      await client.query(
        `INSERT INTO ${BOOK} VALUES ($1, $2, $3, $4) ON CONFLICT (kit, name) DO UPDATE SET generation = EXCLUDED.generation, epoch = EXCLUDED.epoch`,
        [table.kit, table.name, to.generation, to.epoch],
      );
      return done;
    });
  }

  live(table: SinkTable, rows: readonly ResultRow[]): Promise<void> {
    return this.transaction(async (client) => {
      await alone(client, table);
      await client.query(staleLiveSql(table), [JSON.stringify(rows)]);
      const writer = new RowWriter(client, table);
      await writer.write(rows.map((row) => ({ op: 'upsert', row })));
      await writer.end();
    });
  }

  reset(table: SinkTable): Promise<void> {
    return this.transaction((client) => forget(client, table));
  }

  async close(): Promise<void> {
    await this.pool.end().catch(() => undefined);
  }

  private async transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    let client: pg.PoolClient | undefined;
    let broken: Error | undefined;
    try {
      client = await this.pool.connect();
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client?.query('ROLLBACK').catch((cause: Error) => {
        broken = cause;
      });
      throw postgresFailure(error, this.address, this.name);
    } finally {
      // A connection that could not roll back is not used again.
      client?.release(broken);
    }
  }
}

const same = (cursor: Cursor | null): string => (cursor === null ? 'nothing' : formatCursor(cursor));

/** Until the transaction ends: two writers to one copy come one after the other, and the second one is told. */
const alone = (client: pg.PoolClient, { kit, name }: SinkTable): Promise<unknown> =>
  client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`footfall ${kit}.${name}`]);

async function forget(client: pg.PoolClient, { kit, name }: SinkTable): Promise<void> {
  await client.query(`DELETE FROM ${BOOK} WHERE kit = $1 AND name = $2`, [kit, name]);
}

async function cursorOf(client: pg.PoolClient, { kit, name }: SinkTable): Promise<Cursor | null> {
  const { rows } = await client.query(`SELECT generation, epoch FROM ${BOOK} WHERE kit = $1 AND name = $2`, [
    kit,
    name,
  ]);
  const [row] = rows as { generation: string; epoch: string }[];
  return row === undefined ? null : { generation: Number(row.generation), epoch: Number(row.epoch) };
}

async function columnsOf(client: pg.PoolClient, { kit, name }: SinkTable): Promise<readonly FoundColumn[] | null> {
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
