import type { EpochMicros } from '../../core/time.ts';
import { keepContent } from '../../journal/fact-copy.ts';
import { giveFact, type PreparedFact } from '../apply-fact.ts';
import type { Shop } from '../shop.ts';
import { type Definitions, sameDefinitions } from './definitions.ts';
import { lastApplied, putInForce } from './definitions-facts.ts';

/**
 * Puts definitions in force: on disk first, then in the tables. Where their rows were made ready beside those in force,
 * the tables change places; else what differs is computed again from raw when it is next closed.
 *
 * Caller holds the database exclusively, and has closed slices follow (`Engine.change`).
 *
 * @throws FootfallError `store.disk_full`, `journal.facts`
 */
export const giveDefinitions = (shop: Shop, definitions: Definitions, recorded: EpochMicros): Promise<void> =>
  giveFact(shop, async () => prepared(shop, definitions, recorded));

/**
 * Records the definitions in force where the last fact says others, or none does: those that a new shop began with, or
 * that took hold of it at once. What came before has to be known to go back, and to rebuild.
 */
export async function recordDefinitions(shop: Shop, recorded: EpochMicros): Promise<void> {
  const last = lastApplied(shop);
  if (last !== undefined && sameDefinitions(last.definitions, shop.definitions)) return;
  await giveDefinitions(shop, shop.definitions, recorded);
}

function prepared(shop: Shop, definitions: Definitions, recorded: EpochMicros): PreparedFact<void> {
  const content = Buffer.from(JSON.stringify(definitions));
  const { name } = keepContent(shop.facts.folder, content, '.json');
  return { fact: { kind: 'definitions', file: name, recorded }, apply: putInForce(shop, definitions, recorded) };
}
