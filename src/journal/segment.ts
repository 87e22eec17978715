import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRecord, type FoundRecord, nextRecord } from './record.ts';

/** A file of the event journal. */
export interface Segment {
  readonly path: string;
  /** Number of the first row that it may hold. */
  readonly first: number;
  readonly bytes: number;
}

export type WholeRecord = Extract<FoundRecord, { found: 'record' }>;

/** Bytes of a segment that hold no record. */
export interface Damage {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** What a segment's bytes come to. */
export interface SegmentScan {
  readonly records: readonly WholeRecord[];
  /** Damage with a whole record behind it. */
  readonly damage: readonly Damage[];
  /** Where the last whole record ends: what follows was cut off, or is damaged. */
  readonly end: number;
}

const NAME = /^events-(\d{16})\.journal$/;

export const segmentPath = (folder: string, first: number): string =>
  join(folder, `events-${String(first).padStart(16, '0')}.journal`);

/** The segments of a folder, oldest first. */
export function segmentsOf(folder: string): readonly Segment[] {
  const named = readdirSync(folder).flatMap((name) => {
    const [, first] = NAME.exec(name) ?? [];
    const path = join(folder, name);
    return first === undefined ? [] : [{ path, first: Number(first), bytes: statSync(path).size }];
  });
  return named.sort((one, other) => one.first - other.first);
}

/** Every whole record of a segment; damage is passed over, and told. */
export function scanSegment(bytes: Uint8Array): SegmentScan {
  const records: WholeRecord[] = [];
  const damage: Damage[] = [];
  let end = 0;
  for (let at = 0; at < bytes.length; ) {
    const found = decodeRecord(bytes, at);
    if (found.found === 'record') {
      records.push(found);
      at = found.end;
      end = at;
      continue;
    }
    const next = nextRecord(bytes, at);
    if (next < bytes.length)
      damage.push({
        from: at,
        to: next,
        reason: found.found === 'damaged' ? found.reason : 'it is longer than its place',
      });
    at = next;
  }
  return { records, damage, end };
}

export const readSegment = ({ path }: Segment): SegmentScan => scanSegment(readFileSync(path));
