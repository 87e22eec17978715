import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBUIntegerVector, type DuckDBValue } from '@duckdb/node-api';
import type { Millis } from '../core/time.ts';
import { type Json, json, plain, type Row, rowsOf, type Value } from './value.ts';

/** An interruption that comes just before its statement begins is lost: it is repeated. */
const INTERRUPT_AGAIN: Millis = 20;

/** The answer to a statement as it comes. */
export interface RowStream {
  /** Names, each once, with DuckDB's names of their types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Some thousands of rows at a time, in the JSON form of results. */
  readonly blocks: AsyncIterable<Json[][]>;
}

/** One connection: statements, results, and transactions of its own. Temporary tables belong to it alone. */
export class Session {
  readonly connection: DuckDBConnection;
  private readonly underWay = new Set<Promise<unknown>>();
  private ended = false;

  constructor(connection: DuckDBConnection) {
    this.connection = connection;
  }

  /** All that DuckDB does on threads of its own: a connection that is freed meanwhile crashes the process or hangs. */
  private async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.ended) throw new Error('the connection is closed');
    const working = work();
    this.underWay.add(working);
    try {
      return await working;
    } finally {
      this.underWay.delete(working);
    }
  }

  /** Refuses what is asked from now on, and gives the connection free when nothing is under way any more. */
  async end(how: 'wait' | 'interrupt'): Promise<void> {
    this.ended = true;
    while (this.underWay.size > 0) {
      if (how === 'interrupt') this.connection.interrupt();
      const over = Promise.allSettled(this.underWay);
      await (how === 'wait' ? over : Promise.race([over, sleep(INTERRUPT_AGAIN)]));
    }
    this.connection.closeSync();
  }

  async run(sql: string): Promise<void> {
    await this.during(() => this.connection.run(sql));
  }

  private readAll(sql: string) {
    return this.during(() => this.connection.runAndReadAll(sql));
  }

  /** All rows as plain values. */
  async rows(sql: string): Promise<Row[]> {
    return rowsOf(await this.readAll(sql), plain);
  }

  /** All rows in the JSON form of results. */
  async jsonRows(sql: string): Promise<Record<string, Json>[]> {
    return rowsOf(await this.readAll(sql), json);
  }

  /** Rows as they come: however many there are, few are held. */
  async stream(sql: string): Promise<RowStream> {
    const result = await this.during(() => this.connection.stream(sql));
    const types = result.columnTypes();
    return {
      columns: result.deduplicatedColumnNames().map((name, i) => ({ name, type: String(types[i]) })),
      blocks: this.blocksOf(result.yieldRows()),
    };
  }

  private async *blocksOf(blocks: AsyncIterator<DuckDBValue[][]>): AsyncGenerator<Json[][]> {
    for (;;) {
      const { done, value } = await this.during(() => blocks.next());
      if (done === true) return;
      yield value.map((row) => row.map(json));
    }
  }

  /** All rows in the JSON form of results, some thousands at a time: however many there are, few are held. */
  async *jsonBlocks(sql: string): AsyncGenerator<Record<string, Json>[]> {
    const { columns, blocks } = await this.stream(sql);
    for await (const rows of blocks)
      yield rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));
  }

  /** Whole columns as plain values: a third of the time of as many rows. */
  async columns(sql: string): Promise<Value[][]> {
    return (await this.readAll(sql)).getColumns().map((column) => column.map(plain));
  }

  /** Columns of UINTEGER without nulls, a block of rows at a time: for answers of millions of rows. */
  async *uint32Blocks(sql: string): AsyncGenerator<readonly Uint32Array[]> {
    const result = await this.during(() => this.connection.stream(sql));
    for (;;) {
      const chunk = await this.during(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield Array.from({ length: chunk.columnCount }, (_, column) => {
        const vector = chunk.getColumnVector(column);
        if (!(vector instanceof DuckDBUIntegerVector)) throw new Error(`column ${column} is no UINTEGER`);
        const values = new Uint32Array(chunk.rowCount);
        for (let row = 0; row < values.length; row++) values[row] = vector.getItem(row) ?? 0;
        return values;
      });
    }
  }

  async one(sql: string): Promise<Row | undefined> {
    return (await this.rows(sql))[0];
  }

  /** Runs `work` in a transaction; any error rolls all of it back. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('BEGIN');
    return this.finish(work);
  }

  /** Runs `work` in the transaction that was begun, and commits it; any error rolls all of it back. */
  async finish<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      await this.run('COMMIT');
      return result;
    } catch (error) {
      await this.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}
