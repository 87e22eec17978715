const INITIAL_SLOTS = 4096;
const INITIAL_ARENA = 1 << 16;
/** hash, offset of the key in the arena, length of the key, value: one entry lies in one cache line. */
const ENTRY = 4;

/**
 * A hash table from bytes to a whole number: a cell of few distinct values finds its id without becoming a string.
 *
 * Keys never hold a comma, quote, CR or LF. A scanner may therefore hand in a cell found by looking for the next comma
 * alone: whatever is found here was a well-formed cell before, and is one now.
 *
 * Caller: `bytes` must be readable four bytes past `end` (the scanner's buffers have that slack).
 */
export class BytesIndex {
  #slots = new Int32Array(INITIAL_SLOTS * ENTRY);
  #mask = INITIAL_SLOTS - 1;
  #count = 0;
  #arena: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_ARENA);
  #arenaView = new DataView(this.#arena.buffer);
  #arenaEnd = 0;

  get size(): number {
    return this.#count;
  }

  /** Value kept for the bytes, or -1. `hash` is that of `hashBytes`. */
  find(view: DataView, start: number, length: number, hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hash & mask;
    for (;;) {
      const at = slot << 2;
      const keyLength = slots[at + 2] as number;
      if (keyLength === 0) return -1;
      if (slots[at] === hash && keyLength === length && this.#equal(slots[at + 1] as number, view, start, length)) {
        return slots[at + 3] as number;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** Keeps a value for bytes that are not in the table yet. Empty keys are not held. */
  add(bytes: Uint8Array, start: number, length: number, hash: number, value: number): void {
    if ((this.#count + 1) * 2 > this.#mask) this.#grow();
    // Four bytes of slack, so that whole words can be compared.
    if (this.#arenaEnd + length + 4 > this.#arena.length) {
      const arena = new Uint8Array(Math.max(this.#arena.length * 2, this.#arenaEnd + length + 4));
      arena.set(this.#arena.subarray(0, this.#arenaEnd));
      this.#arena = arena;
      this.#arenaView = new DataView(arena.buffer);
    }
    this.#arena.set(bytes.subarray(start, start + length), this.#arenaEnd);
    this.#insert(hash, this.#arenaEnd, length, value);
    this.#arenaEnd += length;
    this.#count += 1;
  }

  #equal(offset: number, view: DataView, start: number, length: number): boolean {
    const arena = this.#arenaView;
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      if (arena.getInt32(offset + at, true) !== view.getInt32(start + at, true)) return false;
    }
    if (at === length) return true;
    const difference = arena.getInt32(offset + at, true) ^ view.getInt32(start + at, true);
    return difference << ((4 - (length - at)) << 3) === 0;
  }

  #insert(hash: number, offset: number, length: number, value: number): void {
    let slot = hash & this.#mask;
    while (this.#slots[(slot << 2) + 2] !== 0) slot = (slot + 1) & this.#mask;
    const at = slot << 2;
    this.#slots[at] = hash;
    this.#slots[at + 1] = offset;
    this.#slots[at + 2] = length;
    this.#slots[at + 3] = value;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#slots.length / ENTRY - 1;
    for (let at = 0; at < old.length; at += ENTRY) {
      if (old[at + 2] !== 0) {
        this.#insert(old[at] as number, old[at + 1] as number, old[at + 2] as number, old[at + 3] as number);
      }
    }
  }
}

/** One step of the hash: mixes in four bytes of the key, the last ones padded with zeros at the top. */
export const mixWord = (hash: number, word: number): number => {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
};

/** Hash of `length` bytes; the scanner computes the same while it looks for the end of a cell. */
export const hashBytes = (view: DataView, start: number, length: number): number => {
  let hash = 0;
  let at = 0;
  for (; at + 4 <= length; at += 4) hash = mixWord(hash, view.getInt32(start + at, true));
  if (at < length) {
    const mask = 0xffffffff >>> ((4 - (length - at)) << 3);
    hash = mixWord(hash, view.getInt32(start + at, true) & mask);
  }
  return mixWord(hash, length);
};
