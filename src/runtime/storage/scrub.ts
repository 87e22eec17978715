import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EpochMicros, Micros, Millis } from '../../core/time.ts';
import { checkSegment, type Pace } from '../../journal/check-segment.ts';
import { damageOf } from '../../journal/lake/lake-file.ts';
import { lakeFolder } from '../../journal/lake/manifest.ts';
import { writeDurably } from '../../journal/write-durably.ts';
import { JOURNAL } from '../collect/journal-source.ts';
import { journalFile, journalSegments, lakeFile, manifestOf, type StoredFile } from './stored-file.ts';

/** When a file was last read, and what was found of one that is not whole. */
export interface ScrubNote {
  readonly checked: EpochMicros;
  readonly found: StoredFile | null;
}

/** By file, from the data folder. */
export type ScrubNotes = Readonly<Record<string, ScrubNote>>;

const pathOf = (dataFolder: string): string => join(dataFolder, 'scrub.json');

/** What the scrub of a data folder has found so far; nothing where it never ran, or its notes cannot be read. */
export function readScrub(dataFolder: string): ScrubNotes {
  const path = pathOf(dataFolder);
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ScrubNotes;
  } catch {
    // All is read again.
    return {};
  }
}

/** What is known to be damaged. */
export const knownDamage = (notes: ScrubNotes): readonly StoredFile[] =>
  Object.values(notes).flatMap(({ found }) => (found === null ? [] : [found]));

interface Due {
  readonly file: string;
  read(pace: Pace): Promise<StoredFile>;
}

/**
 * Reads the file of journal or lake that was read longest ago, and notes what it found. The segment that is written to is
 * left out: it is read when the journal is opened.
 *
 * @param again a file that was read within this time is left in peace
 * @returns null where none is due, or the manifest cannot be read
 */
export async function scrubNext(
  dataFolder: string,
  now: EpochMicros,
  again: Micros,
  pace: Pace,
): Promise<{ readonly file: StoredFile; readonly news: boolean } | null> {
  const notes = readScrub(dataFolder);
  const all = filesOf(dataFolder);
  const checked = (file: string): EpochMicros => notes[file]?.checked ?? 0;
  const [due] = all
    .filter(({ file }) => Math.abs(now - checked(file)) >= again)
    .sort((one, other) => checked(one.file) - checked(other.file));
  if (due === undefined) return null;
  const file = await due.read(pace);
  const damaged = file.state === 'damaged';
  const names = new Set(all.map((each) => each.file));
  const kept = Object.entries(notes).filter(([name]) => names.has(name));
  const next: ScrubNotes = { ...Object.fromEntries(kept), [due.file]: { checked: now, found: damaged ? file : null } };
  writeDurably(pathOf(dataFolder), Buffer.from(JSON.stringify(next)));
  return { file, news: damaged && (notes[due.file]?.found ?? null) === null };
}

function filesOf(dataFolder: string): readonly Due[] {
  const manifest = manifestOf(dataFolder);
  const covered = manifest?.progress.find(({ partition }) => partition === JOURNAL)?.position ?? 0;
  const segments = journalSegments(dataFolder).flatMap(({ segment, next }): Due[] =>
    next === undefined
      ? []
      : [
          {
            file: `journal/${segment.path.slice(segment.path.lastIndexOf('/') + 1)}`,
            read: async (pace) => journalFile(await checkSegment(segment, next, pace), covered, next),
          },
        ],
  );
  const lake = (manifest?.files ?? []).map(
    (file): Due => ({
      file: `lake/${file.path}`,
      read: async (pace) => lakeFile(file, await damageOf(lakeFolder(dataFolder), file, pace)),
    }),
  );
  return [...segments, ...lake];
}

const PIECE = 1 << 20;

/** A pace of so many bytes a second. */
export function bytesASecond(rate: number, signal: AbortSignal): Pace {
  let owed = 0;
  return async (bytes) => {
    owed += bytes;
    if (owed < PIECE) return;
    const pause: Millis = (owed / rate) * 1000;
    owed = 0;
    await sleep(pause, undefined, { signal, ref: false });
  };
}
