import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { FootfallError } from '../../core/errors/footfall-error.ts';

/** Longest header line, in bytes. */
const LONGEST = 1 << 20;
const UNPACKING = { gz: createGunzip, zst: createZstdDecompress } as const;

/**
 * Column names of a CSV, from its first line. A packed file is unpacked to its end: DuckDB reads one that is cut off as if
 * it ended there.
 * @throws FootfallError `dimension.file`
 */
export async function csvHeader(path: string, shownAs: string): Promise<readonly string[]> {
  const refused = (reason: string, cause?: unknown): FootfallError =>
    new FootfallError('dimension.file', { path: shownAs, reason }, { cause });
  const packing = /\.(gz|zst)$/.exec(path)?.[1] as keyof typeof UNPACKING | undefined;
  const file = createReadStream(path);
  const bytes = packing === undefined ? file : pipeline(file, UNPACKING[packing](), () => undefined);
  const begin: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      if (size < LONGEST) begin.push(chunk);
      else if (packing === undefined) break;
      size += chunk.length;
    }
  } catch (cause) {
    throw refused(`it is not whole ${packing === 'zst' ? 'zstd' : 'gzip'}`, cause);
  }
  const names = namesOf(textOf(Buffer.concat(begin).subarray(0, LONGEST)));
  if (names === null) throw refused('its first line is no header of UTF-8 text');
  const twice = names.find((name, i) => names.findIndex((each) => each.toLowerCase() === name.toLowerCase()) < i);
  if (twice !== undefined) throw refused(`two of its columns are called ${twice}`);
  return names;
}

/** The first line, null where it is no text. A quoted name may hold a line break. */
function textOf(begin: Buffer): string | null {
  const [line] = /^(?:[^"\r\n]|"[^"]*")*/.exec(begin.toString('latin1')) ?? [''];
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'latin1'));
  } catch {
    return null;
  }
}

/** Columns without a name are called as DuckDB calls them. */
function namesOf(line: string | null): readonly string[] | null {
  if (line === null || line === '' || line.includes('\0')) return null;
  const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g)];
  if (cells.map(([whole]) => whole).join('') !== line) return null;
  return cells.map(([, quoted, plain = ''], i) => {
    const name = quoted?.replaceAll('""', '"') ?? plain.trim();
    return name === '' ? `column${i}` : name;
  });
}
