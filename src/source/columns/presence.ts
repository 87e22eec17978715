/**
 * Which rows of a column have a value. Rows are written in order; a row that is skipped is null, so parsers write
 * values only. `valid` is allocated at the first null.
 */
export class Presence {
  readonly #capacity: number;
  #valid: Uint8Array<ArrayBuffer> | undefined;
  /** Rows from here on have no value yet. */
  #filled = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get touched(): boolean {
    return this.#filled > 0;
  }

  mark(row: number): void {
    if (this.#filled < row) this.#nullsBefore();
    if (this.#valid !== undefined) this.#valid[row] = 1;
    this.#filled = row + 1;
  }

  has(row: number): boolean {
    return row < this.#filled && (this.#valid === undefined || this.#valid[row] === 1);
  }

  /** Makes the row being built null again, after it or its value was refused. */
  clear(row: number): void {
    if (this.#filled !== row + 1) return;
    if (this.#valid !== undefined) this.#valid[row] = 0;
    this.#filled = row;
  }

  /** One byte a row for the first `count` rows, or undefined when none is null. */
  finish(count: number): Uint8Array<ArrayBuffer> | undefined {
    if (this.#filled < count) this.#nullsBefore();
    return this.#valid?.subarray(0, count);
  }

  #nullsBefore(): void {
    if (this.#valid !== undefined) return;
    this.#valid = new Uint8Array(this.#capacity);
    this.#valid.fill(1, 0, this.#filled);
  }
}
