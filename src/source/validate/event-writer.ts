import type { EventField } from '../../core/event.ts';
import { isAscii } from '../columns/ascii.ts';
import type { BatchBuilder } from '../columns/batch-builder.ts';
import { BytesIndex, hashBytes } from '../columns/bytes-index.ts';
import type { ColumnWriter, Int32Writer, Int64Writer, TextWriter } from '../columns/column-writer.ts';
import type { IdWriter } from '../columns/id-writer.ts';
import { isPlain } from '../columns/symbol-table.ts';
import type { EventCode } from './event-code.ts';
import type { FieldSlot } from './field-slot.ts';
import { FUTURE_MICROS, MONEY_LIMIT, QUANTITY_LIMIT } from './limits.ts';
import { MoneyReader, NOT_A_NUMBER, OUT_OF_RANGE, parseMoneyText, TOO_PRECISE } from './parse-money.ts';
import { BAD_TIME_FORMAT, BAD_TIME_RANGE, parseTimeText, TimeReader } from './parse-time.ts';

/** Event types kept for the fast way; a source with more of them than this is not one of shop events. */
const MAX_WORDS = 4096;

/** Where values stand: three looks at the same memory, which is readable 36 bytes past the end of each value. */
export interface Bytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly buffer: Buffer;
}

/** The looks at memory that a parser reuses while it stays the same. */
export const bytesOf = (bytes: Uint8Array, view: DataView): Bytes => ({
  bytes,
  view,
  buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
});

/** How the value was written: text, the digits of a JSON number, or something that is neither. */
export type ValueForm = 'text' | 'number' | 'other';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of bytes, or undefined when they are not UTF-8. */
export const decodeText = (bytes: Uint8Array, start: number, end: number): string | undefined => {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
};

/**
 * Writes the values of one event into the row being built, checking each; the one place where the rules for values
 * live. The scanners' fast paths take only what these rules accept, and hand everything else here.
 *
 * Caller: `begin`, `value` for each value, then `complete` for the event.
 */
export class EventWriter {
  /** Time of the event, microseconds; NaN until it is known. */
  time = Number.NaN;
  readonly #clock = new TimeReader();
  readonly #money = new MoneyReader();
  /** Words of event types that were seen, and the symbols of what they mean. */
  readonly #words = new BytesIndex();
  readonly #types: Readonly<Record<string, string>>;
  readonly #type: string | null;

  constructor(types: Readonly<Record<string, string>>, type: string | null) {
    this.#types = types;
    this.#type = type;
  }

  begin(): void {
    this.time = Number.NaN;
  }

  /** Writes one value; an empty one is null. @returns the code of the rule that it breaks, or null */
  value(
    batch: BatchBuilder,
    slot: FieldSlot,
    source: Bytes,
    start: number,
    end: number,
    form: ValueForm,
  ): EventCode | null {
    if (form === 'other' && slot.field !== 'properties') return 'event.field_type';
    if (end - start > slot.limit) return 'event.field_size';
    if (start === end) {
      this.none(batch, slot);
      return null;
    }
    const hash = slot.store === 'symbol' ? hashBytes(source.view, start, end - start) : 0;
    const ascii = (slot.store === 'id' || slot.store === 'text') && isAscii(source.bytes, start, end);
    if (this.#common(batch, slot, source, start, end, hash, ascii)) return null;
    const text = decodeText(source.bytes, start, end);
    if (text === undefined) return 'event.utf8';
    return this.#text(batch, slot, source, start, end, text, form);
  }

  /** As `value`, for text whose hash is known, and whether it is ASCII. */
  text(
    batch: BatchBuilder,
    slot: FieldSlot,
    source: Bytes,
    start: number,
    end: number,
    hash: number,
    ascii: boolean,
  ): EventCode | null {
    if (end - start <= slot.limit && start < end && this.#common(batch, slot, source, start, end, hash, ascii))
      return null;
    return this.value(batch, slot, source, start, end, 'text');
  }

  /** The value is empty, or null: whatever the event said before about this field is taken back. */
  none(batch: BatchBuilder, slot: FieldSlot): void {
    if (slot.store === 'time') this.time = Number.NaN;
    else (batch.writers[slot.index] as ColumnWriter).clear(batch.count);
  }

  /** Writes a value of the usual form without making text of it. @returns false, with nothing written, for any other */
  #common(
    batch: BatchBuilder,
    slot: FieldSlot,
    source: Bytes,
    start: number,
    end: number,
    hash: number,
    ascii: boolean,
  ): boolean {
    const { bytes, view } = source;
    const row = batch.count;
    const writer = batch.writers[slot.index];
    switch (slot.store) {
      case 'time': {
        const time = this.#clock.read(bytes, view, start);
        if (!(time >= 0) || this.#clock.end !== end) return false;
        this.time = time;
        return true;
      }
      case 'money': {
        const units = this.#money.read(bytes, start);
        if (units < 0 || this.#money.end !== end) return false;
        (writer as Int64Writer).set(row, units);
        return true;
      }
      case 'count': {
        const digit = (bytes[start] as number) - 0x30;
        if (end - start !== 1 || digit < 0 || digit > 9) return false;
        (writer as Int32Writer).set(row, digit);
        return true;
      }
      case 'symbol': {
        const length = end - start;
        const isType = slot.field === 'event_type';
        const id = isType ? this.#words.find(view, start, length, hash) : batch.symbols.find(view, start, length, hash);
        if (id < 0) return false;
        (writer as Int32Writer).set(row, id);
        return true;
      }
      case 'id':
        if ((writer as IdWriter).setCompact(row, bytes, view, start, end)) return true;
        if (!ascii) return false;
        (writer as IdWriter).setText(row, source.buffer.toString('latin1', start, end));
        return true;
      case 'text':
        if (slot.field === 'properties' || !ascii) return false;
        (writer as TextWriter).set(row, source.buffer.toString('latin1', start, end));
        return true;
    }
  }

  /** The event has all its values. @returns the code of the rule that it breaks as a whole, or null */
  complete(batch: BatchBuilder, arrival: number): { readonly code: EventCode; readonly field: EventField } | null {
    const { columns, count: row } = batch;
    if (Number.isNaN(this.time)) return { code: 'event.time_missing', field: 'event_time' };
    if (this.time > arrival + FUTURE_MICROS) return { code: 'event.future', field: 'event_time' };
    if (!columns.event_type.has(row)) {
      if (this.#type === null) return { code: 'event.type_missing', field: 'event_type' };
      columns.event_type.set(row, batch.symbols.idOf(this.#type));
    }
    if (!columns.amount.has(row) && columns.price.has(row)) {
      const amount = columns.price.value(row) * (columns.quantity.has(row) ? columns.quantity.value(row) : 1);
      if (amount >= MONEY_LIMIT) return { code: 'event.price_range', field: 'amount' };
      columns.amount.set(row, amount);
    }
    return null;
  }

  /** Symbol of a plain event type that was written before, given as bytes with their hash; -1 for any other. */
  findType(view: DataView, start: number, length: number, hash: number): number {
    return this.#words.find(view, start, length, hash);
  }

  /** Canonical word for a source's event type. */
  typeOf(word: string): string {
    return Object.hasOwn(this.#types, word) ? (this.#types[word] as string) : word;
  }

  #text(
    batch: BatchBuilder,
    slot: FieldSlot,
    source: Bytes,
    start: number,
    end: number,
    text: string,
    form: ValueForm,
  ): EventCode | null {
    const row = batch.count;
    const { field } = slot;
    const writer = batch.writers[slot.index];
    switch (slot.store) {
      case 'time':
        return this.#time(text);
      case 'money':
        return money(writer as Int64Writer, row, field, text, form);
      case 'count':
        return quantity(batch, text);
      case 'symbol': {
        const id = batch.symbols.idOf(field === 'event_type' ? this.typeOf(text) : text);
        (writer as Int32Writer).set(row, id);
        if (field === 'event_type') this.#learn(source, start, end, id);
        return null;
      }
      case 'id': {
        const ids = writer as IdWriter;
        if (!ids.setCompact(row, source.bytes, source.view, start, end)) ids.setText(row, text);
        return null;
      }
      case 'text':
        if (field === 'properties' && !isObject(text)) return 'event.field_type';
        (writer as TextWriter).set(row, text);
        return null;
    }
  }

  #learn({ bytes, view }: Bytes, start: number, end: number, id: number): void {
    const length = end - start;
    if (this.#words.size >= MAX_WORDS || !isPlain(bytes.subarray(start, end))) return;
    this.#words.add(bytes, start, length, hashBytes(view, start, length), id);
  }

  #time(text: string): EventCode | null {
    const time = parseTimeText(text);
    if (time === BAD_TIME_FORMAT) return 'event.time_format';
    if (time === BAD_TIME_RANGE) return 'event.time_range';
    this.time = time;
    return null;
  }
}

const money = (
  column: Int64Writer,
  row: number,
  field: EventField,
  text: string,
  form: ValueForm,
): EventCode | null => {
  const units = parseMoneyText(text, form === 'number');
  if (units === OUT_OF_RANGE) return 'event.price_range';
  if (field === 'price') {
    if (units === NOT_A_NUMBER) return 'event.price_number';
    if (units === TOO_PRECISE) return 'event.price_precision';
    if (units < 0) return 'event.price_negative';
  } else if (units === NOT_A_NUMBER || units === TOO_PRECISE) {
    return field === 'amount' ? 'event.amount' : units === TOO_PRECISE ? 'event.price_precision' : 'event.field_type';
  }
  column.set(row, units);
  return null;
};

const quantity = (batch: BatchBuilder, text: string): EventCode | null => {
  const value = /^\d+(\.0*)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value < QUANTITY_LIMIT)) return 'event.quantity';
  batch.columns.quantity.set(batch.count, value);
  return null;
};

const isObject = (text: string): boolean => {
  if (!text.startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
