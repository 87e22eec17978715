import type { BatchColumn } from '../../core/batch.ts';
import { int64Text, putInt64 } from './int64.ts';
import { Presence } from './presence.ts';

/** What every column of a batch under construction can do. Rows come in order; unwritten rows are null. */
export interface ColumnWriter {
  has(row: number): boolean;
  clear(row: number): void;
  /** The column for the first `count` rows; the writer must not be used again. */
  finish(count: number): BatchColumn;
  /** Value of a row as text, for messages and samples; null when it has none. */
  text(row: number): string | null;
}

const ABSENT: BatchColumn = { kind: 'absent' };

/** Column of 32-bit numbers: symbol ids and counts. */
export class Int32Writer implements ColumnWriter {
  readonly #presence: Presence;
  readonly #capacity: number;
  #values: Int32Array<ArrayBuffer> = new Int32Array(0);

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#presence = new Presence(capacity);
  }

  set(row: number, value: number): void {
    if (this.#values.length === 0) this.#values = new Int32Array(this.#capacity);
    this.#values[row] = value;
    this.#presence.mark(row);
  }

  value(row: number): number {
    return this.#values[row] as number;
  }

  has(row: number): boolean {
    return this.#presence.has(row);
  }

  clear(row: number): void {
    this.#presence.clear(row);
  }

  text(row: number): string | null {
    return this.has(row) ? String(this.#values[row]) : null;
  }

  finish(count: number): BatchColumn {
    if (!this.#presence.touched) return ABSENT;
    const valid = this.#presence.finish(count);
    const data = new Uint8Array(this.#values.buffer, 0, count * 4);
    return valid === undefined ? { kind: 'int32', data } : { kind: 'int32', data, valid };
  }
}

/** Column of 64-bit numbers below 2^53: times in microseconds, money in 1/10,000. */
export class Int64Writer implements ColumnWriter {
  readonly #presence: Presence;
  readonly #capacity: number;
  #halves: Uint32Array<ArrayBuffer> = new Uint32Array(0);

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#presence = new Presence(capacity);
  }

  set(row: number, value: number): void {
    if (this.#halves.length === 0) this.#halves = new Uint32Array(this.#capacity * 2);
    putInt64(this.#halves, row, value);
    this.#presence.mark(row);
  }

  value(row: number): number {
    return ((this.#halves[row * 2 + 1] as number) | 0) * 4294967296 + (this.#halves[row * 2] as number);
  }

  has(row: number): boolean {
    return this.#presence.has(row);
  }

  clear(row: number): void {
    this.#presence.clear(row);
  }

  text(row: number): string | null {
    return this.has(row) ? int64Text(this.#halves, row) : null;
  }

  finish(count: number): BatchColumn {
    if (!this.#presence.touched) return ABSENT;
    const valid = this.#presence.finish(count);
    const data = new Uint8Array(this.#halves.buffer, 0, count * 8);
    return valid === undefined ? { kind: 'int64', data } : { kind: 'int64', data, valid };
  }
}

/** Column of free text. */
export class TextWriter implements ColumnWriter {
  readonly #capacity: number;
  #values: (string | null)[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  set(row: number, value: string): void {
    if (this.#values.length === 0) this.#values = new Array<string | null>(this.#capacity).fill(null);
    this.#values[row] = value;
  }

  has(row: number): boolean {
    return (this.#values[row] ?? null) !== null;
  }

  clear(row: number): void {
    if (this.#values.length > 0) this.#values[row] = null;
  }

  text(row: number): string | null {
    return this.#values[row] ?? null;
  }

  finish(count: number): BatchColumn {
    if (this.#values.length === 0) return ABSENT;
    this.#values.length = count;
    return { kind: 'text', values: this.#values };
  }
}
