import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { formatInstant } from '../../core/time.ts';
import { AT_ONCE, checkSegment, type Pace, type SegmentCheck } from '../../journal/check-segment.ts';
import { damageOf } from '../../journal/lake/lake-file.ts';
import { type LakeFile, type LakeManifest, lakeFolder, readManifest } from '../../journal/lake/manifest.ts';
import { type Segment, segmentsOf } from '../../journal/segment.ts';
import { JOURNAL } from '../collect/journal-source.ts';

/** A part of a file that cannot be read. */
export interface LostRange {
  /** Null where it is not known, because the whole file does not hold. */
  readonly from_byte: number | null;
  readonly to_byte: number | null;
  readonly reason: string;
  /** Numbers of the journal's rows that were there: from the first to before the next. */
  readonly first_row: number | null;
  readonly next_row: number | null;
}

/** A file of the journal or the lake, as it was found. */
export interface StoredFile {
  readonly kind: 'journal' | 'lake';
  /** From the data folder. */
  readonly file: string;
  /** `cut off`: the end is no whole record. That is so while one is written, and after a crash; nobody was told. */
  readonly state: 'whole' | 'cut off' | 'damaged';
  readonly bytes: number;
  readonly rows: number;
  readonly lost: readonly LostRange[];
  /** Of the journal: when its first and last record came, and whether the lake has all of it. */
  readonly first_arrival: string | null;
  readonly last_arrival: string | null;
  readonly in_lake: boolean | null;
  /** Of the journal: numbers that no record has, because they could not be written, or because records were cut off. */
  readonly missing: readonly (readonly [first: number, next: number])[];
  /** Of the lake: the day of its events; null of refused rows. */
  readonly day: string | null;
}

export const journalFolderOf = (dataFolder: string): string => join(dataFolder, 'journal');

/** The manifest of a data folder; null where nothing was written to the lake. @throws FootfallError `lake.manifest` */
export function manifestOf(dataFolder: string): LakeManifest | null {
  const found = readManifest(lakeFolder(dataFolder));
  if (found.found === 'damaged') throw new FootfallError('lake.manifest', { path: found.path });
  return found.found === 'none' ? null : found.manifest;
}

/** The segments of a data folder's journal, each with the number of the first row behind it. */
export function journalSegments(
  dataFolder: string,
): readonly { readonly segment: Segment; readonly next: number | undefined }[] {
  const folder = journalFolderOf(dataFolder);
  const all = existsSync(folder) ? segmentsOf(folder) : [];
  return all.map((segment, i) => ({ segment, next: all[i + 1]?.first }));
}

/** Reads every file of the journal, and says what it found. @throws FootfallError `lake.manifest` */
export async function* readJournalFiles(dataFolder: string, pace: Pace = AT_ONCE): AsyncGenerator<StoredFile> {
  const progress = manifestOf(dataFolder)?.progress ?? [];
  const covered = progress.find(({ partition }) => partition === JOURNAL)?.position ?? 0;
  for (const { segment, next } of journalSegments(dataFolder))
    yield journalFile(await checkSegment(segment, next, pace), covered, next);
}

/** Reads every file of the lake, and says what it found. @throws FootfallError `lake.manifest` */
export async function* readLakeFiles(dataFolder: string, pace: Pace = AT_ONCE): AsyncGenerator<StoredFile> {
  for (const file of manifestOf(dataFolder)?.files ?? [])
    yield lakeFile(file, await damageOf(lakeFolder(dataFolder), file, pace));
}

export function journalFile(
  { path, bytes, records, rows, from, until, damage, gaps, tail, end }: SegmentCheck,
  covered: number,
  next: number | undefined,
): StoredFile {
  return {
    kind: 'journal',
    file: `journal/${path.slice(path.lastIndexOf('/') + 1)}`,
    state: damage.length > 0 ? 'damaged' : tail > 0 ? 'cut off' : 'whole',
    bytes,
    rows,
    lost: damage.map((part) => ({
      from_byte: part.from,
      to_byte: part.to,
      reason: part.reason,
      first_row: part.rows[0],
      next_row: part.rows[1],
    })),
    first_arrival: from === null ? null : formatInstant(from),
    last_arrival: until === null ? null : formatInstant(until),
    in_lake: records > 0 && Math.max(end, next ?? 0) <= covered,
    missing: gaps,
    day: null,
  };
}

export const lakeFile = ({ path, bytes, rows, day }: LakeFile, reason: string | null): StoredFile => ({
  kind: 'lake',
  file: `lake/${path}`,
  state: reason === null ? 'whole' : 'damaged',
  bytes,
  rows,
  lost: reason === null ? [] : [{ from_byte: null, to_byte: null, reason, first_row: null, next_row: null }],
  first_arrival: null,
  last_arrival: null,
  in_lake: null,
  missing: [],
  day,
});

/** What was lost of a file, in words. @example lossLines(file) // ['journal/events-0.journal: bytes 0 to 99 ...'] */
export const lossLines = ({ file, kind, rows, lost, missing }: StoredFile): readonly string[] => [
  ...lost.map(({ from_byte: from, to_byte: to, reason, first_row: first, next_row: next }) =>
    kind === 'lake'
      ? `${file}: ${reason}; its ${rows} rows are lost to a database that is made anew`
      : `${file}: bytes ${from} to ${to} are damaged (${reason}); rows ${first} to ${Number(next) - 1} are lost unless the database or the lake has them`,
  ),
  ...missing.map(
    ([first, next]) =>
      `${file}: rows ${first} to ${next - 1} are not there; either they could not be written and nobody was told, or they were cut off`,
  ),
];
