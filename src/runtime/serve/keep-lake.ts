import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Millis } from '../../core/time.ts';
import { forgetSegments } from '../../journal/forget-segments.ts';
import { lakeFolder } from '../../journal/lake/manifest.ts';
import { JOURNAL } from '../collect/journal-source.ts';
import { Lake } from '../lake/lake.ts';
import { lakeDoubt } from '../storage/lake-doubt.ts';
import type { Serving } from './serving.ts';

/** How often it is asked whether there is something to write. */
const LOOK: Millis = 1_000;
/** So many events are written before their time. */
const MANY = 1_000_000;

/**
 * Writes stored events to the lake in the background, and then lets go of the part of the journal that is not needed any
 * more. A failure is told, and tried again when it is next time.
 */
export async function keepLake({ open, config, ending, now, say }: Serving): Promise<void> {
  const { shop, folder } = open;
  let kept = await Lake.open(shop, lakeFolder(folder.path));
  // Said when the shop was opened.
  if (kept === null) return;
  const over = new AbortController();
  const { signal } = over;
  let [tried, events] = [kept.manifest.written, 0];

  let doubted: string | null = null;
  let stepping: Promise<void> = Promise.resolve();

  const isDue = (): boolean => shop.ingest.events - events >= MANY || Math.abs(now() - tried) >= config.lakeEvery;
  const step = async (): Promise<void> => {
    const lake = kept;
    if (lake === null) return;
    [tried, events] = [now(), shop.ingest.events];
    await lake.write(now(), signal);
    const doubt = lakeDoubt(folder.path, lake.manifest);
    if (doubt !== null && doubt !== doubted) say(`the journal is kept, because the lake is not whole: ${doubt}`);
    doubted = doubt;
    if (doubt !== null) return;
    const covered = lake.manifest.progress.find(({ partition }) => partition === JOURNAL)?.position ?? 0;
    await forgetSegments(join(folder.path, 'journal'), { covered, before: now() - config.journalKeep });
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      if (isDue()) {
        stepping = step().catch((error: unknown) => {
          if (!signal.aborted) say(`the lake could not be written: ${FootfallError.from(error).render()}`);
        });
        await stepping;
      }
      await sleep(LOOK, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  const running = run();
  // While the lake is written anew by an erasure, it is nobody else's.
  const held = open.lettingGo.add(async () => {
    const lake = kept;
    kept = null;
    await stepping;
    await lake?.close();
    return async () => {
      kept = await Lake.open(shop, lakeFolder(folder.path));
    };
  });
  ending.defer(async () => held());
  ending.defer(async () => {
    over.abort();
    await kept?.close();
    await running;
  });
}
