import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { EpochMicros } from '../../core/time.ts';
import type { Found } from '../../engine/erase/search-database.ts';
import { searchLake } from '../../engine/erase/search-lake.ts';
import type { Tombstones } from '../../engine/erase/tombstones.ts';
import type { Shop } from '../../engine/shop.ts';
import { damageOf } from '../../journal/lake/lake-file.ts';
import { type LakeFile, lakeFolder, readManifest } from '../../journal/lake/manifest.ts';
import type { Session } from '../../store/session.ts';
import { Lake } from '../lake/lake.ts';

function filesOf(folder: string): readonly LakeFile[] {
  const found = readManifest(folder);
  if (found.found === 'damaged') throw new FootfallError('lake.manifest', { path: found.path });
  return found.found === 'none' ? [] : found.manifest.files;
}

/**
 * Looks for erased people in the lake of a data folder. What is damaged cannot be read: it goes when the lake is written
 * anew.
 * @throws FootfallError `lake.manifest`
 */
export async function searchLakeOf(
  database: Session,
  dataFolder: string,
  tombstones: Tombstones,
): Promise<readonly Found[]> {
  const folder = lakeFolder(dataFolder);
  const whole: LakeFile[] = [];
  for (const file of filesOf(folder)) if ((await damageOf(folder, file)) === null) whole.push(file);
  return searchLake(database, folder, whole, tombstones);
}

/** Writes the lake anew from a database in which the erasure acted. @throws FootfallError `lake.manifest` */
export async function rewriteLake(shop: Shop, dataFolder: string, now: EpochMicros): Promise<void> {
  const folder = lakeFolder(dataFolder);
  if (filesOf(folder).length === 0) return;
  const lake = await Lake.open(shop, folder);
  await lake?.rewrite(now);
}
