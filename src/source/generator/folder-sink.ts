import { createWriteStream, type WriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import type { Sink } from './sink.ts';

interface OpenFile {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes into a folder, which it makes. Files grow under `NAME.partial` and get their name when they are whole; a name
 * that ends in `.gz` is compressed.
 *
 * @throws the error of the file system as it is (`ENOSPC`, `EACCES`, ...)
 */
export class FolderSink implements Sink {
  readonly #folder: string;
  readonly #open = new Map<string, OpenFile>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(file: string, bytes: Uint8Array): Promise<void> {
    await (await this.#file(file)).write(bytes);
  }

  async finish(file: string): Promise<void> {
    const whole = await this.#file(file);
    this.#open.delete(file);
    await whole.close();
    await rename(this.#path(`${file}.partial`), this.#path(file));
  }

  /** Gives up: closes and removes what is not whole. */
  async discard(): Promise<void> {
    for (const [file, partial] of this.#open) {
      this.#open.delete(file);
      await partial.close();
      await unlink(this.#path(`${file}.partial`));
    }
  }

  async #file(file: string): Promise<OpenFile> {
    const known = this.#open.get(file);
    if (known !== undefined) return known;
    await mkdir(this.#folder, { recursive: true });
    const path = this.#path(`${file}.partial`);
    const opened = file.endsWith('.gz') ? compressed(path) : plain(await open(path, 'w'));
    this.#open.set(file, opened);
    return opened;
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }
}

const plain = (handle: FileHandle): OpenFile => ({
  async write(bytes) {
    let at = 0;
    while (at < bytes.length) at += (await handle.write(bytes, at)).bytesWritten;
  },
  close: () => handle.close(),
});

function compressed(path: string): OpenFile {
  const gzip: Gzip = createGzip({ level: 6 });
  const file: WriteStream = createWriteStream(path);
  gzip.pipe(file);
  gzip.on('error', (error) => file.destroy(error));
  const done = finished(file);
  // The failure is reported by whoever writes or closes next.
  done.catch(() => gzip.destroy());
  return {
    async write(bytes) {
      const taken = new Promise<void>((resolve, reject) => {
        gzip.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
      await Promise.race([taken, done]);
    },
    async close() {
      gzip.end();
      await done;
    },
  };
}
