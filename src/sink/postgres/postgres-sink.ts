import pg from 'pg';
import { type Cursor, formatCursor } from '../../core/cursor.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { ResultRow } from '../../store/change.ts';
import type { Delivered, Delivery, Sink, SinkTable } from '../sink.ts';
import { columnsOf, keyIndexOf } from './catalog.ts';
import { alone, type CopyMark, forgetMark, MAKE_MARKS, markOf, setMark } from './copy-mark.ts';
import { postgresFailure } from './failure.ts';
import { addressOf } from './postgres-url.ts';
import { staleLiveSql } from './row-sql.ts';
import { RowWriter, storableKeys } from './row-writer.ts';
import { createSql, dropKeySql, indexSql, quoted, reshapeSql, tableName } from './table-sql.ts';

/** Null keys are equal to each other in an index from here on. */
const OLDEST = 150_000;
const CONNECT_TIMEOUT = 10_000;
/** A statement that takes longer is given up, so that nothing waits for a lock of others, or for a lost network, for ever. */
const STATEMENT_TIMEOUT = 300_000;

/**
 * Results in a PostgreSQL database (15 or newer): a schema for each kit, a table for each view. Rows and mark are written
 * in one transaction, so that each epoch is there whole, once, whatever ends either side.
 */
export class PostgresSink implements Sink {
  private readonly pool: pg.Pool;
  private readonly name: string;
  /** Whose copies these are: no other sink goes on from them. */
  private readonly id: string;
  private readonly address: string;
  /** Tables that have to become something else, with the next snapshot. */
  private readonly reshaped = new Set<string>();
  private begun = false;
  private busy: pg.PoolClient | undefined;

  /**
   * @param sink its name, for what it is told in errors, and what it is known by in the store
   * @throws FootfallError `sink.url`
   */
  constructor({ name, id }: { readonly name: string; readonly id: string }, url: string) {
    this.name = name;
    this.id = id;
    this.address = addressOf(url);
    this.pool = new pg.Pool({
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      statement_timeout: STATEMENT_TIMEOUT,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT,
      query_timeout: STATEMENT_TIMEOUT + CONNECT_TIMEOUT,
      application_name: 'footfall',
      keepAlive: true,
    });
    // A connection that is lost while it is not used: whoever asks next is told.
    this.pool.on('error', () => undefined);
  }

  prepare(table: SinkTable): Promise<void> {
    return this.transaction(async (client) => {
      await alone(client, table);
      await this.checkVersion(client);
      if (!this.begun) await client.query(MAKE_MARKS);
      this.begun = true;
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(table.kit)}`);
      const columns = await columnsOf(client, table);
      this.reshaped.delete(tableName(table));
      if (columns === null) {
        for (const sql of [...createSql(table), ...indexSql(table)]) await client.query(sql);
        return;
      }
      const keys = await keyIndexOf(client, table);
      if (reshapeSql(table, columns).length > 0 || keys?.join() !== table.keys.join())
        this.reshaped.add(tableName(table));
    });
  }

  /** @throws FootfallError `sink.contended` where another sink writes there now */
  cursor(table: SinkTable): Promise<Cursor | null> {
    return this.transaction(async (client) => {
      const mark = await markOf(client, table);
      this.checkOurs(table, mark, null);
      return mark?.sink !== this.id || this.reshaped.has(tableName(table)) ? null : mark.cursor;
    });
  }

  deliver(table: SinkTable, { kind, from, to, blocks }: Delivery): Promise<Delivered> {
    return this.transaction(async (client) => {
      await alone(client, table);
      this.checkOurs(table, await markOf(client, table), from);
      if (kind === 'snapshot') await this.empty(client, table);
      const writer = new RowWriter(client, table);
      for await (const block of blocks) await writer.write(block);
      const done = await writer.end();
      await setMark(client, table, this.id, to);
      return done;
    });
  }

  live(table: SinkTable, rows: readonly ResultRow[]): Promise<void> {
    return this.transaction(async (client) => {
      await alone(client, table);
      await client.query(staleLiveSql(table), [JSON.stringify(storableKeys(table, rows))]);
      const writer = new RowWriter(client, table);
      await writer.write(rows.map((row) => ({ op: 'upsert', row })));
      await writer.end();
    });
  }

  reset(table: SinkTable): Promise<void> {
    return this.transaction((client) => forgetMark(client, table));
  }

  async close(): Promise<void> {
    // What is under way is cut off, and rolled back by the server.
    await this.busy?.end().catch(() => undefined);
    await this.pool.end().catch(() => undefined);
  }

  private async checkVersion(client: pg.PoolClient): Promise<void> {
    const [row] = (await client.query('SHOW server_version_num')).rows as { server_version_num: string }[];
    const found = Number(row?.server_version_num);
    if (found >= OLDEST) return;
    throw new FootfallError('sink.version', {
      kind: 'postgres',
      address: this.address,
      found: Math.floor(found / 10_000),
      wanted: OLDEST / 10_000,
    });
  }

  /** @param from where this sink left the copy; null where it begins */
  private checkOurs(table: SinkTable, mark: CopyMark | null, from: Cursor | null): void {
    const other = mark !== null && mark.sink !== this.id && mark.fresh;
    const moved = from !== null && (mark?.sink !== this.id || said(mark.cursor) !== said(from));
    if (!other && !moved) return;
    throw new FootfallError('sink.contended', {
      table: `${table.kit}.${table.name}`,
      address: this.address,
      expected: said(from),
      found: said(mark?.cursor ?? null),
      sink: this.name,
    });
  }

  /** For all rows anew: the table becomes what it has to be, in the same transaction. */
  private async empty(client: pg.PoolClient, table: SinkTable): Promise<void> {
    await client.query(`DELETE FROM ${tableName(table)}`);
    if (!this.reshaped.has(tableName(table))) return;
    const columns = (await columnsOf(client, table)) ?? [];
    for (const sql of [dropKeySql(table), ...reshapeSql(table, columns), ...indexSql(table)]) await client.query(sql);
    this.reshaped.delete(tableName(table));
  }

  private async transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    let client: pg.PoolClient | undefined;
    let broken: Error | undefined;
    // A connection that is lost while it is used says so twice: to whoever waits for an answer, and here.
    const lost = (cause: Error): void => {
      broken = cause;
    };
    try {
      client = await this.pool.connect();
      client.on('error', lost);
      this.busy = client;
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      if (broken === undefined) await client?.query('ROLLBACK').catch(lost);
      throw postgresFailure(error, this.address, this.name);
    } finally {
      this.busy = undefined;
      client?.off('error', lost);
      // One that is lost, or could not roll back, is not used again.
      client?.release(broken);
    }
  }
}

const said = (cursor: Cursor | null): string => (cursor === null ? 'nothing' : formatCursor(cursor));
