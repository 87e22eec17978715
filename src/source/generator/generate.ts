import { DIMENSION_FILES } from './dimension-files.ts';
import { fileName, type Manifest, manifestOf } from './manifest.ts';
import { type GenerateOptions, resolveOptions } from './options.ts';
import type { RowBuffer } from './row-buffer.ts';
import { openShop, type Shop } from './shop.ts';
import type { Sink } from './sink.ts';

const TEXT_CHUNK = 1 << 18;

export interface GenerateProgress {
  readonly rows: number;
  readonly of: number;
  readonly bytes: number;
}

export interface GenerateRun {
  /** Called after each block of about a megabyte. */
  readonly onProgress?: (progress: GenerateProgress) => void;
  /** Stops between blocks; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Generates a shop's files: events in the given shape, `products.csv`, `users.csv`, `stock.csv`, `rates.csv` and, last
 * of all, `manifest.json`. The same options give the same bytes.
 *
 * @throws FootfallError `generate.option` before anything is written; errors of the sink as they are
 * @example await generate({ shape: 'rees46', events: 100_000, seed: 7 }, new FolderSink('demo'))
 */
export async function generate(options: GenerateOptions, sink: Sink, run: GenerateRun = {}): Promise<Manifest> {
  const shop = openShop(resolveOptions(options));
  const { prefix } = shop.options;
  await writeEvents(shop, sink, run);
  for (const { file, lines } of DIMENSION_FILES) await writeLines(`${prefix}${file}`, lines(shop), sink);
  const manifest = manifestOf(shop);
  await writeLines(`${prefix}manifest.json`, [`${JSON.stringify(manifest, null, 2)}\n`], sink);
  return manifest;
}

/** One file's rows are written while the next block is made in a second buffer. */
async function writeEvents(shop: Shop, sink: Sink, { onProgress, signal }: GenerateRun): Promise<void> {
  const { writer, simulation, encoder, options } = shop;
  const files = encoder.files.map((file, index) => ({
    name: fileName(options, file),
    buffer: writer.buffers[index] as RowBuffer,
    spare: undefined as Uint8Array<ArrayBuffer> | undefined,
    writing: Promise.resolve(),
  }));
  let bytes = 0;
  const header = Buffer.from(encoder.header);
  for (const { buffer } of files) buffer.append(header);
  while (writer.rows < options.events) {
    signal?.throwIfAborted();
    simulation.run(options.events);
    for (const file of files) {
      if (!file.buffer.full) continue;
      await file.writing;
      const length = file.buffer.at;
      const used = file.buffer.swap(file.spare);
      file.spare = used;
      bytes += length;
      file.writing = sink.write(file.name, used.subarray(0, length));
      // Awaited before the buffer is used again; a failure must not count as unhandled until then.
      file.writing.catch(() => undefined);
    }
    writer.full = false;
    onProgress?.({ rows: writer.rows, of: options.events, bytes });
  }
  simulation.close();
  for (const { name, buffer, writing } of files) {
    await writing;
    await sink.write(name, buffer.bytes.subarray(0, buffer.at));
    await sink.finish(name);
  }
}

async function writeLines(file: string, lines: Iterable<string>, sink: Sink): Promise<void> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < TEXT_CHUNK) continue;
    await sink.write(file, Buffer.from(text));
    text = '';
  }
  await sink.write(file, Buffer.from(text));
  await sink.finish(file);
}
