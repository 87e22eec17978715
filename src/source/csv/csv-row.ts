const COMMA = 0x2c;
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** What was found at the start of a row. `more`: its end is not in the buffer. `quote`: a quoted cell is malformed. */
export type RowOutcome = 'row' | 'more' | 'quote';

/** The cells of one CSV row as offsets into a buffer; reused from row to row. */
export class CsvRow {
  cells = 0;
  /** Start and end of each cell, quotes not included: 2 numbers a cell. */
  bounds = new Int32Array(64);
  /** 1 for a quoted cell with doubled quotes in it. */
  doubled = new Uint8Array(32);
  /** Start of the next row. */
  next = 0;
  /** One past the last byte of the row itself, without its line end. */
  end = 0;
  /** Whether the row was closed by a line end (a last row may not be). */
  closed = false;

  /** Finds the cells of the row that starts at `start`. `final`: nothing follows `end`, so it closes a row. */
  scan(bytes: Uint8Array, start: number, end: number, final: boolean): RowOutcome {
    let at = start;
    this.cells = 0;
    for (;;) {
      if (at < end && bytes[at] === QUOTE) {
        const from = at + 1;
        at = this.#closingQuote(bytes, from, end);
        if (at < 0) return final ? 'quote' : 'more';
        this.#add(from, at, this.#sawDoubled);
        at += 1;
        if (at >= end && !final) return 'more';
        const after = at < end ? bytes[at] : LF;
        if (after !== COMMA && after !== LF && !(after === CR && (bytes[at + 1] === LF || at + 1 >= end)))
          return 'quote';
      } else {
        const from = at;
        while (at < end && bytes[at] !== COMMA && bytes[at] !== LF) at += 1;
        if (at >= end && !final) return 'more';
        const line = at >= end || bytes[at] === LF;
        this.#add(from, line && at > from && bytes[at - 1] === CR ? at - 1 : at, 0);
      }
      if (at < end && bytes[at] === CR) {
        if (at + 1 >= end && !final) return 'more';
        at += 1;
      }
      if (at < end && bytes[at] === COMMA) {
        at += 1;
        continue;
      }
      this.closed = at < end;
      this.next = at < end ? at + 1 : at;
      this.end = at > start && bytes[at - 1] === CR ? at - 1 : at;
      return 'row';
    }
  }

  #sawDoubled = 0;

  #closingQuote(bytes: Uint8Array, from: number, end: number): number {
    this.#sawDoubled = 0;
    let at = from;
    for (;;) {
      while (at < end && bytes[at] !== QUOTE) at += 1;
      if (at >= end) return -1;
      if (at + 1 < end && bytes[at + 1] === QUOTE) {
        this.#sawDoubled = 1;
        at += 2;
      } else {
        return at;
      }
    }
  }

  #add(start: number, end: number, doubled: number): void {
    const cell = this.cells;
    if (cell * 2 >= this.bounds.length) {
      const bounds = new Int32Array(this.bounds.length * 2);
      bounds.set(this.bounds);
      this.bounds = bounds;
      const flags = new Uint8Array(this.doubled.length * 2);
      flags.set(this.doubled);
      this.doubled = flags;
    }
    this.bounds[cell * 2] = start;
    this.bounds[cell * 2 + 1] = end;
    this.doubled[cell] = doubled;
    this.cells = cell + 1;
  }
}
