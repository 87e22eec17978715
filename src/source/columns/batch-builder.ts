import type { BatchColumn, EventBatch, PartitionProgress, Rejected } from '../../core/batch.ts';
import { EVENT_COLUMNS, type EventField } from '../../core/event.ts';
import { type ColumnWriter, Int32Writer, Int64Writer, TextWriter } from './column-writer.ts';
import { IdWriter } from './id-writer.ts';
import type { SymbolTable } from './symbol-table.ts';

type Writers = {
  readonly [C in (typeof EVENT_COLUMNS)[number] as C['name']]: C['store'] extends 'symbol' | 'count'
    ? Int32Writer
    : C['store'] extends 'time' | 'money'
      ? Int64Writer
      : C['store'] extends 'id'
        ? IdWriter
        : TextWriter;
};

const MAKE: Readonly<Record<(typeof EVENT_COLUMNS)[number]['store'], (capacity: number) => ColumnWriter>> = {
  time: (capacity) => new Int64Writer(capacity),
  money: (capacity) => new Int64Writer(capacity),
  count: (capacity) => new Int32Writer(capacity),
  symbol: (capacity) => new Int32Writer(capacity),
  id: (capacity) => new IdWriter(capacity),
  text: (capacity) => new TextWriter(capacity),
};

/**
 * A batch under construction. A parser writes the columns of row `count`, then either `commit`s the row or `discard`s
 * it; `finish` gives the batch away with all its buffers.
 */
export class BatchBuilder {
  readonly capacity: number;
  readonly columns: Writers;
  /** The same writers in the order of `EVENT_COLUMNS`. */
  readonly writers: readonly ColumnWriter[];
  readonly symbols: SymbolTable;
  readonly rejected: Rejected[] = [];
  count = 0;
  /** Bytes held by `rejected`, so that a file of broken rows cannot fill the memory. */
  rejectedBytes = 0;
  readonly #time: Float64Array<ArrayBuffer>;
  readonly #partition: Uint16Array<ArrayBuffer>;
  readonly #position: Float64Array<ArrayBuffer>;

  constructor(capacity: number, symbols: SymbolTable) {
    this.capacity = capacity;
    this.symbols = symbols;
    const writers = Object.fromEntries(EVENT_COLUMNS.map(({ name, store }) => [name, MAKE[store](capacity)]));
    this.columns = writers as unknown as Writers;
    this.writers = Object.values(writers);
    this.#time = new Float64Array(capacity);
    this.#partition = new Uint16Array(capacity);
    this.#position = new Float64Array(capacity);
  }

  get full(): boolean {
    return this.count >= this.capacity;
  }

  /** The row is complete and valid: `time` in microseconds, `position` where it starts in its partition. */
  commit(time: number, partition: number, position: number): void {
    const row = this.count;
    this.#time[row] = time;
    this.#partition[row] = partition;
    this.#position[row] = position;
    this.columns.event_time.set(row, time);
    this.count = row + 1;
  }

  /** Forgets what was written for the row being built. */
  discard(): void {
    for (const writer of this.writers) writer.clear(this.count);
  }

  reject(rejected: Rejected): void {
    this.rejected.push(rejected);
    this.rejectedBytes += rejected.bytes.length;
  }

  /** Value of a column in the row being built, as text. */
  text(field: EventField): string | null {
    return this.columns[field].text(this.count);
  }

  finish(partitions: readonly PartitionProgress[]): EventBatch {
    const count = this.count;
    const columns: Record<string, BatchColumn> = {};
    for (const { name } of EVENT_COLUMNS) columns[name] = this.columns[name].finish(count);
    const extra = extraRows(columns, count);
    const { first, texts } = this.symbols.takeNew();
    const batch = {
      count,
      time: this.#time.subarray(0, count),
      columns,
      partition: this.#partition.subarray(0, count),
      position: this.#position.subarray(0, count),
      partitions,
      symbols: texts,
      firstSymbol: first,
      rejected: this.rejected,
    };
    return extra === undefined ? batch : { ...batch, extra };
  }
}

const extraRows = (
  columns: Readonly<Record<string, BatchColumn>>,
  count: number,
): Uint8Array<ArrayBuffer> | undefined => {
  let extra: Uint8Array<ArrayBuffer> | undefined;
  for (const { name, table } of EVENT_COLUMNS) {
    const column = columns[name];
    if (table !== 'raw_extra' || column === undefined || column.kind === 'absent') continue;
    extra ??= new Uint8Array(count);
    if (column.kind === 'text') {
      for (let row = 0; row < count; row += 1) if (column.values[row] !== null) extra[row] = 1;
    } else if (column.valid === undefined) {
      extra.fill(1);
    } else {
      for (let row = 0; row < count; row += 1) extra[row] = (extra[row] as number) | (column.valid[row] as number);
    }
  }
  return extra;
};
