import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EpochMicros } from '../../core/time.ts';
import type { Found } from '../../engine/erase/search-database.ts';
import type { ErasureFact } from '../../journal/fact-log.ts';
import { writeDurably } from '../../journal/write-durably.ts';
import { ERASED_STORES } from './erased-stores.ts';

/** A file of the data folder before and after: its SHA-256, null where there is none. */
export interface FileChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The proof of an erasure. It names nobody. */
export interface Certificate {
  /** Number of the fact. */
  readonly erasure: number;
  readonly mode: ErasureFact['mode'];
  /** Keyed digests of the ids, as the fact has them. */
  readonly ids: readonly string[];
  readonly recorded: EpochMicros;
  readonly finished: EpochMicros;
  /** What was searched: each column and file, with its rows that named the person before and after. */
  readonly searched: readonly { readonly place: string; readonly before: number; readonly after: number }[];
  readonly found: { readonly before: number; readonly after: number };
  readonly files: readonly FileChange[];
  readonly notes: readonly string[];
}

export const NOTES: readonly string[] = [
  'every column of text and ids, every fact, kept file, journal record, imported file and file of the lake was decoded and searched, before and after; the same search that found the person before finds nothing now',
  'copies of rows that queries over HTTP are asked of were deleted, and are made anew without the person',
  'the database was copied into a new file and the former one deleted: blocks that were free are not in it',
  'when a source is read again, events of the person up to the time of the erasure are erased on the way in',
  'copies outside of the data folder (backups, the files that were read, sinks, snapshots of the disk) are not reached by it: delete the person there, too',
];

/** What is known before an erasure begins: it may be finished by another process. */
export interface Begun {
  readonly erasure: number;
  readonly before: readonly Found[];
  readonly files: Readonly<Record<string, string>>;
}

const markerOf = (folder: string): string => join(folder, 'erasing.json');

/** Notes that an erasure begins; on disk when it returns. */
export const noteBegun = (folder: string, begun: Begun): void =>
  writeDurably(markerOf(folder), Buffer.from(JSON.stringify(begun)));

/** The erasure that was begun and not finished; null when there is none. */
export function readBegun(folder: string): Begun | null {
  const path = markerOf(folder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Begun) : null;
}

export const forgetBegun = (folder: string): void => rmSync(markerOf(folder), { force: true });

export const certificatePath = (folder: string, erasure: number): string =>
  join(folder, 'erasures', `erasure-${erasure}.json`);

/** Certificates of a data folder, oldest first. */
export function certificatesIn(folder: string): readonly Certificate[] {
  const path = join(folder, 'erasures');
  const names = existsSync(path) ? readdirSync(path).filter((name) => /^erasure-\d+\.json$/.test(name)) : [];
  return names
    .map((name) => JSON.parse(readFileSync(join(path, name), 'utf8')) as Certificate)
    .sort((one, other) => one.erasure - other.erasure);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(bytes as Buffer);
  return hash.digest('hex');
}

/** SHA-256 of the files that an erasure may write anew, by path in the data folder. */
export async function hashesOf(folder: string, database: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  const paths = [database, `${database}.wal`, ...ERASED_STORES.flatMap(({ files }) => files(folder))];
  for (const path of paths) if (existsSync(join(folder, path))) found[path] = await sha256(join(folder, path));
  return found;
}

export function fileChanges(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly FileChange[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths
    .map((path) => ({ path, before: before[path] ?? null, after: after[path] ?? null }))
    .filter((each) => each.before !== each.after);
}
