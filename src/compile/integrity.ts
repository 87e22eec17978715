import { EVENT_COLUMNS } from '../core/event.ts';

/** Money that was converted and types that were mapped are derived: the foreign money and the word are what came. */
const AS_IT_CAME: Readonly<Record<string, string>> = {
  price: 'CASE WHEN foreign_price IS NULL THEN price END',
  event_type: 'given_type',
  amount: 'CASE WHEN foreign_amount IS NULL THEN amount END',
};

/** What identifies and makes up an event in raw; what is derived (category_name, late, converted money) is no part of it. */
const HASHED = [
  'part',
  'position',
  ...EVENT_COLUMNS.filter(({ table }) => table === 'raw').map(({ name }) => AS_IT_CAME[name] ?? name),
  'foreign_price',
  'foreign_amount',
];

/** Day number since 1970, UTC. */
const DAY = 'epoch_us(event_time) // 86400000000';

/**
 * Count and commutative 128-bit hash by partition and day over rows shaped like raw (semantics, "Verify"): the order of
 * rows does not matter, so parts of a source can be compared whatever way they came. Columns part, day, events, h0, h1.
 */
export const integritySql = (table: string, condition: string): string =>
  `SELECT part, day, count(*)::BIGINT AS events, sum(h)::HUGEINT AS h0, sum(hash(h, event_time, position))::HUGEINT AS h1 FROM (SELECT part, (${DAY})::INTEGER AS day, event_time, position, hash(${HASHED.join(', ')}) AS h FROM ${table} WHERE ${condition}) GROUP BY part, day`;
