import { wholeCopy } from '../../journal/fact-copy.ts';
import type { DimensionFact } from '../../journal/fact-log.ts';
import type { FactEngine } from '../fact-engine.ts';
import { settleCategories } from './category-versions.ts';
import { readCounts } from './counts.ts';
import { ALWAYS, type DimensionChange, type DimensionKind, type ReadDimension } from './dimension-kind.ts';
import { readRates, settleRates } from './rates.ts';
import { readVersions } from './versions.ts';

/** How the file of each dimension is read and taken in. */
export const READ: Readonly<Record<DimensionKind, ReadDimension>> = {
  product: (shop, csv, shownAs) => readVersions(shop, 'product', csv, shownAs),
  user: (shop, csv, shownAs) => readVersions(shop, 'user', csv, shownAs),
  rates: readRates,
  stock: readCounts,
};

/** Loaded dimensions: the fact names the kept copy of the file. */
export const dimensionFacts: FactEngine<DimensionFact, DimensionChange> = {
  read: async (shop, fact, number) => {
    const copy = wholeCopy(shop.facts.folder, fact, number);
    const apply = await READ[fact.dimension](shop, copy, copy);
    return apply(fact.validFrom ?? ALWAYS);
  },
  settle: async (shop) => {
    await settleRates(shop);
    await settleCategories(shop);
  },
};
