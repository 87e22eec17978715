import { type EpochMicros, hours } from '../core/time.ts';
import type { EventCount } from './protocol/cut-closing.ts';
import type { ShopSnapshot } from './shop.ts';

/** Events of a stretch by hour, oldest first. */
export async function eventsAnHour(
  { database, context: { dialect } }: Pick<ShopSnapshot, 'database' | 'context'>,
  from: EpochMicros,
  to: EpochMicros,
): Promise<readonly EventCount[]> {
  if (to <= from) return [];
  const hour = dialect.bucket('event_time', hours(1));
  const rows = await database.rows(
    `SELECT ${hour} AS hour, count(*) AS events FROM raw WHERE event_time >= ${dialect.instant(from)} AND event_time < ${dialect.instant(to)} GROUP BY 1 ORDER BY 1`,
  );
  return rows.map((row) => ({ start: Number(row['hour']) * hours(1), events: Number(row['events']) }));
}
