import type { Vocabulary } from '../../src/source/shape/vocabulary.ts';
import { b1Clickstream } from './b1-clickstream.ts';
import { b1Transactions } from './b1-transactions.ts';
import { canonical } from './canonical.ts';
import { globalmartCartEvents, globalmartProductViews, globalmartTransactions } from './globalmart.ts';
import { rees46 } from './rees46.ts';

/** The kinds of sources that the shop understands; of those that fit a file, the one that requires most is taken. */
export const vocabularies: readonly Vocabulary[] = [
  rees46,
  b1Clickstream,
  b1Transactions,
  globalmartTransactions,
  globalmartProductViews,
  globalmartCartEvents,
  canonical,
];
