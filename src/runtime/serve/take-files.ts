import { setTimeout as sleep } from 'node:timers/promises';
import type { Millis } from '../../core/time.ts';
import { lakeFolder, readManifest } from '../../journal/lake/manifest.ts';
import { Imports } from '../imports/imports.ts';
import type { Serving } from './serving.ts';

/** How often it is asked which files are in the lake by now. */
const LOOK: Millis = 30_000;

/** Files that are sent to be imported. */
export async function takeFiles({ open, config, ending, now }: Serving): Promise<Imports> {
  const imports = new Imports(open, { quota: config.importQuota, columns: config.columns }, now);
  ending.defer(() => imports.close());
  const held = open.lettingGo.addReader(() => imports.hold());
  ending.defer(async () => held());
  const over = new AbortController();
  ending.defer(async () => over.abort());
  void (async () => {
    for (;;) {
      await sleep(LOOK, undefined, { signal: over.signal, ref: false });
      const found = readManifest(lakeFolder(open.folder.path));
      if (found.found !== 'manifest') continue;
      const ended = new Set(found.manifest.progress.flatMap((each) => (each.ended ? [each.partition] : [])));
      imports.forget((partition) => ended.has(partition));
    }
  })().catch(() => undefined);
  return imports;
}
