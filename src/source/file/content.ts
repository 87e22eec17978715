import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Millis } from '../../core/time.ts';
import { type ByteStream, ChunkBytes, FileBytes, readFully } from './byte-stream.ts';
import { FINGERPRINT_BYTES } from './fingerprint.ts';
import { standardInput } from './standard-input.ts';

/** How the bytes of a file are packed. */
export type Packing = 'plain' | 'gzip' | 'zstd' | 'parquet';

/** A file that was opened: its first bytes, unpacked, and a way to read on after them or from a position. */
export interface Content {
  readonly path: string;
  readonly packing: Packing;
  /** The first bytes of the content, up to 64 KiB. */
  readonly head: Uint8Array;
  /** What came of a stream before it paused: too little to know it by, should it be sent again. */
  readonly passing: boolean;
  /** Bytes of the file as it lies on disk; null where that cannot be known. */
  readonly size: number | null;
  /** Stream that stands right after `head`; for a plain file, one that can start anywhere. */
  readonly stream: ByteStream;
  /** A plain file: bytes can be read from any position. */
  readonly from: ((position: number) => Promise<ByteStream>) | null;
}

/** A stream that pauses for longer before it fills a head is read as it comes. */
const PATIENCE: Millis = 500;
const LINE_END = 0x0a;

/** Recognises the packing by the first bytes, never by the name. */
export const packingOf = (head: Uint8Array): Packing => {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a === 0x50 && b === 0x41 && c === 0x52 && d === 0x31) return 'parquet';
  return 'plain';
};

/** Opens a file, or standard input as `-`. @throws source.missing, source.io, source.compression */
export const openContent = async (path: string): Promise<Content> => (path === '-' ? openInput() : openFile(path));

const openFile = async (path: string): Promise<Content> => {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new FootfallError(
      cause.code === 'ENOENT' ? 'source.missing' : 'source.io',
      { path, reason: cause.message },
      { cause },
    );
  });
  const stats = await handle.stat();
  if (stats.isDirectory()) {
    await handle.close();
    throw new FootfallError('source.io', { path, reason: 'it is a directory' });
  }
  const first = new FileBytes(handle, 0);
  const raw = await headOf(first);
  const packing = packingOf(raw);
  const size = stats.isFile() ? stats.size : null;
  if (packing === 'plain' && stats.isFile()) {
    const from = async (position: number): Promise<ByteStream> => new FileBytes(await open(path), position);
    return { path, packing, head: raw, passing: false, size, stream: first, from };
  }
  await handle.close();
  if (packing === 'parquet') return { path, packing, head: raw, passing: false, size, stream: first, from: null };
  const source = createReadStream(path);
  const stream = unpack(source, packing, path, () => source.bytesRead);
  return { path, packing, head: await headOf(stream), passing: false, size, stream, from: null };
};

const openInput = async (): Promise<Content> => {
  const source = standardInput();
  const first = await new Promise<Buffer>((resolve, reject) => {
    source.once('error', reject);
    source.once('end', () => resolve(Buffer.alloc(0)));
    source.once('readable', () => resolve((source.read() as Buffer | null) ?? Buffer.alloc(0)));
  });
  if (first.length > 0) source.unshift(first);
  const packing = packingOf(first);
  if (packing === 'parquet')
    throw new FootfallError('source.format', {
      path: '-',
      format: 'a stream',
      reason: 'Parquet needs a file that can be read from its end',
    });
  const rest = { path: '-', packing, size: null, from: null };
  if (packing !== 'plain') {
    const stream = unpack(source, packing, '-', () => source.bytesRead);
    return { ...rest, head: await headOf(stream), passing: false, stream };
  }
  const stream = new ChunkBytes(
    source,
    () => source.bytesRead,
    async () => {},
  );
  const { head, passing } = await headOfStream(stream);
  return { ...rest, head, passing, stream };
};

/** The first bytes of a stream: up to 64 KiB, or up to a pause of `PATIENCE` after a line. */
const headOfStream = async (stream: ChunkBytes): Promise<{ readonly head: Uint8Array; readonly passing: boolean }> => {
  const head = new Uint8Array(FINGERPRINT_BYTES);
  let length = 0;
  while (length < head.length) {
    if (head.subarray(0, length).includes(LINE_END) && !(await stream.comes(PATIENCE)))
      return { head: head.subarray(0, length), passing: true };
    const read = await stream.read(head, length);
    if (read === 0) break;
    length += read;
  }
  return { head: head.subarray(0, length), passing: false };
};

const unpack = (source: Readable, packing: Packing, path: string, taken: () => number): ByteStream => {
  if (packing === 'plain') return new ChunkBytes(source, taken, async () => {});
  const decompressor =
    packing === 'gzip' ? createGunzip({ chunkSize: 1 << 18 }) : createZstdDecompress({ chunkSize: 1 << 18 });
  pipeline(source, decompressor, () => {});
  const chunks = new ChunkBytes(decompressor, taken, async () => {
    source.destroy();
  });
  return {
    get taken() {
      return chunks.taken;
    },
    close: () => chunks.close(),
    read: (into, offset) =>
      chunks.read(into, offset).catch((cause: Error) => {
        throw new FootfallError('source.compression', { path, reason: cause.message }, { cause });
      }),
  };
};

const headOf = async (stream: ByteStream): Promise<Uint8Array> => {
  const head = new Uint8Array(FINGERPRINT_BYTES);
  return head.subarray(0, await readFully(stream, head));
};
