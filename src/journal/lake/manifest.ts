import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartitionProgress } from '../../core/batch.ts';
import type { EpochMicros } from '../../core/time.ts';
import { writeDurably } from '../write-durably.ts';

/** A file of the lake: Parquet, never changed once it is named here. */
export interface LakeFile {
  /** From the lake's folder. */
  readonly path: string;
  readonly kind: 'events' | 'refused';
  /** Day of UTC that its events are of, such as `2020-01-01`; null of refused rows, whose times are not known. */
  readonly day: string | null;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Which positions of which partitions it has rows of: from the first to the last, inclusive. */
  readonly positions: Readonly<Record<string, readonly [first: number, last: number]>>;
}

/** How far a partition is in the lake, as its source left it there. */
export interface LakeProgress extends PartitionProgress {
  readonly load: number | null;
  readonly note?: unknown;
}

/** What the lake holds. */
export interface LakeManifest {
  readonly format: 1;
  /** Counts the manifests of a lake: of two copies the higher one holds. */
  readonly version: number;
  readonly written: EpochMicros;
  /** Rows of the lake are numbered in the order in which they were stored; no row has this number or a higher one. */
  readonly next: number;
  /** All events before these positions are in the lake. */
  readonly progress: readonly LakeProgress[];
  readonly files: readonly LakeFile[];
}

/** What is found where a manifest should be. */
export type FoundManifest =
  | { readonly found: 'manifest'; readonly manifest: LakeManifest }
  | { readonly found: 'none' }
  /** There is one, and no copy of it can be read. */
  | { readonly found: 'damaged'; readonly path: string };

export const EMPTY_LAKE: LakeManifest = { format: 1, version: 0, written: 0, next: 1, progress: [], files: [] };

/** Two copies: what names all files must not be lost by one bad block. */
const NAMES = ['manifest.json', 'manifest.copy.json'] as const;

export const lakeFolder = (dataFolder: string): string => join(dataFolder, 'lake');

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Reads the manifest of a lake: the newest copy that is whole. */
export function readManifest(folder: string): FoundManifest {
  const paths = NAMES.map((name) => join(folder, name)).filter((path) => existsSync(path));
  const [path] = paths;
  if (path === undefined) return { found: 'none' };
  const [newest] = paths
    .flatMap((each) => decode(readFileSync(each, 'utf8')) ?? [])
    .sort((a, b) => b.version - a.version);
  return newest === undefined ? { found: 'damaged', path } : { found: 'manifest', manifest: newest };
}

/** Puts a manifest in force; when it returns, it is on disk, twice. @throws FootfallError `store.disk_full` */
export function writeManifest(folder: string, manifest: LakeManifest): void {
  const text = JSON.stringify(manifest);
  const content = Buffer.from(`{"sha256":"${sha256(text)}","manifest":${text}}\n`);
  for (const name of NAMES) writeDurably(join(folder, name), content);
}

function decode(content: string): LakeManifest | null {
  const found = /^\{"sha256":"([0-9a-f]{64})","manifest":(.*)\}\n$/s.exec(content);
  if (found === null || sha256(found[2] ?? '') !== found[1]) return null;
  return JSON.parse(found[2] ?? '') as LakeManifest;
}

/** Where a partition stands in a database: undefined where it was never read. */
type Standing = Pick<PartitionProgress, 'position' | 'ended'> | undefined;

/** Whether a partition stands before where it is in the lake; also one that is known to have ended only there. */
export const lags = (standing: Standing, { position, ended }: LakeProgress): boolean =>
  standing === undefined ||
  standing.position < position ||
  (standing.position === position && ended && !standing.ended);

/** Whether the lake knows more than a database whose partitions stand so. */
export const isBehind = (
  progress: ReadonlyMap<string, NonNullable<Standing>>,
  { progress: lake }: Pick<LakeManifest, 'progress'>,
): boolean => lake.some((each) => lags(progress.get(each.partition), each));
