import type { Engine } from '../../engine/engine.ts';
import { SymbolTranslation } from '../../engine/intake.ts';
import { readLake } from '../../engine/lake/read-lake.ts';
import type { Shop } from '../../engine/shop.ts';
import { damageOf } from '../../journal/lake/lake-file.ts';
import { isBehind, type LakeFile, type LakeManifest } from '../../journal/lake/manifest.ts';
import { JOURNAL } from '../collect/journal-source.ts';

/** What was taken in from the lake. */
export interface TakenFromLake {
  readonly events: number;
  /** Files that are not what was written: what only they held is lost. */
  readonly damaged: readonly { readonly file: LakeFile; readonly reason: string }[];
}

/**
 * Has a database that was made anew, or put back from an older copy, take in what the lake holds and it does not. Ended
 * in the middle, it goes on when it is called again.
 *
 * @param journalFrom number of the first row that the journal still has: what of a damaged file it has is left to it
 * @returns null where the database is not behind the lake
 */
export async function takeInLake(
  { shop, engine }: { readonly shop: Shop; readonly engine: Engine },
  folder: string,
  manifest: LakeManifest,
  journalFrom = Number.POSITIVE_INFINITY,
): Promise<TakenFromLake | null> {
  const { progress } = shop.ingest;
  if (!isBehind(progress, manifest)) return null;
  const missing = manifest.files.filter(({ positions }) =>
    Object.entries(positions).some(([partition, [, last]]) => (progress.get(partition)?.position ?? 0) <= last),
  );
  const damaged: { file: LakeFile; reason: string }[] = [];
  const whole: LakeFile[] = [];
  for (const file of missing) {
    const reason = await damageOf(folder, file);
    if (reason === null) whole.push(file);
    else damaged.push({ file, reason });
  }
  const readable = heldByJournal(manifest, damaged, journalFrom);
  const notes = new Map(manifest.progress.map(({ partition, note }) => [partition, note]));
  const translation = new SymbolTranslation(shop.symbols, shop.settings.currency);
  const [session, beside] = [await shop.database.connect(), await shop.database.connect()];
  let events = 0;
  try {
    for await (const { batch, load } of readLake(session, beside, folder, readable, whole, progress)) {
      const taken = await engine.take(batch, {
        translation,
        load,
        known: true,
        note: ({ partition }) => notes.get(partition),
      });
      events += taken.events;
    }
  } finally {
    await shop.database.disconnect(beside);
    await shop.database.disconnect(session);
  }
  await engine.finalize(false);
  return { events, damaged };
}

/** The lake without what comes after a damaged part of the journal's events, where the journal has all of that. */
function heldByJournal(manifest: LakeManifest, damaged: TakenFromLake['damaged'], journalFrom: number): LakeManifest {
  const firsts = damaged.flatMap(({ file: { positions } }) => positions[JOURNAL]?.[0] ?? []);
  const cut = Math.min(...firsts);
  if (firsts.length === 0 || cut < journalFrom) return manifest;
  const progress = manifest.progress.map((each) =>
    each.partition === JOURNAL ? { ...each, position: cut, clock: null } : each,
  );
  return { ...manifest, progress };
}
