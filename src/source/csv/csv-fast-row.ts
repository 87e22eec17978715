import type { EventField } from '../../core/event.ts';
import type { BatchBuilder } from '../columns/batch-builder.ts';
import { hashBytes, mixWord } from '../columns/bytes-index.ts';
import type { Int32Writer, Int64Writer } from '../columns/column-writer.ts';
import type { IdWriter } from '../columns/id-writer.ts';
import type { EventWriter } from '../validate/event-writer.ts';
import { MoneyReader } from '../validate/parse-money.ts';
import { TimeReader } from '../validate/parse-time.ts';
import { SymbolRun } from './symbol-run.ts';

const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const COMMAS = 0x2c2c2c2c;

/** What a column holds, as a small number: the row loop switches on it. */
const TIME = 0;
const TYPE = 1;
const SYMBOL = 2;
const MONEY = 3;
const ID = 4;
const KINDS: Partial<Record<EventField, number>> = {
  event_time: TIME,
  event_type: TYPE,
  price: MONEY,
  amount: MONEY,
  user_id: ID,
  anonymous_id: ID,
  session_id: ID,
};
for (const field of [
  'product_id',
  'category_id',
  'category_code',
  'category',
  'brand',
  'currency',
  'country',
  'channel',
] as const) {
  KINDS[field] = SYMBOL;
}

/**
 * The common row at full speed: no quotes, every value of plain form, every symbol seen before. It takes only what the
 * rules of `EventWriter` would take to the same values; for anything else it gives up, and the careful path decides.
 */
export class CsvFastRow {
  /** Time of the row that was read. */
  time = 0;
  readonly #kinds: Uint8Array;
  readonly #fields: readonly EventField[];
  readonly #run: SymbolRun;
  /** First and last column of the longest run of symbol columns; both -1 when there is none. */
  readonly #runFrom: number;
  readonly #runTo: number;
  readonly #clock = new TimeReader();
  readonly #money = new MoneyReader();
  readonly #writer: EventWriter;
  #batch: BatchBuilder | undefined;
  #int32: (Int32Writer | undefined)[] = [];
  #int64: (Int64Writer | undefined)[] = [];
  #ids: (IdWriter | undefined)[] = [];

  private constructor(fields: readonly EventField[], writer: EventWriter) {
    this.#writer = writer;
    this.#fields = fields;
    this.#kinds = Uint8Array.from(fields, (field) => KINDS[field] ?? 0);
    [this.#runFrom, this.#runTo] = longestRun(this.#kinds);
    this.#run = new SymbolRun(this.#runTo - this.#runFrom);
  }

  /** A fast path for columns that are all of a fast kind and each mapped to one field; else undefined. */
  static of(fields: readonly (readonly EventField[])[], writer: EventWriter): CsvFastRow | undefined {
    const single: EventField[] = [];
    for (const targets of fields) {
      const [field] = targets;
      if (field === undefined || targets.length !== 1 || KINDS[field] === undefined) return undefined;
      single.push(field);
    }
    return new Set(single).size === single.length ? new CsvFastRow(single, writer) : undefined;
  }

  bind(batch: BatchBuilder): void {
    if (this.#batch === batch) return;
    this.#batch = batch;
    const kinds = [...this.#kinds];
    const writer = (column: number) => batch.columns[this.#fields[column] as EventField];
    this.#int32 = kinds.map((kind, i) => (kind === SYMBOL || kind === TYPE ? (writer(i) as Int32Writer) : undefined));
    this.#int64 = kinds.map((kind, i) => (kind === MONEY ? (writer(i) as Int64Writer) : undefined));
    this.#ids = kinds.map((kind, i) => (kind === ID ? (writer(i) as IdWriter) : undefined));
  }

  /** Writes the row at `start`. @returns the start of the next row, or -1 (the caller discards and goes the careful way) */
  read(bytes: Uint8Array, view: DataView, start: number, end: number, batch: BatchBuilder): number {
    const row = batch.count;
    const symbols = batch.symbols;
    const kinds = this.#kinds;
    const last = kinds.length - 1;
    let at = start;
    let time = -1;
    let leading = -1;
    let runStart = 0;
    let runEnd = 0;
    for (let column = 0; column <= last; column += 1) {
      if (at >= end) return -1;
      const first = bytes[at] as number;
      if (first === COMMA || first === LF || first === CR) {
        if (kinds[column] === TYPE) return -1;
      } else {
        switch (kinds[column]) {
          case TIME: {
            time = this.#clock.read(bytes, view, at);
            at = this.#clock.end;
            if (!(time >= 0)) return -1;
            break;
          }
          case MONEY: {
            const units = this.#money.read(bytes, at);
            if (units < 0) return -1;
            at = this.#money.end;
            (this.#int64[column] as Int64Writer).set(row, units);
            break;
          }
          case ID: {
            at = (this.#ids[column] as IdWriter).read(row, bytes, view, at);
            if (at < 0) return -1;
            break;
          }
          default: {
            const from = at;
            let hash = 0;
            if (column === last) {
              while (at < end && bytes[at] !== COMMA && bytes[at] !== LF && bytes[at] !== CR) at += 1;
              hash = hashBytes(view, from, at - from);
            } else {
              for (;;) {
                const word = view.getInt32(at, true);
                const difference = word ^ COMMAS;
                const found = (difference - 0x01010101) & ~difference & 0x80808080;
                if (found === 0) {
                  hash = mixWord(hash, word);
                  at += 4;
                  if (at - from > 1024) return -1;
                  continue;
                }
                const bits = 31 - Math.clz32(found & -found) - 7;
                if (bits > 0) {
                  hash = mixWord(hash, word & ((1 << bits) - 1));
                  at += bits >>> 3;
                }
                break;
              }
              hash = mixWord(hash, at - from);
            }
            const id =
              kinds[column] === TYPE
                ? this.#writer.findType(view, from, at - from, hash)
                : symbols.find(view, from, at - from, hash);
            if (id < 0) return -1;
            (this.#int32[column] as Int32Writer).set(row, id);
            if (column === this.#runFrom) {
              const memo = this.#run.match(id, bytes, view, at);
              if (memo > 0) {
                at += this.#run.length(memo);
                for (let cell = 0; column < this.#runTo; cell += 1) {
                  column += 1;
                  const next = this.#run.id(memo, cell);
                  if (next >= 0) (this.#int32[column] as Int32Writer).set(row, next);
                }
              } else {
                leading = id;
                runStart = at;
              }
            }
          }
        }
      }
      if (column === this.#runTo) runEnd = at;
      if (column < last) {
        if (bytes[at] !== COMMA) return -1;
        at += 1;
      }
    }
    if (time < 0) return -1;
    if (leading >= 0) this.#learn(leading, row, bytes, runStart, runEnd);
    this.time = time;
    if (bytes[at] === LF) return at + 1;
    return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1;
  }

  #learn(leading: number, row: number, bytes: Uint8Array, start: number, end: number): void {
    const ids: number[] = [];
    for (let column = this.#runFrom + 1; column <= this.#runTo; column += 1) {
      const writer = this.#int32[column] as Int32Writer;
      ids.push(writer.has(row) ? writer.value(row) : -1);
    }
    this.#run.learn(leading, bytes, start, end, ids);
  }
}

const longestRun = (kinds: Uint8Array): [number, number] => {
  let best: [number, number] = [-1, -1];
  for (let from = 0; from < kinds.length; from += 1) {
    let to = from;
    while (kinds[from] === SYMBOL && kinds[to + 1] === SYMBOL) to += 1;
    if (to - from > best[1] - best[0]) best = [from, to];
  }
  return best;
};
