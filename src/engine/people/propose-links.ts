import { LINK } from '../../compile/human.ts';
import type { Json } from '../../store/value.ts';
import type { ShopSnapshot } from '../shop.ts';

/** An anonymous id that was seen with just one user, and is not linked. */
export interface LinkProposal {
  readonly anonymous_id: string;
  readonly user_id: string;
  /** Events that carry both ids, and sessions that have both. */
  readonly events: number;
  readonly sessions: number;
  readonly first_seen: Json;
  readonly reasons: readonly string[];
}

/** Pairs that were seen together, those with most events first. Whoever was seen with several users is left out. */
export async function proposeLinks(
  { database }: Pick<ShopSnapshot, 'database'>,
  limit: number,
): Promise<readonly LinkProposal[]> {
  const [anonymous, user] = ['anonymous_id::VARCHAR', 'user_id::VARCHAR'];
  const both = `SELECT ${anonymous} AS a, ${user} AS u, count(*) AS events, 0 AS sessions, min(event_time) AS first FROM raw WHERE anonymous_id IS NOT NULL AND user_id IS NOT NULL GROUP BY ALL`;
  const within = (who: string, where: string) =>
    `SELECT session_id, ${who}, min(event_time) AS first FROM raw WHERE session_id IS NOT NULL AND ${where} GROUP BY ALL`;
  const sessions = `SELECT a, u, 0 AS events, count(*) AS sessions, min(greatest(x.first, y.first)) AS first FROM (${within(`${anonymous} AS a`, 'anonymous_id IS NOT NULL AND user_id IS NULL')}) x JOIN (${within(`${user} AS u`, 'user_id IS NOT NULL')}) y USING (session_id) GROUP BY a, u`;
  const pairs = `SELECT a, u, sum(events)::BIGINT AS events, sum(sessions)::BIGINT AS sessions, min(first) AS first_seen FROM (${both} UNION ALL ${sessions}) WHERE a <> u GROUP BY a, u`;
  const rows = await database.jsonRows(
    `SELECT * FROM (SELECT *, count(*) OVER (PARTITION BY a) AS users FROM (${pairs})) WHERE users = 1 AND a NOT IN (SELECT key FROM dimension WHERE kind = '${LINK}') AND a NOT IN (SELECT DISTINCT ${user} FROM raw WHERE user_id IS NOT NULL) ORDER BY events + sessions DESC, a LIMIT ${limit}`,
  );
  return rows.map((row) => {
    const [events, shared] = [Number(row['events']), Number(row['sessions'])];
    return {
      anonymous_id: String(row['a']),
      user_id: String(row['u']),
      events,
      sessions: shared,
      first_seen: row['first_seen'] ?? null,
      reasons: [
        ...(events > 0 ? [`${events} ${events === 1 ? 'event carries' : 'events carry'} both`] : []),
        ...(shared > 0 ? [`${shared} ${shared === 1 ? 'session has' : 'sessions have'} both`] : []),
      ],
    };
  });
}
