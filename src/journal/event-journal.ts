import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { EventBatch } from '../core/batch.ts';
import type { EpochMicros } from '../core/time.ts';
import { Appender } from './appender.ts';
import { decodeRecord, encodeRecord } from './record.ts';
import { readSegment, scanSegment, segmentsOf, type WholeRecord } from './segment.ts';
import { syncFolder, writeDurably } from './write-durably.ts';

/** What one request brought. */
export interface JournalEntry {
  /** Its events and refused rows; their positions are the journal's numbers. It brings all symbols that it uses. */
  readonly batch: EventBatch;
  /** Places that the request had, copies included: so many numbers it takes. */
  readonly rows: number;
  readonly arrival: EpochMicros;
  /** What the request is told when it comes again with the same idempotency key. */
  readonly answer?: StoredAnswer;
}

export interface StoredAnswer {
  /** The idempotency key, with whose it is. */
  readonly key: string;
  /** SHA-256 of the request's body: another body with the same key is another request. */
  readonly body: string;
  readonly text: string;
}

/** What was not as it was written when the journal was opened. */
export type JournalNotice =
  | {
      readonly path: string;
      readonly bytes: number;
      /** `torn`: the last write was cut off, and never acknowledged. `damaged`: records were lost. */
      readonly kind: 'torn' | 'damaged';
    }
  /** Rows from a number on, to before the next, are neither in the journal nor known to the reader. */
  | { readonly kind: 'missing'; readonly first: number; readonly next: number };

type Payload = Omit<JournalEntry, 'arrival' | 'rows'>;

/**
 * Durable, ordered events: an entry is on disk before anybody is told that it was accepted. Entries are numbered by their
 * rows, events and refused rows alike; numbers never come again, and may have gaps.
 */
export class EventJournal {
  readonly folder: string;
  readonly notices: readonly JournalNotice[];
  private readonly appender: Appender;
  private following: number;

  private constructor(folder: string, following: number, notices: readonly JournalNotice[]) {
    this.folder = folder;
    this.following = following;
    this.notices = notices;
    this.appender = new Appender(folder);
  }

  /**
   * Opens or makes the journal in a data folder. Its newest segment is read: what a crash cut off at its end is put aside.
   *
   * @param known first number that the reader has not seen: new entries begin there or later, even if the journal is gone
   */
  static open(dataFolder: string, known: number): EventJournal {
    const folder = join(dataFolder, 'journal');
    if (mkdirSync(folder, { recursive: true }) !== undefined) syncFolder(dataFolder);
    const last = segmentsOf(folder).at(-1);
    if (last === undefined) return new EventJournal(folder, known, []);
    const oldest = segmentsOf(folder)[0]?.first ?? known;
    const bytes = readFileSync(last.path);
    const scan = scanSegment(bytes);
    const notices: JournalNotice[] = scan.damage.map(({ from, to }) => ({
      path: last.path,
      bytes: to - from,
      kind: 'damaged',
    }));
    if (scan.end < bytes.length) {
      putAside(last.path, bytes, scan.end);
      // A record of its full length was not cut off: something in it is not what was written.
      const kind = decodeRecord(bytes, scan.end).found === 'cut' ? 'torn' : 'damaged';
      notices.push({ path: last.path, bytes: bytes.length - scan.end, kind });
    }
    if (oldest > known) notices.push({ kind: 'missing', first: known, next: oldest });
    const newest = scan.records.at(-1)?.header;
    const next = newest === undefined ? last.first : newest.first + newest.rows;
    return new EventJournal(folder, Math.max(known, next), notices);
  }

  /** Number that the next row gets. */
  get next(): number {
    return this.following;
  }

  /** Entries that were handed over and are not on disk yet. */
  get backlog(): number {
    return this.appender.backlog;
  }

  /** Entries that went to disk since it was opened. */
  get written(): number {
    return this.appender.written;
  }

  /** @param told of each write: its bytes, and how long it took until it was synced */
  onSync(told: (bytes: number, seconds: number) => void): void {
    this.appender.onSync = told;
  }

  /**
   * Takes an entry in, and resolves when it is on disk. Its rows are numbered here: positions of the batch and of its
   * refused rows count from the request's first row until then.
   *
   * @throws FootfallError `store.disk_full`; then the entry is not in the journal
   */
  async append(entry: JournalEntry): Promise<JournalEntry> {
    const { batch, rows, arrival } = entry;
    const first = this.following;
    this.following += rows;
    const numbered = { ...entry, batch: moved(batch, first, rows) };
    const { arrival: _, rows: __, ...payload } = numbered;
    await this.appender.append(
      first,
      encodeRecord({ rows, first, arrival, answer: entry.answer !== undefined }, serialize(payload satisfies Payload)),
    );
    return numbered;
  }

  /** Resolves when nothing more is written to the segments that there are: they may be written anew. */
  rotate(): Promise<void> {
    return this.appender.rotate();
  }

  /** As `readJournal`. */
  read(from: number): Generator<JournalEntry> {
    return readJournal(this.folder, from);
  }

  /** Answers that were given since then, oldest first. */
  *answers(since: EpochMicros): Generator<{ readonly arrival: EpochMicros; readonly answer: StoredAnswer }> {
    for (const segment of segmentsOf(this.folder)) {
      if (statSync(segment.path).mtimeMs * 1000 < since) continue;
      for (const record of readSegment(segment).records) {
        if (!record.header.answer || record.header.arrival < since) continue;
        const { answer } = entryOf(record);
        if (answer !== undefined) yield { arrival: record.header.arrival, answer };
      }
    }
  }

  async close(): Promise<void> {
    await this.appender.close();
  }
}

/** Entries with rows from a number on, oldest first; records that are damaged are passed over. */
export function* readJournal(folder: string, from: number): Generator<JournalEntry> {
  const segments = segmentsOf(folder);
  for (const [i, segment] of segments.entries()) {
    const next = segments[i + 1]?.first ?? Number.POSITIVE_INFINITY;
    if (next <= from) continue;
    for (const record of readSegment(segment).records)
      if (record.header.first >= from && record.header.first < next) yield entryOf(record);
  }
}

const entryOf = ({ header, payload }: WholeRecord): JournalEntry => ({
  ...(deserialize(payload) as Payload),
  rows: header.rows,
  arrival: header.arrival,
});

/** The batch with its positions counted from `first`. */
function moved(batch: EventBatch, first: number, rows: number): EventBatch {
  return {
    ...batch,
    position: batch.position.map((position) => position + first),
    rejected: batch.rejected.map((each) => ({ ...each, position: each.position + first })),
    partitions: batch.partitions.map((each) => ({ ...each, position: first + rows })),
  };
}

/** First the copy, then the cut. */
function putAside(path: string, bytes: Uint8Array, end: number): void {
  writeDurably(`${path}.torn-${end}`, bytes.subarray(end));
  const file = openSync(path, 'r+');
  try {
    ftruncateSync(file, end);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
