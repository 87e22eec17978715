import { setTimeout as sleep } from 'node:timers/promises';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import type { Millis } from '../../core/time.ts';
import { lakeFolder, readManifest } from '../../journal/lake/manifest.ts';
import { Imports } from '../imports/imports.ts';
import { lakeDoubt } from '../storage/lake-doubt.ts';
import type { Serving } from './serving.ts';

/** How often it is asked which files are in the lake by now. */
const LOOK: Millis = 30_000;

/** Files that are sent to be imported. */
export async function takeFiles({ open, config, ending, now, say }: Serving): Promise<Imports> {
  const imports = new Imports(open, { quota: config.importQuota, columns: config.columns }, now);
  ending.defer(() => imports.close());
  const held = open.lettingGo.addReader(() => imports.hold());
  ending.defer(async () => held());
  const over = new AbortController();
  ending.defer(async () => over.abort());
  const forget = (): void => {
    const found = readManifest(lakeFolder(open.folder.path));
    if (found.found !== 'manifest' || lakeDoubt(open.folder.path, found.manifest) !== null) return;
    const ended = new Set(found.manifest.progress.flatMap((each) => (each.ended ? [each.partition] : [])));
    imports.forget((partition) => ended.has(partition));
  };
  let said: string | undefined;
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await sleep(LOOK, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
      if (over.signal.aborted) return;
      try {
        forget();
        said = undefined;
      } catch (error) {
        const line = `files that were imported are kept for now: ${FootfallError.from(error).message}`;
        if (line !== said) say(line);
        said = line;
      }
    }
  };
  void run();
  return imports;
}
