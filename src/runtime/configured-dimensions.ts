import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/settings.ts';
import type { Millis } from '../core/time.ts';
import type { DimensionKind } from '../engine/dimension/dimension-kind.ts';
import { contentName } from '../journal/fact-copy.ts';
import type { OpenShop } from './open-shop.ts';
import { loadDimensionFile } from './operations/dimensions.ts';

const LOOK_EVERY: Millis = 2_000;

/** Keeps the dimensions of the configuration loaded while a process runs. */
export interface DimensionWatch {
  stop(): Promise<void>;
}

/**
 * Loads the dimension files that the configuration names, when their content is not what was loaded last, and loads
 * them again whenever they change.
 *
 * @param onError told about a changed file that cannot be loaded: what was loaded before stays in force
 * @throws FootfallError `source.missing`, `dimension.*` for the first load
 */
export async function watchConfiguredDimensions(
  open: OpenShop,
  config: Config,
  onError: (error: unknown) => void,
): Promise<DimensionWatch> {
  const named: readonly (readonly [DimensionKind, string | undefined])[] = [
    ['product', config.products],
    ['user', config.users],
    ['rates', config.rates],
    ['stock', config.stock],
  ];
  const files = named.flatMap(([dimension, path]) =>
    path === undefined ? [] : [{ dimension, file: resolve(path), seen: 0 }],
  );
  const look = async (): Promise<void> => {
    for (const each of files) {
      const changed = existsSync(each.file) ? statSync(each.file).mtimeMs : -1;
      if (changed === each.seen) continue;
      each.seen = changed;
      if (changed < 0 || isLoaded(open, each.dimension, each.file)) continue;
      await loadDimensionFile.run(open, { dimension: each.dimension, file: each.file }, () => undefined);
    }
  };
  for (const { dimension, file } of files) {
    if (!existsSync(file)) await loadDimensionFile.run(open, { dimension, file }, () => undefined);
  }
  await look();
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch(onError);
  }, LOOK_EVERY);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

/** The fact log names each loaded file by its content. */
function isLoaded({ shop }: OpenShop, dimension: DimensionKind, file: string): boolean {
  const last = shop.facts
    .read()
    .flatMap((fact) => (fact.kind === 'dimension' && fact.dimension === dimension ? [fact] : []))
    .at(-1);
  return last?.kind === 'dimension' && last.file.startsWith(contentName(readFileSync(file)));
}
