import { catalog } from '../../shop/views/catalog.ts';
import { vocabularies } from '../../shop/vocabularies/vocabularies.ts';
import type { EventBatch } from '../../src/core/batch.ts';
import { minutes } from '../../src/core/time.ts';
import { loadDimension } from '../../src/engine/dimension/load-dimension.ts';
import type { IngestOutcome } from '../../src/engine/ingest.ts';
import { SymbolTranslation } from '../../src/engine/intake.ts';
import type { Pace as FinalizePace } from '../../src/engine/protocol/schedule.ts';
import { dataFolder } from '../../src/runtime/data-folder.ts';
import { type OpenShop, openShop } from '../../src/runtime/open-shop.ts';
import { startParseWorker } from '../../src/source/client.ts';
import type { Pace as ReadingPace } from '../../src/source/file/pace.ts';
import { chooseViews } from '../../src/view/choose-views.ts';
import type { DataSet } from './data.ts';
import { REFERENCE_SET } from './reference-set.ts';

/** A shop in this process, with all defaults on but the choice of views. */
export function openBenchShop(folder: string, memory: string, pace: FinalizePace): Promise<OpenShop> {
  const settings = { zone: 'UTC', lateness: minutes(10), late: 'restate' } as const;
  return openShop(
    {
      folder: dataFolder(folder),
      settings,
      views: chooseViews(catalog, REFERENCE_SET),
      memoryLimit: memory,
      threads: 2,
    },
    pace,
  );
}

export function loadProducts({ shop }: OpenShop, data: DataSet): Promise<unknown> {
  return shop.database.exclusively(() => loadDimension(shop, 'product', data.products_csv, Date.now() * 1000));
}

export interface Reading {
  readonly batchEvents: number;
  readonly pace?: ReadingPace;
}

/** Batches of a file for one shop, each with what takes it in. */
export async function* batchesFor(
  { shop, engine }: OpenShop,
  path: string,
  { batchEvents, pace }: Reading,
): AsyncGenerator<{ readonly batch: EventBatch; readonly take: () => Promise<IngestOutcome> }> {
  const translation = new SymbolTranslation(shop.symbols);
  const worker = await startParseWorker({
    paths: [path],
    vocabularies,
    batchEvents,
    ...(pace === undefined ? {} : { pace }),
  });
  for await (const batch of worker) {
    yield { batch, take: () => engine.take(batch, { translation, load: null }) };
  }
}

/** Takes a whole file in, without closing what is still open. */
export async function takeAll(opened: OpenShop, path: string, batchEvents = 200_000): Promise<void> {
  for await (const { take } of batchesFor(opened, path, { batchEvents })) await take();
}
