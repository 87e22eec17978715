import { BytesIndex, hashBytes } from './bytes-index.ts';

const encoder = new TextEncoder();

/**
 * The shop's symbols: texts of few distinct values (products, brands, countries) and their ids.
 *
 * The id of a text is its place in the order of first use, and never changes. Made with the texts that the engine knows
 * already; the new ones of each batch are handed over with it by `takeNew`.
 *
 * @example new SymbolTable(['view', 'purchase']).idOf('purchase') // 1
 */
export class SymbolTable {
  readonly #texts: string[];
  readonly #ids = new Map<string, number>();
  readonly #plain = new BytesIndex();
  #taken: number;

  constructor(known: readonly string[]) {
    this.#texts = [...known];
    this.#taken = known.length;
    for (const [id, text] of known.entries()) this.#remember(text, id);
  }

  /** Id of a text; a new one is given out at need. */
  idOf(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#texts.length;
    this.#texts.push(text);
    this.#remember(text, id);
    return id;
  }

  /** Id of a plain cell given as bytes with their `hashBytes`, or -1 when it was never seen. */
  find(view: DataView, start: number, length: number, hash: number): number {
    return this.#plain.find(view, start, length, hash);
  }

  textOf(id: number): string | undefined {
    return this.#texts[id];
  }

  /** The texts first used since the last call; the first of them has id `first`. */
  takeNew(): { readonly first: number; readonly texts: string[] } {
    const first = this.#taken;
    this.#taken = this.#texts.length;
    return { first, texts: this.#texts.slice(first) };
  }

  #remember(text: string, id: number): void {
    this.#ids.set(text, id);
    const bytes = encoder.encode(text);
    if (!isPlain(bytes)) return;
    const padded = new Uint8Array(bytes.length + 4);
    padded.set(bytes);
    this.#plain.add(padded, 0, bytes.length, hashBytes(new DataView(padded.buffer), 0, bytes.length), id);
  }
}

/** Whether bytes may be a key of a `BytesIndex`. */
export const isPlain = (bytes: Uint8Array): boolean => {
  for (const byte of bytes) {
    if (byte === 0x2c || byte === 0x22 || byte === 0x0a || byte === 0x0d || byte === 0x5c) return false;
  }
  return bytes.length > 0;
};
