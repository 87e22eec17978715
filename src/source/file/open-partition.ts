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

/** What a file was found to be. */
export interface RecognisedFile {
  readonly path: string;
  readonly partition: string;
  readonly format: 'csv' | 'ndjson' | 'parquet';
  readonly packing: Packing;
  readonly mapping: Mapping;
  /** Columns of the header, or keys of the first line. */
  readonly columns: readonly string[];
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
  const { format, columns, bodyStart } = describe(content);
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
    file: { path, partition, format, packing, mapping, columns, size: content.size, resumedAt: resumed?.position ?? 0 },
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
    file: { path, partition, format: 'parquet', packing, mapping, columns, size, resumedAt: position },
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

const describe = (content: Content): { format: 'csv' | 'ndjson'; columns: readonly string[]; bodyStart: number } => {
  const { head, path } = content;
  const bom = bomLength(head);
  let first = bom;
  while (first < head.length && (head[first] === 0x20 || head[first] === 0x0a || head[first] === 0x0d)) first += 1;
  if (head[first] === 0x7b) return { format: 'ndjson', columns: jsonKeys(head, first), bodyStart: bom };
  if (head[first] === 0x5b)
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
