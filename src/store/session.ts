import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBUIntegerVector, type DuckDBValue } from '@duckdb/node-api';
import { FootfallError } from '../core/errors/footfall-error.ts';
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

/**
 * One connection: statements, results, and transactions of its own. Temporary tables belong to it alone. When the database
 * goes on in another file, the session does on another connection: what is asked meanwhile waits.
 */
export class Session {
  /** What all connections of the database may take together, in bytes. */
  readonly memory: number;
  private current: DuckDBConnection;
  private times = 1;
  /** Opens when there is a connection again. */
  private gate: Promise<void> | undefined;
  private reopen: () => void = () => undefined;
  /** A transaction is under way; and one whose connection is gone, so that it can only fail. */
  private within = false;
  private cutOff = false;
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly open = new Set<OpenStream<unknown>>();
  private ended = false;
  /** There is no connection any more, and never will be. */
  private failure: FootfallError | undefined;

  constructor(connection: DuckDBConnection, memory: number) {
    this.current = connection;
    this.memory = memory;
  }

  get connection(): DuckDBConnection {
    return this.current;
  }

  /** How many connections it has had: temporary tables of an earlier one are gone. */
  get connections(): number {
    return this.times;
  }

  get closed(): boolean {
    return this.ended;
  }

  /** All that DuckDB does on threads of its own: a connection that is freed meanwhile crashes the process or hangs. */
  private async during<T>(work: () => Promise<T>): Promise<T> {
    // What belongs to a transaction goes on, so that it ends.
    while (this.gate !== undefined && !this.within) await this.gate;
    if (this.failure !== undefined) throw this.failure;
    if (this.ended) throw new Error('the connection is closed');
    if (this.cutOff) throw new FootfallError('store.interrupted', {});
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
    while (this.gate !== undefined) await this.gate;
    this.ended = true;
    while (this.underWay.size > 0) {
      if (how === 'interrupt') this.connection.interrupt();
      const over = Promise.allSettled(this.underWay);
      await (how === 'wait' ? over : Promise.race([over, sleep(INTERRUPT_AGAIN)]));
    }
    if (this.failure !== undefined) return;
    await this.leaveOpen();
    this.connection.closeSync();
  }

  /**
   * Gives the connection free when no transaction and no statement is under way, or after so long in the middle of them.
   * What is asked from now on waits for `resume`.
   */
  async suspend(patience: Millis): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    [this.gate, this.reopen] = [promise, resolve];
    const deadline = Date.now() + patience;
    while (this.underWay.size > 0 || (this.within && !this.cutOff)) {
      if (Date.now() > deadline) {
        this.cutOff = this.within;
        this.connection.interrupt();
      }
      await Promise.race([
        sleep(INTERRUPT_AGAIN),
        ...(this.underWay.size === 0 ? [] : [Promise.allSettled(this.underWay)]),
      ]);
    }
    await this.leaveOpen();
    this.connection.closeSync();
  }

  /** Goes on with another connection. */
  resume(connection: DuckDBConnection): void {
    this.current = connection;
    this.times += 1;
    this.gate = undefined;
    this.reopen();
  }

  /** After `suspend`: there is no other connection. What waits and what comes fails with this. */
  abandon(failure: FootfallError): void {
    this.failure = failure;
    this.gate = undefined;
    this.reopen();
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

  /** Begins a transaction, which `finish` ends. */
  async begin(): Promise<void> {
    await this.during(async () => {
      await this.connection.run('BEGIN');
      this.within = true;
    });
  }

  /** Runs `work` in a transaction; any error rolls all of it back. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.begin();
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
    } finally {
      [this.within, this.cutOff] = [false, false];
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
