import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { BlockParser } from '../block.ts';
import { CsvParser } from '../csv/csv-parser.ts';
import { jsonKeys } from '../ndjson/json-keys.ts';
import { NdjsonParser } from '../ndjson/ndjson-parser.ts';
import { type Recognition, recognise } from '../shape/recognise.ts';
import type { Mapping, Vocabulary } from '../shape/vocabulary.ts';
import { type ByteStream, readFully } from './byte-stream.ts';
import { type Content, openContent, type Packing } from './content.ts';
import { bomLength, csvHeader } from './csv-header.ts';
import { FilePartition } from './file-partition.ts';
import { type Familiarity, FINGERPRINT_BYTES, familiarity, fingerprint, TAIL_BYTES, tailHash } from './fingerprint.ts';
import { openParquet } from './parquet.ts';
import type { PartitionState } from './partition-state.ts';

export type FileFormat = 'csv' | 'ndjson' | 'parquet';

/** What a file was found to be. */
export interface RecognisedFile {
  readonly path: string;
  readonly partition: string;
  readonly format: FileFormat;
  readonly packing: Packing;
  readonly mapping: Mapping;
  /** Columns of the header, or keys of the first line. */
  readonly columns: readonly string[];
  /** Columns of binary floating point, of a converted file. */
  readonly numeric: readonly string[];
  /** Size on disk; null where unknown. */
  readonly size: number | null;
  /** Position that reading goes on from; 0 for a new file. */
  readonly resumedAt: number;
}

/** How the files of a source are to be understood. */
export interface Understanding {
  readonly vocabularies: readonly Vocabulary[];
  /** Canonical field → source column. */
  readonly map: Readonly<Record<string, string>>;
  /** What the files are; told by their first bytes when absent. */
  readonly format?: FileFormat;
  readonly resume: readonly PartitionState[];
}

/** A file that is ready to be read, or the path of another that holds the same content. */
export type Opened =
  | { readonly outcome: 'opened'; readonly file: RecognisedFile; readonly partition: FilePartition }
  | { readonly outcome: 'same'; readonly path: string; readonly as: string }
  | { readonly outcome: 'empty'; readonly path: string };

/** Opens a file as a partition. @throws source.* */
export const openPartition = async (
  path: string,
  understanding: Understanding,
  taken: ReadonlyMap<string, string>,
): Promise<Opened> => {
  const content = await openContent(path);
  try {
    return await openOpened(content, understanding, taken);
  } catch (error) {
    await content.stream.close();
    throw error;
  }
};

const NEW: Familiarity = { outcome: 'new' };

/** Two streams that begin alike, with the same header say, are not the same one: each is named for its moment too. */
const passingName = (head: Uint8Array): string =>
  fingerprint(Buffer.concat([head.subarray(0, TAIL_BYTES), Buffer.from(`${process.pid} ${Date.now()}`)]));

const openOpened = async (
  content: Content,
  understanding: Understanding,
  taken: ReadonlyMap<string, string>,
): Promise<Opened> => {
  const { path } = content;
  if (content.head.length === 0) {
    await content.stream.close();
    return { outcome: 'empty', path };
  }
  const known = content.passing ? NEW : familiarity(content.head, path, understanding.resume);
  if (known.outcome === 'changed') throw changed(path, 'it begins with other content');
  const partition =
    known.outcome === 'known'
      ? known.state.partition
      : content.passing
        ? passingName(content.head)
        : fingerprint(content.head);
  const same = taken.get(partition);
  if (same !== undefined) {
    await content.stream.close();
    return { outcome: 'same', path, as: same };
  }
  const resumed = known.outcome === 'known' ? known.state : null;
  mustBe(understanding.format, content);
  return content.packing === 'parquet'
    ? openConverted(content, partition, resumed, understanding)
    : openText(content, partition, resumed, understanding);
};

const openText = async (
  content: Content,
  partition: string,
  resumed: PartitionState | null,
  understanding: Understanding,
): Promise<Opened> => {
  const { head, path, packing } = content;
  const { format, columns, bodyStart } = describe(content, understanding.format);
  const mapping = understand(path, columns, understanding);
  const parser: BlockParser = format === 'csv' ? new CsvParser(mapping, columns) : new NdjsonParser(mapping);
  const position = Math.max(bodyStart, resumed?.position ?? 0);
  const state: PartitionState = {
    partition,
    path,
    position,
    clock: resumed?.clock ?? null,
    ended: false,
    fingerprintBytes: content.passing ? 0 : (resumed?.fingerprintBytes ?? Math.min(head.length, FINGERPRINT_BYTES)),
    tailHash: resumed?.tailHash ?? '',
    cutBytes: resumed?.cutBytes ?? -1,
  };
  const start = await startAt(content, position);
  if (resumed !== null && resumed.position > 0 && tailHash(start.before) !== resumed.tailHash) {
    await start.stream.close();
    throw changed(path, `the bytes before position ${position} are others`);
  }
  return {
    outcome: 'opened',
    file: {
      path,
      partition,
      format,
      packing,
      mapping,
      columns,
      numeric: [],
      size: content.size,
      resumedAt: resumed?.position ?? 0,
    },
    partition: new FilePartition({ state, parser, ...start, byRow: false }),
  };
};

const openConverted = async (
  content: Content,
  partition: string,
  resumed: PartitionState | null,
  understanding: Understanding,
): Promise<Opened> => {
  const { path, head, packing, size } = content;
  const position = resumed?.position ?? 0;
  const { columns, numeric, stream } = await openParquet(path, position);
  const mapping = understand(path, columns, understanding);
  const state: PartitionState = {
    partition,
    path,
    position,
    clock: resumed?.clock ?? null,
    ended: false,
    fingerprintBytes: resumed?.fingerprintBytes ?? Math.min(head.length, FINGERPRINT_BYTES),
    tailHash: '',
    cutBytes: -1,
  };
  const none = new Uint8Array(0);
  return {
    outcome: 'opened',
    file: {
      path,
      partition,
      format: 'parquet',
      packing,
      mapping,
      columns,
      numeric: [...numeric],
      size,
      resumedAt: position,
    },
    partition: new FilePartition({
      state,
      parser: new CsvParser(mapping, columns, numeric),
      stream,
      before: none,
      after: none,
      byRow: true,
    }),
  };
};

/** Parquet is known by its first bytes alone, and is nothing else. */
const mustBe = (asked: FileFormat | undefined, { path, packing }: Content): void => {
  if (asked === undefined || (asked === 'parquet') === (packing === 'parquet')) return;
  const reason = asked === 'parquet' ? 'it does not begin as Parquet does' : 'it is Parquet';
  throw new FootfallError('source.format', { path, format: asked, reason });
};

const [OBJECT, ARRAY, LINE, RETURN, SPACE] = [0x7b, 0x5b, 0x0a, 0x0d, 0x20];

interface Described {
  readonly format: 'csv' | 'ndjson';
  readonly columns: readonly string[];
  readonly bodyStart: number;
}

const describe = ({ head, path }: Content, asked: FileFormat | undefined): Described => {
  const bom = bomLength(head);
  let first = bom;
  while (first < head.length && (head[first] === SPACE || head[first] === LINE || head[first] === RETURN)) first += 1;
  if (asked === 'ndjson' || (asked === undefined && head[first] === OBJECT))
    return { format: 'ndjson', columns: jsonKeys(head, firstObject(head, first)), bodyStart: bom };
  if (asked === undefined && head[first] === ARRAY)
    throw new FootfallError('source.format', {
      path,
      format: 'ndjson',
      reason: 'it is one JSON array, not a JSON object a line',
    });
  const header = csvHeader(head, head.length < FINGERPRINT_BYTES);
  if (header === undefined)
    throw new FootfallError('source.format', { path, format: 'csv', reason: 'its first line is no header in UTF-8' });
  return { format: 'csv', ...header };
};

/** Where the first line that begins an object does so: lines before it are refused one by one. */
const firstObject = (head: Uint8Array, from: number): number => {
  let at = from;
  while (head[at] !== OBJECT) {
    const line = head.indexOf(LINE, at);
    if (line < 0) return at;
    at = line + 1;
  }
  return at;
};

const understand = (path: string, columns: readonly string[], { vocabularies, map }: Understanding): Mapping => {
  const recognition: Recognition = recognise(columns, vocabularies, map);
  if (recognition.outcome === 'recognised') return recognition.mapping;
  throw new FootfallError('source.columns_unknown', {
    path,
    found: columns.join(', '),
    missing: recognition.missing.join(' and '),
  });
};

/** The content from `position` on, with up to 4 KiB before it. */
const startAt = async (
  content: Content,
  position: number,
): Promise<{ before: Uint8Array; after: Uint8Array; stream: ByteStream }> => {
  const { head, path, stream } = content;
  if (position <= head.length) {
    return {
      before: head.subarray(Math.max(0, position - TAIL_BYTES), position),
      after: head.subarray(position),
      stream,
    };
  }
  const before = new Uint8Array(TAIL_BYTES);
  let next = stream;
  if (content.from !== null) {
    await stream.close();
    next = await content.from(position - TAIL_BYTES);
  } else {
    await skip(path, stream, position - TAIL_BYTES - head.length, head, before);
  }
  const missing = content.from === null ? Math.min(TAIL_BYTES, position - head.length) : TAIL_BYTES;
  if ((await readFully(next, before.subarray(TAIL_BYTES - missing))) < missing) {
    await next.close();
    throw changed(path, 'it is shorter than what was read of it');
  }
  return { before, after: new Uint8Array(0), stream: next };
};

/** Passes over content that was read before; what of the last 4 KiB lies in `head` is copied from there. */
const skip = async (
  path: string,
  stream: ByteStream,
  bytes: number,
  head: Uint8Array,
  before: Uint8Array,
): Promise<void> => {
  if (bytes < 0) before.set(head.subarray(head.length + bytes), 0);
  const waste = new Uint8Array(1 << 20);
  let left = bytes;
  while (left > 0) {
    const read = await stream.read(waste.subarray(0, Math.min(waste.length, left)), 0);
    if (read === 0) throw changed(path, 'it is shorter than what was read of it');
    left -= read;
  }
};

const changed = (path: string, reason: string): FootfallError => new FootfallError('source.changed', { path, reason });
