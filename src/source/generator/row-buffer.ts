import type { FragmentTable } from './fragment-table.ts';

const DIGIT_0 = 48;
/** Longest row in bytes, with room for the four-byte steps of `copy`. */
const SLACK = 8192;

/**
 * Bytes of rows, written in place: no text is made for an event. `full` turns true when the next row might not fit;
 * the owner then takes `bytes.subarray(0, at)` and resets `at`.
 */
export class RowBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  at = 0;
  readonly #capacity: number;
  #view: DataView<ArrayBuffer>;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.bytes = new Uint8Array(capacity + SLACK);
    this.#view = new DataView(this.bytes.buffer);
  }

  get full(): boolean {
    return this.at >= this.#capacity;
  }

  /** Goes on in other memory of the same size (or in new memory); answers what was in use. */
  swap(next?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const used = this.bytes;
    this.bytes = next ?? new Uint8Array(this.#capacity + SLACK);
    this.#view = new DataView(this.bytes.buffer);
    this.at = 0;
    return used;
  }

  /** Up to three bytes beyond the part are overwritten: rows are written front to back, so the next part covers them. */
  copy(source: FragmentTable, index: number): void {
    const from = source.offsets[index] as number;
    const length = (source.offsets[index + 1] as number) - from;
    const view = this.#view;
    const other = source.view;
    const at = this.at;
    for (let i = 0; i < length; i += 4) view.setInt32(at + i, other.getInt32(from + i));
    this.at = at + length;
  }

  copyBytes(source: Uint8Array, from: number, length: number): void {
    const bytes = this.bytes;
    let at = this.at;
    for (let i = 0; i < length; i++) bytes[at++] = source[from + i] as number;
    this.at = at;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A whole number in [0, 2^53) in decimal. */
  number(value: number): void {
    let rest = value;
    if (rest >= 4294967296) {
      const high = Math.floor(rest / 1e9);
      this.number(high);
      this.padded(rest - high * 1e9, 9);
      return;
    }
    let width = 1;
    for (let power = 10; power <= rest && width < 10; power *= 10) width++;
    const bytes = this.bytes;
    this.at += width;
    for (let at = this.at - 1; width > 0; width--, at--) {
      const quotient = Math.floor(rest / 10);
      bytes[at] = DIGIT_0 + (rest - quotient * 10);
      rest = quotient;
    }
  }

  padded(value: number, width: number): void {
    let rest = value | 0;
    const bytes = this.bytes;
    const from = this.at;
    for (let at = from + width - 1; at >= from; at--) {
      const quotient = (rest / 10) | 0;
      bytes[at] = DIGIT_0 + (rest - quotient * 10);
      rest = quotient;
    }
    this.at = from + width;
  }

  /** An amount of hundredths as decimal text with two places: 3320 is `33.20`. */
  cents(value: number): void {
    const whole = Math.floor(value / 100);
    this.number(whole);
    this.byte(46);
    this.padded(value - whole * 100, 2);
  }
}
