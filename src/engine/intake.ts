import type { BatchColumn, EventBatch } from '../core/batch.ts';
import { SYMBOL_FIELDS } from '../core/event.ts';
import type { EpochMicros } from '../core/time.ts';
import type { Categories } from './categories.ts';
import { ABSENT, int32Column, pick, symbolsOf } from './columns.ts';
import { convertForeign, setForeignAside } from './foreign-money.ts';
import type { Rates } from './rates.ts';
import type { Symbols } from './symbols.ts';

/** A batch as the engine stores it: the shop's own symbols, resolved categories, lateness. */
export interface Intake {
  readonly count: number;
  readonly time: Float64Array<ArrayBuffer>;
  readonly columns: Readonly<Record<string, BatchColumn>>;
  readonly categoryName: BatchColumn;
  readonly partition: Uint16Array<ArrayBuffer>;
  readonly position: Float64Array<ArrayBuffer>;
  readonly extra?: Uint8Array<ArrayBuffer>;
  /** One byte a row: 1 = event_time is before the watermark of the batch before. */
  readonly late: Uint8Array<ArrayBuffer>;
  /** Rows that are late, ascending. */
  readonly lateRows: readonly number[];
}

/** Translates a parser's symbols to the shop's. One per source, since each parser gives out numbers of its own. */
export class SymbolTranslation {
  private readonly symbols: Symbols;
  private readonly own: number[] = [];
  private readonly texts: string[] = [];
  private readonly done = new WeakMap<EventBatch, Readonly<Record<string, BatchColumn>>>();
  private readonly currency: number;
  private version: number;

  /** `currency` is the shop's own. */
  constructor(symbols: Symbols, currency = 'USD') {
    this.symbols = symbols;
    this.currency = symbols.idOf(currency);
    this.version = symbols.version;
  }

  /**
   * Columns with the shop's symbols in place of the parser's. The buffers are changed in place, once.
   * @param which `used`: a text that no event of the batch says gets no symbol yet
   */
  translate(batch: EventBatch, which: 'all' | 'used' = 'all'): Readonly<Record<string, BatchColumn>> {
    const known = this.done.get(batch);
    if (known !== undefined) return known;
    // Words were erased: each is looked up again when an event says it.
    if (this.version !== this.symbols.version) {
      this.version = this.symbols.version;
      this.own.fill(UNKNOWN);
    }
    batch.symbols.forEach((text, i) => {
      this.texts[batch.firstSymbol + i] = text;
      this.own[batch.firstSymbol + i] = which === 'all' && this.version === 0 ? this.symbols.idOf(text) : UNKNOWN;
    });
    if (which === 'used' || this.version > 0) this.learnUsed(batch);
    const table = Int32Array.from(this.own);
    for (const name of SYMBOL_FIELDS) {
      const column = batch.columns[name];
      const ids = symbolsOf(column);
      if (ids === undefined || column?.kind !== 'int32') continue;
      const { valid } = column;
      for (let row = 0; row < batch.count; row++) {
        ids[row] = valid !== undefined && valid[row] === 0 ? 0 : (table[ids[row] as number] as number);
      }
    }
    const translated = setForeignAside(batch.columns, batch.count, this.currency);
    this.done.set(batch, translated);
    return translated;
  }

  private learnUsed(batch: EventBatch): void {
    for (const name of SYMBOL_FIELDS) {
      const column = batch.columns[name];
      const ids = symbolsOf(column);
      if (ids === undefined || column?.kind !== 'int32') continue;
      for (let row = 0; row < batch.count; row++) {
        const id = ids[row] as number;
        if (column.valid?.[row] !== 0 && this.own[id] === UNKNOWN)
          this.own[id] = this.symbols.idOf(this.texts[id] ?? '');
      }
    }
  }
}

/** Of a parser's symbol that no event said yet. */
const UNKNOWN = -1;

/**
 * Adds to a translated batch what the engine derives: category_name, converted money, and which events are late
 * (semantics, "Events" and "Facts and dimensions" and "Time and finality").
 */
export function derive(
  batch: EventBatch,
  columns: Readonly<Record<string, BatchColumn>>,
  { categories, rates }: { readonly categories: Categories; readonly rates: Rates },
  watermark: EpochMicros | null,
): Intake {
  const { count, time } = batch;
  const products = symbolsOf(columns['product_id']);
  const given = symbolsOf(columns['category']);
  const codes = symbolsOf(columns['category_code']);
  const names = new Int32Array(count);
  const named = new Uint8Array(count);
  const late = new Uint8Array(count);
  const lateRows: number[] = [];
  for (let row = 0; row < count; row++) {
    const at = time[row] as number;
    const name = categories.resolve(products?.[row] ?? 0, given?.[row] ?? 0, codes?.[row] ?? 0, at);
    if (name !== 0) {
      names[row] = name;
      named[row] = 1;
    }
    if (watermark !== null && at < watermark) {
      late[row] = 1;
      lateRows.push(row);
    }
  }
  const categoryName = named.includes(0) ? int32Column(names, named) : int32Column(names);
  return {
    count,
    time,
    columns: convertForeign(columns, time, rates),
    categoryName,
    partition: batch.partition,
    position: batch.position,
    late,
    lateRows,
    ...(batch.extra === undefined ? {} : { extra: batch.extra }),
  };
}

/** Just the given rows of an intake, in their order. */
export function keepRows(intake: Intake, rows: readonly number[]): Intake {
  const late = Uint8Array.from(rows, (row) => intake.late[row] as number);
  return {
    count: rows.length,
    time: Float64Array.from(rows, (row) => intake.time[row] as number),
    columns: Object.fromEntries(Object.entries(intake.columns).map(([name, column]) => [name, pick(column, rows)])),
    categoryName: pick(intake.categoryName, rows),
    partition: Uint16Array.from(rows, (row) => intake.partition[row] as number),
    position: Float64Array.from(rows, (row) => intake.position[row] as number),
    ...(intake.extra === undefined ? {} : { extra: Uint8Array.from(rows, (row) => intake.extra?.[row] ?? 0) }),
    late,
    lateRows: [...late.keys()].filter((row) => late[row] === 1),
  };
}

export const columnOf = (intake: Intake, name: string): BatchColumn => intake.columns[name] ?? ABSENT;
