import type { Sink } from './sink.ts';

/** Keeps files in memory: for tests and small samples. */
export class MemorySink implements Sink {
  readonly finished: string[] = [];
  readonly #parts = new Map<string, Uint8Array[]>();

  async write(file: string, bytes: Uint8Array): Promise<void> {
    const parts = this.#parts.get(file) ?? [];
    parts.push(bytes.slice());
    this.#parts.set(file, parts);
  }

  async finish(file: string): Promise<void> {
    this.finished.push(file);
  }

  bytes(file: string): Buffer {
    return Buffer.concat(this.#parts.get(file) ?? []);
  }

  /** Lines without their ends. */
  lines(file: string): string[] {
    return this.bytes(file).toString('utf8').split('\n').slice(0, -1);
  }
}
