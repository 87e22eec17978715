import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { EpochMicros } from '../core/time.ts';
import { decodeRecord, HEADER_BYTES, type RecordHeader } from './record.ts';
import { type Segment, scanSegment } from './segment.ts';

/** A part of a segment that is no record. */
export interface LostPart {
  /** Bytes from the start of the file. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** Numbers of the rows that lay between the records before and after it: from the first to before the last. */
  readonly rows: readonly [first: number, next: number];
}

/** What was found in a segment. */
export interface SegmentCheck {
  readonly path: string;
  readonly first: number;
  /** Number behind its last row. */
  readonly end: number;
  readonly bytes: number;
  readonly records: number;
  /** Places of requests: events, refused rows, and copies, which are not kept. */
  readonly rows: number;
  /** The earliest and the latest arrival of its records; null where it has none. */
  readonly from: EpochMicros | null;
  readonly until: EpochMicros | null;
  readonly damage: readonly LostPart[];
  /** Numbers that no record has and no damage explains: what could not be written, or whole records that were cut off. */
  readonly gaps: readonly (readonly [first: number, next: number])[];
  /** Bytes at the end that are no whole record. */
  readonly tail: number;
}

/** Is told how many bytes were read, and may wait before more are. */
export type Pace = (bytes: number) => Promise<void>;

export const AT_ONCE: Pace = () => Promise.resolve();

/**
 * Reads a segment record by record, however large it is: each one's checksum is computed.
 * @param next number of the first row of the segment that follows; undefined of the newest one
 */
export async function checkSegment(
  segment: Segment,
  next: number | undefined,
  pace: Pace = AT_ONCE,
): Promise<SegmentCheck> {
  const file = await open(segment.path);
  try {
    const headers = await wholeRecords(file, segment.bytes, pace);
    if (headers !== null) return summary(segment, next, headers, [], 0);
  } finally {
    await file.close();
  }
  const bytes = await readFile(segment.path);
  const { records, damage, end } = scanSegment(bytes);
  const parts = damage.map(({ from, to, reason }): LostPart => {
    const before = records.findLast((record) => record.end <= from)?.header;
    const after = records.find((record) => record.end > to)?.header;
    return {
      from,
      to,
      reason,
      rows: [before === undefined ? segment.first : behind(before), after?.first ?? Number.NaN],
    };
  });
  const newest = records.at(-1)?.header;
  // The end of a file that nobody writes to any more was whole once.
  if (end < bytes.length && next !== undefined)
    parts.push({
      from: end,
      to: bytes.length,
      reason: 'it ends in the middle of a record',
      rows: [newest === undefined ? segment.first : behind(newest), next],
    });
  const headers = records.map(({ header }) => header);
  return summary(
    { ...segment, bytes: bytes.length },
    next,
    headers,
    parts,
    next === undefined ? bytes.length - end : 0,
  );
}

const behind = ({ first, rows }: RecordHeader): number => first + rows;

/** Headers of all records; null as soon as there is one that does not hold. */
async function wholeRecords(file: FileHandle, size: number, pace: Pace): Promise<readonly RecordHeader[] | null> {
  const headers: RecordHeader[] = [];
  const header = Buffer.alloc(HEADER_BYTES);
  for (let at = 0; at < size; ) {
    if (size - at < HEADER_BYTES) return null;
    await file.read(header, 0, HEADER_BYTES, at);
    const length = HEADER_BYTES + header.readUInt32LE(8);
    if (length > size - at) return null;
    const bytes = new Uint8Array(length);
    await file.read(bytes, 0, length, at);
    const found = decodeRecord(bytes, 0);
    if (found.found !== 'record') return null;
    headers.push(found.header);
    at += length;
    await pace(length);
  }
  return headers;
}

const summary = (
  { path, first, bytes }: Segment,
  next: number | undefined,
  headers: readonly RecordHeader[],
  damage: readonly LostPart[],
  tail: number,
): SegmentCheck => ({
  path,
  first,
  end: headers.reduce((end, header) => Math.max(end, behind(header)), first),
  bytes,
  records: headers.length,
  rows: headers.reduce((sum, { rows }) => sum + rows, 0),
  from: headers.reduce<EpochMicros | null>((least, { arrival }) => Math.min(least ?? arrival, arrival), null),
  until: headers.reduce<EpochMicros | null>((most, { arrival }) => Math.max(most ?? arrival, arrival), null),
  damage,
  gaps: gapsOf(first, next, headers).filter(([from]) => !damage.some(({ rows }) => rows[0] === from)),
  tail,
});

function gapsOf(
  first: number,
  next: number | undefined,
  headers: readonly RecordHeader[],
): readonly (readonly [first: number, next: number])[] {
  const begins = [...headers.map((header) => header.first), ...(next === undefined ? [] : [next])];
  return begins.flatMap((begin, i): (readonly [number, number])[] => {
    const before = headers[i - 1];
    const end = before === undefined ? first : behind(before);
    return end < begin ? [[end, begin]] : [];
  });
}
