import { type ColumnStore, EVENT_COLUMNS } from '../core/event.ts';
import { days, type EpochMicros } from '../core/time.ts';
import type { Session } from '../store/session.ts';
import { eventsWithIds } from './find-ids.ts';
import { FOREIGN } from './foreign-money.ts';

/** How long after its arrival a copy of an event is recognised (semantics, "Events"). */
export const IDENTITY_HORIZON = days(7);

/** What an event says but for its id, by field: symbols as their texts, times in microseconds, money in 1/10,000. */
export type EventContent = Readonly<Record<string, string>>;

const CONTENT = EVENT_COLUMNS.filter(({ name }) => name !== 'event_id');

/** Two events with one id are the same when these are equal. Money that was converted counts as the event said it. */
export const contentKey = (content: EventContent): string =>
  JSON.stringify(CONTENT.map(({ name }) => content[saidIn(name)] ?? content[name] ?? null));

const saidIn = (name: string): string => (name === 'price' || name === 'amount' ? FOREIGN[name] : name);

/**
 * The contents of stored events that arrived within the horizon of identity, by id.
 * @param textOf the texts of the shop's symbols
 */
export async function eventContents(
  database: Session,
  ids: readonly string[],
  now: EpochMicros,
  textOf: (symbol: number) => string,
): Promise<ReadonlyMap<string, EventContent>> {
  const found = new Map<string, EventContent>();
  const theirs = await eventsWithIds(database, ids);
  if (theirs === null) return found;
  const fields = CONTENT.map(({ name, store }) => `${asText(name, store)} AS "${name}"`).join(', ');
  const recent = `batch IN (SELECT batch FROM batch WHERE arrival >= make_timestamp(${Math.floor(now - IDENTITY_HORIZON)}))`;
  const rows = await database.jsonRows(
    `SELECT event_id, ${fields} FROM raw LEFT JOIN raw_extra USING (seq) WHERE ${theirs} AND ${recent}`,
  );
  const wanted = new Set(ids);
  for (const { event_id: id, ...given } of rows) {
    if (typeof id !== 'string' || !wanted.has(id)) continue;
    const content: Record<string, string> = {};
    for (const { name, store } of CONTENT) {
      const value = given[name];
      if (value != null) content[name] = store === 'symbol' ? textOf(Number(value)) : String(value);
    }
    found.set(id, content);
  }
  return found;
}

function asText(name: string, store: ColumnStore): string {
  // Converted money is the shop's; the event said what is kept aside.
  if (name === 'price' || name === 'amount') return `(coalesce(${FOREIGN[name]}, ${name}) * 10000)::BIGINT::VARCHAR`;
  // A word that was mapped is what the event said.
  if (name === 'event_type') return 'given_type::VARCHAR';
  if (store === 'money') return `(${name} * 10000)::BIGINT::VARCHAR`;
  if (store === 'time') return `epoch_us(${name})::VARCHAR`;
  return `${name}::VARCHAR`;
}
