import { mixWord } from '../columns/bytes-index.ts';
import { MAX_DEPTH } from '../validate/limits.ts';

/** What a JSON value is, by how it was written. */
export type JsonKind = 'text' | 'escaped' | 'number' | 'true' | 'false' | 'null' | 'object' | 'array';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;
const SPACES = 0x20202020;
const ONES = 0x01010101;
const TOPS = 0x80808080;

/** Finds where JSON values end, checking their grammar; makes no values. Offsets are into the bytes it was given. */
export class JsonScanner {
  /** Kind of the value that `value` has passed. */
  kind: JsonKind = 'null';
  /** Hash of the bytes between the quotes of the text that was passed, as by `hashBytes`. */
  hash = 0;
  /** Whether what was passed is ASCII for certain. */
  ascii = true;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #end = 0;

  /** Sets the bytes to look at; nothing at or after `end` is taken, but there are some that can be read. */
  over(bytes: Uint8Array, view: DataView, end: number): void {
    this.#bytes = bytes;
    this.#view = view;
    this.#end = end;
  }

  /** First offset from `at` on that is no white space. */
  space(at: number): number {
    const bytes = this.#bytes;
    let next = at;
    while (next < this.#end && (bytes[next] === 0x20 || bytes[next] === 0x0d || bytes[next] === 0x09)) next += 1;
    return next;
  }

  /** One past the closing quote of the string whose opening quote is at `at`, or -1. */
  string(at: number): number {
    const view = this.#view;
    const end = this.#end;
    let hash = 0;
    let high = 0;
    let next = at + 1;
    while (next < end) {
      const word = view.getInt32(next, true);
      const quote = word ^ QUOTES;
      const backslash = word ^ BACKSLASHES;
      // The lowest byte that is a quote, a backslash or a control character has its top bit set here.
      const special =
        (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) | ((word - SPACES) & ~word)) & TOPS;
      if (special === 0) {
        hash = mixWord(hash, word);
        high |= word;
        next += 4;
        continue;
      }
      const bits = 24 - Math.clz32(special & -special);
      if (bits > 0) {
        const rest = word & ((1 << bits) - 1);
        hash = mixWord(hash, rest);
        high |= rest;
        next += bits >>> 3;
      }
      if (next >= end || this.#bytes[next] !== QUOTE) break;
      this.kind = 'text';
      this.hash = mixWord(hash, next - at - 1);
      this.ascii = (high & TOPS) === 0;
      return next + 1;
    }
    return this.#carefully(at);
  }

  /** A string with escapes in it, or none at all. */
  #carefully(at: number): number {
    const bytes = this.#bytes;
    this.kind = 'text';
    this.ascii = false;
    for (let next = at + 1; next < this.#end; next += 1) {
      const byte = bytes[next] as number;
      if (byte === QUOTE) return next + 1;
      if (byte < 0x20) return -1;
      if (byte === BACKSLASH) {
        this.kind = 'escaped';
        const length = escapeLength(bytes, next, this.#end);
        if (length === 0) return -1;
        next += length - 1;
      }
    }
    return -1;
  }

  /** One past the value that starts at `at`, or -1 when there is none. `depth`: levels that contain it. */
  value(at: number, depth: number): number {
    const first = this.#bytes[at] as number;
    if (at >= this.#end) return -1;
    if (first === QUOTE) return this.string(at);
    if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return this.#number(at);
    if (first === 0x7b) return this.#nested(at, depth + 1, 0x7d, 'object');
    if (first === 0x5b) return this.#nested(at, depth + 1, 0x5d, 'array');
    if (first === 0x74) return this.#word(at, 'true');
    if (first === 0x66) return this.#word(at, 'false');
    return this.#word(at, 'null');
  }

  #word(at: number, word: 'true' | 'false' | 'null'): number {
    for (let i = 0; i < word.length; i += 1) if (this.#bytes[at + i] !== word.charCodeAt(i)) return -1;
    this.kind = word;
    this.ascii = true;
    return at + word.length <= this.#end ? at + word.length : -1;
  }

  #digits(at: number): number {
    let next = at;
    while (next < this.#end && (this.#bytes[next] as number) >= 0x30 && (this.#bytes[next] as number) <= 0x39)
      next += 1;
    return next;
  }

  #number(at: number): number {
    const bytes = this.#bytes;
    this.kind = 'number';
    this.ascii = true;
    const from = bytes[at] === 0x2d ? at + 1 : at;
    let next = this.#digits(from);
    if (next === from || (bytes[from] === 0x30 && next > from + 1)) return -1;
    if (next < this.#end && bytes[next] === 0x2e) {
      const point = next + 1;
      next = this.#digits(point);
      if (next === point) return -1;
    }
    if (next < this.#end && (bytes[next] === 0x65 || bytes[next] === 0x45)) {
      const sign = bytes[next + 1] === 0x2b || bytes[next + 1] === 0x2d ? next + 2 : next + 1;
      next = this.#digits(sign);
      if (next === sign) return -1;
    }
    return next;
  }

  #nested(at: number, depth: number, close: number, kind: 'object' | 'array'): number {
    if (depth > MAX_DEPTH) return -1;
    let next = this.space(at + 1);
    if (this.#bytes[next] === close && next < this.#end) {
      this.kind = kind;
      this.ascii = true;
      return next + 1;
    }
    for (;;) {
      if (kind === 'object') {
        if (this.#bytes[next] !== QUOTE) return -1;
        next = this.string(next);
        if (next < 0) return -1;
        next = this.space(next);
        if (this.#bytes[next] !== 0x3a) return -1;
        next = this.space(next + 1);
      }
      next = this.value(next, depth);
      if (next < 0) return -1;
      next = this.space(next);
      if (next >= this.#end) return -1;
      if (this.#bytes[next] === close) {
        this.kind = kind;
        this.ascii = false;
        return next + 1;
      }
      if (this.#bytes[next] !== 0x2c) return -1;
      next = this.space(next + 1);
    }
  }
}

/** Bytes of the escape at `at`, or 0 when it is none. */
const escapeLength = (bytes: Uint8Array, at: number, end: number): number => {
  const letter = bytes[at + 1] as number;
  if (at + 1 >= end) return 0;
  if (letter !== 0x75) return '"\\/bfnrt'.includes(String.fromCharCode(letter)) ? 2 : 0;
  if (at + 6 > end) return 0;
  for (let i = at + 2; i < at + 6; i += 1) if (!/[0-9a-fA-F]/.test(String.fromCharCode(bytes[i] as number))) return 0;
  return 6;
};
