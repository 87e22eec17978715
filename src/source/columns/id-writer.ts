import type { BatchColumn } from '../../core/batch.ts';
import { asciiEnd, asciiText } from './ascii.ts';
import type { ColumnWriter } from './column-writer.ts';
import { int64Text, putDecimalInt64, putInt64 } from './int64.ts';
import { Presence } from './presence.ts';
import { putUuid, uuidText } from './uuid.ts';

type Form = 'none' | 'int64' | 'uuid' | 'text';

/**
 * Column of ids, byte-exact outside and compact inside: int64 while every value of the batch is a canonical decimal in
 * BIGINT range, uuid while every value is a canonical lower-case UUID, else text. The first misfit turns the rows
 * written before it back into their texts, which is exact because only values that round-trip were taken.
 */
export class IdWriter implements ColumnWriter {
  readonly #presence: Presence;
  readonly #capacity: number;
  #form: Form = 'none';
  #words: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  #texts: (string | null)[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#presence = new Presence(capacity);
  }

  /**
   * Writes an unquoted value whose end is not known yet: digits, a UUID, or ASCII up to a comma or line end.
   *
   * @returns the end of the value, or -1 with nothing written when it is of another form
   */
  read(row: number, bytes: Uint8Array, view: DataView, start: number): number {
    if (this.#form === 'int64') {
      let end = start;
      let value = 0;
      let digit = (bytes[end] as number) - 0x30;
      if (digit === 0) return -1;
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        end += 1;
        digit = (bytes[end] as number) - 0x30;
      }
      if (end === start) return -1;
      if (end - start > 15) {
        if (!putDecimalInt64(this.#words, row, bytes, start, end)) return -1;
      } else {
        putInt64(this.#words, row, value);
      }
      this.#presence.mark(row);
      return end;
    }
    if (this.#form === 'uuid') {
      if (!putUuid(this.#words, row, view, start)) return -1;
      this.#presence.mark(row);
      return start + 36;
    }
    if (this.#form === 'none') return -1;
    const end = asciiEnd(bytes, start);
    if (end < 0) return -1;
    this.setText(row, asciiText(bytes, start, end));
    return end;
  }

  /** Writes the value when it fits the form of the column so far; else writes nothing and returns false. */
  setCompact(row: number, bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    if (this.#form === 'none') this.#choose(bytes, view, start, end);
    if (this.#form === 'int64') {
      if (!putDecimalInt64(this.#words, row, bytes, start, end)) return false;
    } else if (this.#form === 'uuid') {
      if (end - start !== 36 || !putUuid(this.#words, row, view, start)) return false;
    } else {
      return false;
    }
    this.#presence.mark(row);
    return true;
  }

  /** Writes a value as text; the column stays text for the rest of the batch. */
  setText(row: number, value: string): void {
    this.#widen(row);
    this.#texts[row] = value;
    this.#presence.mark(row);
  }

  has(row: number): boolean {
    return this.#presence.has(row);
  }

  clear(row: number): void {
    this.#presence.clear(row);
    if (this.#form === 'text') this.#texts[row] = null;
  }

  text(row: number): string | null {
    if (!this.has(row)) return null;
    if (this.#form === 'int64') return int64Text(this.#words, row);
    if (this.#form === 'uuid') return uuidText(this.#words, row);
    return this.#texts[row] ?? null;
  }

  finish(count: number): BatchColumn {
    if (!this.#presence.touched) return { kind: 'absent' };
    if (this.#form === 'text') {
      const values = this.#texts;
      values.length = count;
      return { kind: 'text', values };
    }
    const kind = this.#form === 'uuid' ? 'uuid' : 'int64';
    const valid = this.#presence.finish(count);
    const data = new Uint8Array(this.#words.buffer, 0, count * (kind === 'uuid' ? 16 : 8));
    return valid === undefined ? { kind, data } : { kind, data, valid };
  }

  #choose(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    const first = new Uint32Array(4);
    if (putDecimalInt64(first, 0, bytes, start, end)) {
      this.#words = new Uint32Array(this.#capacity * 2);
      this.#form = 'int64';
    } else if (end - start === 36 && putUuid(first, 0, view, start)) {
      this.#words = new Uint32Array(this.#capacity * 4);
      this.#form = 'uuid';
    } else {
      this.#widen(0);
    }
  }

  #widen(row: number): void {
    if (this.#form === 'text') return;
    const texts = new Array<string | null>(this.#capacity).fill(null);
    for (let at = 0; at < row; at += 1) texts[at] = this.text(at);
    this.#texts = texts;
    this.#words = new Uint32Array(0);
    this.#form = 'text';
  }
}
