import { LINK } from '../../compile/human.ts';
import { FootfallError } from '../../core/errors/footfall-error.ts';
import { literalText } from '../../core/sql-text.ts';
import type { PeopleFact } from '../../journal/fact-log.ts';
import { giveFact } from '../apply-fact.ts';
import type { Shop } from '../shop.ts';
import { applyPeople, type PeopleChange } from './apply-people.ts';

export type PeopleSaying = Omit<PeopleFact, 'kind'>;

/**
 * Says who visitors are, or takes it back: the fact is on disk before it acts, and what views leave out follows.
 *
 * Caller holds the database exclusively, and has closed slices follow (`Engine.change`).
 *
 * @throws FootfallError `people.chain` for a link to or from somebody who is linked the other way, or of a known user;
 *   `people.none` when there is nothing to withdraw; `journal.facts` when facts before it are damaged
 * @example await engine.change(() => givePeople(shop, { says: 'same_as', withdrawn: false, rows: [{ visitor: 'c4f', user: '7', from: null }], recorded }))
 */
export const givePeople = (shop: Shop, saying: PeopleSaying): Promise<PeopleChange> =>
  giveFact(shop, async () => {
    if (saying.withdrawn) await checkInForce(shop, saying);
    else if (saying.says === 'same_as') await checkLinks(shop, saying);
    const fact: PeopleFact = { kind: 'people', ...saying };
    return { fact, apply: applyPeople(shop, fact) };
  });

async function checkInForce({ database }: Shop, { says, rows }: PeopleSaying): Promise<void> {
  for (const { visitor, from } of rows) {
    const at = from === null ? '' : ` AND valid_from = make_timestamp(${from})`;
    const found = await database.one(
      `SELECT 1 AS found FROM dimension WHERE kind = '${says}' AND key = ${literalText(visitor)}${at} LIMIT 1`,
    );
    if (found === undefined) throw new FootfallError('people.none', { visitor });
  }
}

/** A link leads from somebody anonymous to a user, and no further: whoever follows it is there. */
async function checkLinks(shop: Shop, { rows }: PeopleSaying): Promise<void> {
  const refused = (visitor: string, user: string, reason: string): FootfallError =>
    new FootfallError('people.chain', { visitor, user, reason });
  const links = await shop.database.rows(
    `SELECT DISTINCT key, attributes ->> 'user_id' AS person FROM dimension WHERE kind = '${LINK}'`,
  );
  const linked = new Map<string, string>();
  const users = new Set<string>();
  for (const { key, person } of [
    ...links.map((row) => ({ key: String(row['key']), person: String(row['person']) })),
    ...rows.map(({ visitor, user = '' }) => ({ key: visitor, person: user })),
  ]) {
    linked.set(key, person);
    users.add(person);
  }
  const known = await knownUsers(
    shop,
    rows.map(({ visitor }) => visitor),
  );
  for (const { visitor, user = '' } of rows) {
    if (visitor === user) throw refused(visitor, user, 'they are one already');
    const next = linked.get(user);
    if (next !== undefined) throw refused(visitor, user, `${user} is itself linked to ${next}`);
    if (users.has(visitor)) throw refused(visitor, user, `others are linked to ${visitor}`);
    if (known.has(visitor)) throw refused(visitor, user, `${visitor} is a user id, not an anonymous one`);
  }
}

/** Which of these ids came as user ids. */
async function knownUsers({ database }: Shop, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const among = ids.map(literalText).join(', ');
  const rows = await database.rows(
    `SELECT DISTINCT user_id::VARCHAR AS id FROM raw WHERE user_id::VARCHAR IN (${among})`,
  );
  return new Set(rows.map(({ id }) => String(id)));
}
