import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Millis } from '../../core/time.ts';

/** Bytes in order. */
export interface ByteStream {
  /** Reads at least one byte into `into` at `offset`. @returns how many, 0 at the end */
  read(into: Uint8Array, offset: number): Promise<number>;
  /** Bytes taken from the file itself so far (compressed, where it is). */
  readonly taken: number;
  close(): Promise<void>;
}

/** A plain file from a position on. */
export class FileBytes implements ByteStream {
  taken: number;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, position: number) {
    this.#handle = handle;
    this.taken = position;
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    const { bytesRead } = await this.#handle.read(into, offset, into.length - offset, this.taken);
    this.taken += bytesRead;
    return bytesRead;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** A stream of chunks: standard input, or the output of a decompressor or converter. */
export class ChunkBytes implements ByteStream {
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #takenOf: () => number;
  readonly #closing: () => Promise<void>;
  #rest: Uint8Array = new Uint8Array(0);
  #coming: Promise<IteratorResult<Uint8Array>> | undefined;

  constructor(stream: Readable, takenOf: () => number, closing: () => Promise<void>) {
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#takenOf = takenOf;
    this.#closing = closing;
  }

  get taken(): number {
    return this.#takenOf();
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    while (this.#rest.length === 0) {
      this.#coming ??= this.#chunks.next();
      const { done, value } = await this.#coming;
      this.#coming = undefined;
      if (done === true) return 0;
      this.#rest = value;
    }
    const length = Math.min(this.#rest.length, into.length - offset);
    into.set(this.#rest.subarray(0, length), offset);
    this.#rest = this.#rest.subarray(length);
    return length;
  }

  /** Whether bytes, or the end, come within a time; nothing is taken. */
  async comes(within: Millis): Promise<boolean> {
    if (this.#rest.length > 0) return true;
    this.#coming ??= this.#chunks.next();
    const over = new AbortController();
    const late = sleep(within, false, { signal: over.signal }).catch(() => false);
    return Promise.race([this.#coming.then(() => true), late]).finally(() => over.abort());
  }

  async close(): Promise<void> {
    this.#stream.destroy();
    await this.#closing();
  }
}

/** Fills a buffer from a stream as far as it goes. */
export const readFully = async (stream: ByteStream, into: Uint8Array): Promise<number> => {
  let length = 0;
  while (length < into.length) {
    const read = await stream.read(into, length);
    if (read === 0) break;
    length += read;
  }
  return length;
};
