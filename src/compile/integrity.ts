import { EVENT_COLUMNS } from '../core/event.ts';

/** What identifies and makes up an event in raw; derived columns (category_name, late) are no part of it. */
const HASHED = [
  'part',
  'position',
  ...EVENT_COLUMNS.filter(({ table }) => table === 'raw').map(({ name }) => name),
  'foreign_price',
  'foreign_amount',
];

/** Day number since 1970, UTC. */
const DAY = 'epoch_us(event_time) // 86400000000';

/**
 * Count and commutative 128-bit hash by partition and day over rows shaped like raw (semantics 28): the order of
 * rows does not matter, so parts of a source can be compared whatever way they came. Columns part, day, events, h0, h1.
 */
export const integritySql = (table: string, condition: string): string =>
  `SELECT part, day, count(*)::BIGINT AS events, sum(h)::HUGEINT AS h0, sum(hash(h, event_time, position))::HUGEINT AS h1 FROM (SELECT part, (${DAY})::INTEGER AS day, event_time, position, hash(${HASHED.join(', ')}) AS h FROM ${table} WHERE ${condition}) GROUP BY part, day`;
