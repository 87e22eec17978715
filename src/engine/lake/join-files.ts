import { join } from 'node:path';
import { literalText } from '../../core/sql-text.ts';
import { placeFile } from '../../journal/lake/lake-file.ts';
import type { LakeFile, LakeManifest } from '../../journal/lake/manifest.ts';
import type { Session } from '../../store/session.ts';
import { PARQUET } from './write-lake.ts';

/** So many files of one day are left as they are. */
const MOST_FILES = 8;

/** Files that belong together and are too many: of one day, or refused rows. */
export function crowded({ files }: LakeManifest, most = MOST_FILES): readonly (readonly LakeFile[])[] {
  const groups = Map.groupBy(files, ({ kind, day }) => `${kind} ${day}`);
  return [...groups.values()].filter((group) => group.length > most);
}

/**
 * Writes several files as one, which takes their place once a manifest says so. They must be whole.
 * @param version of the manifest that will name it
 */
export async function joinFiles(
  session: Session,
  folder: string,
  files: readonly LakeFile[],
  version: number,
): Promise<LakeFile> {
  const [{ kind, day }] = files as readonly [LakeFile];
  const name = `${kind}-${String(version).padStart(8, '0')}.parquet`;
  const paths = files.map(({ path }) => literalText(join(folder, path))).join(', ');
  const placed = await placeFile(folder, `${day ?? kind}/${name}`, (part) =>
    session.run(`COPY (SELECT * FROM read_parquet([${paths}])) TO ${literalText(part)} ${PARQUET}`),
  );
  const positions: Record<string, readonly [number, number]> = {};
  for (const each of files)
    for (const [partition, [first, last]] of Object.entries(each.positions)) {
      const [from, to] = positions[partition] ?? [first, last];
      positions[partition] = [Math.min(from, first), Math.max(to, last)];
    }
  return { ...placed, kind, day, rows: files.reduce((sum, { rows }) => sum + rows, 0), positions };
}
