import { BytesIndex, hashBytes } from '../columns/bytes-index.ts';
import { isPlain } from '../columns/symbol-table.ts';
import type { Mapping } from '../shape/vocabulary.ts';
import { decodeText } from '../validate/event-writer.ts';
import { type FieldSlot, slotsOf } from '../validate/field-slot.ts';

const MAX_KEYS = 4096;
const ARENA_BYTES = 1 << 18;

/** A key of the source: the fields that it stands for; none for one that is kept as a property. */
export interface Key {
  readonly name: string;
  readonly slots: readonly FieldSlot[];
  /** Its number in the table; -1 for a key that is not kept. */
  readonly index: number;
}

/**
 * The keys of a source. Its objects mostly have the same keys in the same order, so the key that followed last time is
 * compared first, as the bytes `"name":` at once, and only a surprise is looked up.
 */
export class KeyTable {
  readonly keys: Key[] = [];
  readonly #mapping: Mapping;
  readonly #index = new BytesIndex();
  readonly #arena = new Uint8Array(ARENA_BYTES);
  readonly #patterns = new DataView(this.#arena.buffer);
  /** Start and length of each key's pattern in the arena. */
  readonly #starts = new Int32Array(MAX_KEYS);
  readonly #lengths = new Int32Array(MAX_KEYS);
  /** Key that followed a key last time, +1; the first of an object follows key -1. */
  readonly #next = new Int32Array(MAX_KEYS + 1);
  #arenaEnd = 0;

  constructor(mapping: Mapping) {
    this.#mapping = mapping;
  }

  /** The key after key `previous`, if its pattern stands at `at`; else -1. */
  expected(view: DataView, at: number, previous: number): number {
    const key = (this.#next[previous + 1] as number) - 1;
    if (key < 0) return -1;
    const length = this.#lengths[key] as number;
    const start = this.#starts[key] as number;
    let done = 0;
    for (; done + 4 <= length; done += 4) {
      if (this.#patterns.getInt32(start + done, true) !== view.getInt32(at + done, true)) return -1;
    }
    if (done === length) return key;
    const difference = this.#patterns.getInt32(start + done, true) ^ view.getInt32(at + done, true);
    return difference << ((4 - (length - done)) << 3) === 0 ? key : -1;
  }

  /** Bytes of the pattern of a key, colon included. */
  patternLength(key: number): number {
    return this.#lengths[key] as number;
  }

  /** The key whose quoted name is bytes[start, end); undefined when it is not UTF-8. */
  find(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    escaped: boolean,
    previous: number,
  ): Key | undefined {
    const length = end - start - 2;
    const hash = hashBytes(view, start + 1, length);
    const found = escaped || length === 0 ? -1 : this.#index.find(view, start + 1, length, hash);
    if (found >= 0) {
      this.#next[previous + 1] = found + 1;
      return this.keys[found];
    }
    const text = decodeText(bytes, start, end);
    if (text === undefined) return undefined;
    const name = JSON.parse(text) as string;
    const slots = Object.hasOwn(this.#mapping.fields, name) ? slotsOf(this.#mapping.fields[name] ?? []) : [];
    const kept = !escaped && this.keys.length < MAX_KEYS && this.#arenaEnd + length + 8 < ARENA_BYTES;
    if (!kept || !isPlain(bytes.subarray(start + 1, end - 1))) return { name, slots, index: -1 };
    const key = { name, slots, index: this.keys.length };
    this.#index.add(bytes, start + 1, length, hash, key.index);
    this.keys.push(key);
    this.#arena.set(bytes.subarray(start, end), this.#arenaEnd);
    this.#arena[this.#arenaEnd + length + 2] = 0x3a;
    this.#starts[key.index] = this.#arenaEnd;
    this.#lengths[key.index] = length + 3;
    this.#arenaEnd += length + 3;
    return key;
  }
}
