import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBUIntegerVector, type DuckDBValue } from '@duckdb/node-api';
import type { Millis } from '../core/time.ts';
import { statementFailure } from './failure.ts';
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

/** An answer that is read as it comes: the next part of it, undefined at its end. */
type OpenStream<T> = () => Promise<T | undefined>;

/** One connection: statements, results, and transactions of its own. Temporary tables belong to it alone. */
export class Session {
  readonly connection: DuckDBConnection;
  /** What all connections of the database may take together, in bytes. */
  readonly memory: number;
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly open = new Set<OpenStream<unknown>>();
  private ended = false;

  constructor(connection: DuckDBConnection, memory: number) {
    this.connection = connection;
    this.memory = memory;
  }

  get closed(): boolean {
    return this.ended;
  }

  /** All that DuckDB does on threads of its own: a connection that is freed meanwhile crashes the process or hangs. */
  private async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.ended) throw new Error('the connection is closed');
    const working = work();
    this.underWay.add(working);
    try {
      return await working;
    } catch (cause) {
      throw statementFailure(cause, this.memory);
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
    await this.leaveOpen();
    this.connection.closeSync();
  }

  /**
   * Ends the answers that nobody has read to their end, or not at all: left as they are, they would keep the file when all
   * else is closed. Reading on is the only way to end one; interrupted, it has no more than what lies ready.
   */
  private async leaveOpen(): Promise<void> {
    for (const next of this.open) {
      this.open.delete(next);
      this.connection.interrupt();
      while ((await next().catch(() => undefined)) !== undefined);
    }
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
    const rows = result.yieldRows();
    const next = this.opened(async () => (await rows.next()).value as DuckDBValue[][] | undefined);
    const types = result.columnTypes();
    return {
      columns: result.deduplicatedColumnNames().map((name, i) => ({ name, type: String(types[i]) })),
      blocks: this.read(next, (block) => block.map((row) => row.map(json))),
    };
  }

  private opened<T>(next: OpenStream<T>): OpenStream<T> {
    this.open.add(next);
    return next;
  }

  private async *read<T, Part>(next: OpenStream<T>, convert: (part: T) => Part): AsyncGenerator<Part> {
    try {
      for (;;) {
        const part = await this.during(() => (this.open.has(next) ? next() : Promise.reject(new Error('left'))));
        if (part === undefined) break;
        yield convert(part);
      }
      this.open.delete(next);
    } finally {
      if (this.open.has(next)) await this.during(() => this.leaveOpen());
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
    const next = this.opened(async () => {
      const chunk = await result.fetchChunk();
      return chunk === null || chunk.rowCount === 0 ? undefined : chunk;
    });
    yield* this.read(next, uint32Columns);
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
      await this.during(() => this.leaveOpen());
      await this.run('COMMIT');
      return result;
    } catch (error) {
      await this.during(() => this.leaveOpen()).catch(() => undefined);
      await this.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}

const uint32Columns = (chunk: DuckDBDataChunk): readonly Uint32Array[] =>
  Array.from({ length: chunk.columnCount }, (_, column) => {
    const vector = chunk.getColumnVector(column);
    if (!(vector instanceof DuckDBUIntegerVector)) throw new Error(`column ${column} is no UINTEGER`);
    const values = new Uint32Array(chunk.rowCount);
    for (let row = 0; row < values.length; row++) values[row] = vector.getItem(row) ?? 0;
    return values;
  });
