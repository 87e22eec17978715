import { randomBytes } from 'node:crypto';
import { LINK } from '../../compile/human.ts';
import { literalText } from '../../core/sql-text.ts';
import type { EpochMicros } from '../../core/time.ts';
import { ensureErasureKey } from '../../journal/erasure-key.ts';
import type { ErasureFact } from '../../journal/fact-log.ts';
import { giveFact } from '../apply-fact.ts';
import type { Shop } from '../shop.ts';
import { type ErasureChange, erasureFacts } from './erase-facts.ts';
import { Tombstones } from './tombstones.ts';

/** A person by the links that are or were in force: everybody who is or was linked to the same user. */
export async function idsOfPerson({ database }: Shop, visitor: string): Promise<readonly string[]> {
  const links = await database.rows(
    `SELECT key, attributes ->> 'user_id' AS person FROM dimension WHERE kind = '${LINK}'`,
  );
  const ids = new Set([visitor]);
  for (let before = 0; before < ids.size; ) {
    before = ids.size;
    for (const { key, person } of links)
      if (ids.has(String(key)) || ids.has(String(person))) ids.add(String(key)).add(String(person));
  }
  return [...ids];
}

/** Session ids of visitors. */
async function sessionsOf({ database }: Shop, visitors: readonly string[]): Promise<readonly string[]> {
  const among = visitors.map(literalText).join(', ');
  const rows = await database.rows(
    `SELECT DISTINCT session_id::VARCHAR AS id FROM raw WHERE session_id IS NOT NULL AND (user_id::VARCHAR IN (${among}) OR anonymous_id::VARCHAR IN (${among}))`,
  );
  return rows.map(({ id }) => String(id));
}

/** What would be given for some visitors: their ids and those of their sessions, as digests. */
export async function planErasure(
  shop: Shop,
  visitors: readonly string[],
  mode: ErasureFact['mode'],
  recorded: EpochMicros,
): Promise<{ readonly fact: ErasureFact; readonly tombstones: Tombstones }> {
  const key = ensureErasureKey(shop.facts.folder);
  const digests = new Tombstones(key, []);
  const ids = [...visitors, ...(await sessionsOf(shop, visitors))].map((id) => digests.digest(id)).sort();
  const fact: ErasureFact = { kind: 'erasure', mode, ids, salt: randomBytes(16).toString('hex'), recorded };
  return { fact, tombstones: new Tombstones(key, [fact]) };
}

/**
 * Erases visitors in the database. What other files hold of them is written anew by `finishErasure`.
 *
 * Caller holds the database exclusively, and has closed slices follow (`Engine.change`).
 */
export const giveErasure = (shop: Shop, fact: ErasureFact): Promise<ErasureChange> =>
  giveFact(shop, async () => ({
    fact,
    apply: await erasureFacts.read(shop, fact, shop.factsApplied + 1),
  })) as Promise<ErasureChange>;
