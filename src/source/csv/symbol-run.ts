const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const INITIAL_WORDS = 1 << 16;
/** 64 MiB: beyond it, cells are looked up one by one. */
const MAX_WORDS = 1 << 24;
/** Words before the bytes of a memo: its length in bytes, the room for them in words. */
const HEADER = 2;

/**
 * What usually follows a symbol: a product brings the same category and brand in nearly all its rows, so the bytes of
 * those cells are compared with the last ones seen after the same product, and only looked up when they differ.
 * Saves three hash look-ups a row of REES46.
 */
export class SymbolRun {
  readonly #cells: number;
  /** Memo of each leading symbol: offset in words + 1, or 0. */
  #memos = new Int32Array(4096);
  #words = new Int32Array(INITIAL_WORDS);
  #view = new DataView(this.#words.buffer);
  #end = 0;

  /** @param cells how many cells follow the leading one */
  constructor(cells: number) {
    this.#cells = cells;
  }

  /** Where the ids of the cells stand that follow a symbol, for `id`; 0 when the bytes at `at` are not the usual ones. */
  match(symbol: number, bytes: Uint8Array, view: DataView, at: number): number {
    if (symbol >= this.#memos.length) return 0;
    const memo = this.#memos[symbol] as number;
    if (memo === 0) return 0;
    const words = this.#words;
    const length = words[memo] as number;
    const mine = this.#view;
    const from = (memo + HEADER + this.#cells) << 2;
    let done = 0;
    for (; done + 4 <= length; done += 4) {
      if (mine.getInt32(from + done, true) !== view.getInt32(at + done, true)) return 0;
    }
    if (done < length) {
      const difference = mine.getInt32(from + done, true) ^ view.getInt32(at + done, true);
      if (difference << ((4 - (length - done)) << 3) !== 0) return 0;
    }
    const after = bytes[at + length];
    return after === COMMA || after === LF || after === CR ? memo : 0;
  }

  /** Bytes of the cells, with the comma before each. */
  length(memo: number): number {
    return this.#words[memo] as number;
  }

  /** Id of a cell of a memo, or -1 for an empty one. */
  id(memo: number, cell: number): number {
    return this.#words[memo + HEADER + cell] as number;
  }

  /** Keeps the cells that followed a symbol: their bytes in [start, end), and their ids. */
  learn(symbol: number, bytes: Uint8Array, start: number, end: number, ids: readonly number[]): void {
    const length = end - start;
    const room = (length + 7) >> 2;
    if (symbol >= this.#memos.length) {
      const memos = new Int32Array(Math.max(this.#memos.length * 2, symbol + 1));
      memos.set(this.#memos);
      this.#memos = memos;
    }
    let memo = this.#memos[symbol] as number;
    if (memo === 0 || (this.#words[memo + 1] as number) < room) {
      if (this.#end + room + HEADER + ids.length + 1 > MAX_WORDS) return;
      memo = this.#place(room + HEADER + ids.length);
      this.#memos[symbol] = memo;
      this.#words[memo + 1] = room;
    }
    this.#words[memo] = length;
    ids.forEach((id, cell) => {
      this.#words[memo + HEADER + cell] = id;
    });
    const own = new Uint8Array(this.#words.buffer);
    own.set(bytes.subarray(start, end), (memo + HEADER + ids.length) << 2);
  }

  #place(words: number): number {
    const memo = this.#end + 1;
    this.#end += words;
    if (this.#end + 1 > this.#words.length) {
      const grown = new Int32Array(Math.max(this.#words.length * 2, this.#end + 1));
      grown.set(this.#words);
      this.#words = grown;
      this.#view = new DataView(grown.buffer);
    }
    return memo;
  }
}
