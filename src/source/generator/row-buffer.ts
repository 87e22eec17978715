import type { FragmentTable } from './fragment-table.ts';

const DIGIT_0 = 48;
const pairs = (count: number, text: (value: number) => string): Uint16Array =>
  Uint16Array.from({ length: count }, (_, value) => Buffer.from(text(value)).readUInt16BE());
const PAIRS = pairs(100, (value) => String(value).padStart(2, '0'));
const HEX_PAIRS = pairs(256, (value) => value.toString(16).padStart(2, '0'));
/** Longest row in bytes, with room for the eight-byte steps of `copyText`. */
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

  copy(source: FragmentTable, index: number): void {
    const from = source.offsets[index] as number;
    this.copyText(source.view, from, (source.offsets[index + 1] as number) - from);
  }

  /**
   * Copies UTF-8 text eight bytes a step, as doubles: the fastest copy that JavaScript has for short texts. It is exact,
   * as only NaNs may change on the way and their first byte is 0xff, or 0x7f before one from 0xf0: never in our texts.
   * Up to seven bytes too many are read and written: rows grow front to back, so the next part covers them.
   */
  copyText(source: DataView, from: number, length: number): void {
    const view = this.#view;
    const at = this.at;
    for (let i = 0; i < length; i += 8) view.setFloat64(at + i, source.getFloat64(from + i));
    this.at = at + length;
  }

  /** Any bytes. */
  append(source: Uint8Array): void {
    this.bytes.set(source, this.at);
    this.at += source.length;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A whole number in [0, 2^53) in decimal. */
  number(value: number): void {
    if (value >= 1e9) {
      const high = Math.floor(value / 1e9);
      this.number(high);
      this.padded(value - high * 1e9, 9);
      return;
    }
    let width = 1;
    for (let power = 10; power <= value; power *= 10) width++;
    this.padded(value, width);
  }

  /** A whole number below 10^9 with leading zeros. */
  padded(value: number, width: number): void {
    let rest = value | 0;
    const from = this.at;
    let at = from + width;
    this.at = at;
    while (at - from >= 2) {
      const quotient = (rest / 100) | 0;
      at -= 2;
      this.#view.setUint16(at, PAIRS[rest - quotient * 100] as number);
      rest = quotient;
    }
    if (at > from) this.bytes[from] = DIGIT_0 + (rest % 10);
  }

  /** Eight hex digits. */
  hex(word: number): void {
    const at = this.at;
    for (let i = 0; i < 4; i++) this.#view.setUint16(at + i * 2, HEX_PAIRS[(word >>> (24 - i * 8)) & 255] as number);
    this.at = at + 8;
  }

  /** An amount of hundredths as decimal text with two places: 3320 is `33.20`. */
  cents(value: number): void {
    const whole = Math.floor(value / 100);
    this.number(whole);
    this.byte(46);
    this.padded(value - whole * 100, 2);
  }
}
