import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { searchLake } from '../../engine/erase/search-lake.ts';
import { damageOf } from '../../journal/lake/lake-file.ts';
import { type LakeFile, lakeFolder, readManifest } from '../../journal/lake/manifest.ts';
import { Lake } from '../lake/lake.ts';
import type { ErasedStore } from './erased-store.ts';

/** @throws FootfallError `lake.manifest` */
function filesOf(folder: string): readonly LakeFile[] {
  const found = readManifest(folder);
  if (found.found === 'damaged') throw new FootfallError('lake.manifest', { path: found.path });
  return found.found === 'none' ? [] : found.manifest.files;
}

/** The lake. What is damaged cannot be read: it goes when the lake is written anew, from the database. */
export const erasedLake: ErasedStore = {
  files: (data) => {
    const lake = lakeFolder(data);
    return (existsSync(lake) ? readdirSync(lake, { recursive: true, withFileTypes: true }) : [])
      .filter((entry) => entry.isFile())
      .map((entry) => relative(data, join(entry.parentPath, entry.name)).split(sep).join('/'));
  },
  search: async ({ folder, database, tombstones }) => {
    const lake = lakeFolder(folder);
    const whole: LakeFile[] = [];
    for (const file of filesOf(lake)) if ((await damageOf(lake, file)) === null) whole.push(file);
    return searchLake(database, lake, whole, tombstones);
  },
  rewrite: async (shop, data) => {
    const folder = lakeFolder(data);
    if (filesOf(folder).length === 0) return;
    const lake = await Lake.open(shop, folder);
    try {
      await lake?.rewrite(Date.now() * 1000);
    } finally {
      // A server goes on with a lake of its own.
      await lake?.close();
    }
  },
};
