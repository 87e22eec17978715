import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { type ByteStream, ChunkBytes, readFully } from './byte-stream.ts';

const CHILD = fileURLToPath(new URL('./parquet-child.ts', import.meta.url));

/** A Parquet file as CSV rows without a header, in row order from a row on. */
export interface ConvertedParquet {
  readonly columns: readonly string[];
  /** Columns of binary floating point, whose decimals may be off by a rounding error. */
  readonly numeric: ReadonlySet<string>;
  readonly stream: ByteStream;
}

/**
 * Converts a Parquet file in a child process: untrusted Parquet is never opened by the process that owns the database.
 * The child's first line is a JSON array of [column, type].
 *
 * @throws source.format when it cannot be read as Parquet
 */
export const openParquet = async (path: string, fromRow: number): Promise<ConvertedParquet> => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, path, String(fromRow)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const chunks = new ChunkBytes(
    child.stdout,
    () => 0,
    async () => {
      child.kill('SIGKILL');
      await exited;
    },
  );
  const stream: ByteStream = {
    taken: 0,
    close: () => chunks.close(),
    read: async (into, offset) => {
      const read = await chunks.read(into, offset);
      if (read === 0 && (await exited) !== 0)
        throw new FootfallError('source.format', { path, format: 'parquet', reason: complaint.trim() });
      return read;
    },
  };
  const line = await firstLine(stream);
  const columns = JSON.parse(line) as [string, string][];
  return {
    columns: columns.map(([name]) => name),
    numeric: new Set(columns.filter(([, type]) => type === 'DOUBLE' || type === 'FLOAT').map(([name]) => name)),
    stream,
  };
};

const firstLine = async (stream: ByteStream): Promise<string> => {
  const byte = new Uint8Array(1);
  const line: number[] = [];
  while ((await readFully(stream, byte)) === 1 && byte[0] !== 0x0a) line.push(byte[0] as number);
  return Buffer.from(line).toString('utf8');
};
