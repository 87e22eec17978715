import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AT_ONCE, type Pace } from '../check-segment.ts';
import { syncFolder } from '../write-durably.ts';
import type { LakeFile, LakeManifest } from './manifest.ts';

/** SHA-256 of a file, read piece by piece. */
export async function fileHash(path: string, pace: Pace = AT_ONCE): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) {
    hash.update(piece as Uint8Array);
    await pace((piece as Uint8Array).length);
  }
  return hash.digest('hex');
}

/**
 * Puts a file in place that somebody else writes: on disk, under its name, when this resolves. Until a manifest names it,
 * it is nobody's.
 */
export async function placeFile(
  folder: string,
  path: string,
  write: (part: string) => Promise<void>,
): Promise<Pick<LakeFile, 'path' | 'bytes' | 'sha256'>> {
  const whole = join(folder, path);
  const part = `${whole}.part`;
  const above = dirname(whole);
  if (mkdirSync(above, { recursive: true }) !== undefined) syncFolder(dirname(above));
  await write(part);
  const file = openSync(part, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const sha256 = await fileHash(part);
  renameSync(part, whole);
  syncFolder(above);
  return { path, bytes: statSync(whole).size, sha256 };
}

/** What is seen to be wrong with a file that the manifest names, without reading it; null when nothing is. */
export function misfitOf(folder: string, { path, bytes }: LakeFile): string | null {
  const found = statSync(join(folder, path), { throwIfNoEntry: false });
  if (found === undefined) return 'it is missing';
  return found.size === bytes ? null : `it has ${found.size} bytes instead of ${bytes}`;
}

/** What is wrong with a file that the manifest names; null when it is what was written. */
export async function damageOf(folder: string, file: LakeFile, pace: Pace = AT_ONCE): Promise<string | null> {
  const misfit = misfitOf(folder, file);
  if (misfit !== null) return misfit;
  const hash = await fileHash(join(folder, file.path), pace);
  return hash === file.sha256 ? null : 'its content is not what was written';
}

/** Deletes what no manifest names: what a crash left of a file, and files that others took the place of. */
export function sweepLake(folder: string, { files }: LakeManifest): void {
  if (!existsSync(folder)) return;
  const named = new Set(files.map(({ path }) => path));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.parquet(\.part)?$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    if (!named.has(path.slice(folder.length + 1))) rmSync(path);
  }
}
