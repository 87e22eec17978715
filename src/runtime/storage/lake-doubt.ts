import { misfitOf } from '../../journal/lake/lake-file.ts';
import { type LakeManifest, lakeFolder } from '../../journal/lake/manifest.ts';
import { knownDamage, readScrub } from './scrub.ts';

/**
 * Why nothing may be deleted because the lake has it: a file that its manifest names is not there, has another size, or is
 * known to be damaged. Null when nothing speaks against it.
 */
export function lakeDoubt(dataFolder: string, { files }: Pick<LakeManifest, 'files'>): string | null {
  const damaged = new Map(knownDamage(readScrub(dataFolder)).map(({ file, lost }) => [file, lost[0]?.reason]));
  for (const file of files) {
    const name = `lake/${file.path}`;
    const reason = misfitOf(lakeFolder(dataFolder), file) ?? damaged.get(name);
    if (reason !== undefined) return `${name}: ${reason}`;
  }
  return null;
}
