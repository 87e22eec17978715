import { rmSync } from 'node:fs';
import type { EpochMicros } from '../../core/time.ts';
import { keepCopy } from '../../journal/fact-copy.ts';
import { giveFact } from '../apply-fact.ts';
import { crashPoint } from '../crash-point.ts';
import type { Shop } from '../shop.ts';
import { READ } from './dimension-facts.ts';
import { ALWAYS, type DimensionChange, type DimensionKind } from './dimension-kind.ts';

export interface DimensionLoad extends DimensionChange {
  readonly dimension: DimensionKind;
}

/**
 * Loads a dimension from a CSV with a header: the first load holds for always, a later one from the shop clock on,
 * unless its `valid_from` column says otherwise (semantics, "Facts and dimensions"). Rates hold from their `date` on
 * (semantics, "Facts and dimensions"), counts are of their `counted_at` (semantics, "Kinds"). The fact and a copy of
 * the file are on disk before anything changes. Products that a later file leaves out stay as they were.
 *
 * Caller holds the database exclusively, and has closed slices follow (`Engine.change`).
 *
 * @throws FootfallError `source.missing`, `dimension.file`, `dimension.columns` without a key column, `dimension.row`
 *   naming the first bad line, `journal.facts` when facts before it are damaged
 * @example await engine.change(() => loadDimension(shop, 'product', '/data/products.csv', Date.now() * 1000))
 */
export async function loadDimension(
  shop: Shop,
  dimension: DimensionKind,
  csv: string,
  recorded: EpochMicros,
): Promise<DimensionLoad> {
  const change = await giveFact(shop, async () => {
    const copy = keepCopy(shop.facts.folder, csv);
    // What is read is the copy: the file itself may change between two looks at it.
    const apply = await READ[dimension](shop, copy.path, csv).catch((error: unknown) => {
      if (copy.fresh) rmSync(copy.path);
      throw error;
    });
    const validFrom = (await isFirst(shop, dimension)) ? null : shopClock(shop);
    crashPoint('dimension.copied');
    return {
      fact: { kind: 'dimension', dimension, file: copy.name, validFrom, recorded },
      apply: apply(validFrom ?? ALWAYS),
    };
  });
  return { dimension, ...change };
}

const isFirst = async ({ database }: Shop, dimension: DimensionKind): Promise<boolean> =>
  dimension === 'rates' ||
  (await database.one(`SELECT 1 AS found FROM dimension WHERE kind = '${dimension}' LIMIT 1`)) === undefined;

/** Watermark + lateness (semantics, "Time and finality"). */
const shopClock = ({ ingest, settings }: Shop): EpochMicros =>
  ingest.watermark === null ? ALWAYS : ingest.watermark + settings.lateness;
