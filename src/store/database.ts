import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openFailure } from './failure.ts';
import { type Json, json, plain, type Row, rowsOf } from './value.ts';

export interface DatabaseOptions {
  readonly path: string;
  /** Bytes with a unit, such as `600MB`. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** True for readers that must not change anything. */
  readonly readOnly?: boolean;
}

/** Files that this process has open: a second instance on one file would silently lose rows. */
const owned = new Set<string>();

/**
 * The one owner of a DuckDB file. All statements go through one connection, so a transaction is whatever lies
 * between `begin` and `commit`; callers take turns through `exclusively`.
 */
export class Database {
  readonly path: string;
  readonly connection: DuckDBConnection;
  private readonly instance: DuckDBInstance;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(path: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.path = path;
    this.instance = instance;
    this.connection = connection;
  }

  /**
   * Opens or creates the file.
   * @throws FootfallError `store.locked` when another process owns it, `store.corrupt` when it cannot be read.
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    if (owned.has(options.path)) throw new Error(`${options.path} is open in this process already`);
    mkdirSync(dirname(options.path), { recursive: true });
    const fresh = !existsSync(options.path);
    try {
      const instance = await DuckDBInstance.create(options.path, {
        memory_limit: options.memoryLimit,
        threads: String(options.threads),
        temp_directory: `${options.path}.tmp`,
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        // Checkpoints are taken between transactions, at a size of our choosing.
        checkpoint_threshold: '1GB',
        ...(options.readOnly === true && !fresh ? { access_mode: 'READ_ONLY' } : {}),
      });
      const connection = await instance.connect();
      owned.add(options.path);
      return new Database(options.path, instance, connection);
    } catch (cause) {
      throw openFailure(cause, options.path);
    }
  }

  /** Runs `work` when all that was asked for before is done: transactions never interleave. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work, work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  /** All rows as plain values. */
  async rows(sql: string): Promise<Row[]> {
    return rowsOf(await this.connection.runAndReadAll(sql), plain);
  }

  /** All rows in the JSON form of results. */
  async jsonRows(sql: string): Promise<Record<string, Json>[]> {
    return rowsOf(await this.connection.runAndReadAll(sql), json);
  }

  async one(sql: string): Promise<Row | undefined> {
    return (await this.rows(sql))[0];
  }

  /** Runs `work` in a transaction; any error rolls all of it back. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.connection.run('BEGIN');
    try {
      const result = await work();
      await this.connection.run('COMMIT');
      return result;
    } catch (error) {
      await this.connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
    owned.delete(this.path);
  }
}
