import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Shop } from '../../engine/shop.ts';
import { lakeFolder, readManifest } from '../../journal/lake/manifest.ts';
import { journalSegments } from '../storage/stored-file.ts';
import { takeInLake } from './take-in-lake.ts';

/**
 * Has a shop that is being opened take in what only the lake holds: nothing, unless its database was made anew or put back
 * from an older copy. What is damaged is told, and all else taken in.
 *
 * @throws FootfallError `lake.manifest` where a database that holds nothing cannot know what the lake holds
 */
export async function catchUpWithLake(
  parts: { readonly shop: Shop; readonly engine: Engine },
  dataFolder: string,
  say: (line: string) => void,
): Promise<void> {
  const folder = lakeFolder(dataFolder);
  const found = readManifest(folder);
  if (found.found === 'none') return;
  if (found.found === 'damaged') {
    const damaged = new FootfallError('lake.manifest', { path: found.path });
    if (parts.shop.ingest.batch === 0) throw damaged;
    return say(damaged.render());
  }
  const taken = await takeInLake(parts, folder, found.manifest, journalSegments(dataFolder)[0]?.segment.first);
  if (taken === null) return;
  for (const { file, reason } of taken.damaged)
    say(new FootfallError('lake.file', { path: file.path, rows: file.rows, reason }).render());
  say(`${taken.events} events that the database did not hold were taken in from the lake`);
}
