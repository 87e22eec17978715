import { literalText } from '../../core/sql-text.ts';
import { type EpochMicros, formatInstant, TIME_FROM, TIME_UNTIL } from '../../core/time.ts';
import { markKeys } from '../dirty-keys.ts';
import type { ApplyFact } from '../fact-engine.ts';
import type { Shop } from '../shop.ts';
import type { DimensionChange, ReadDimension } from './dimension-kind.ts';
import { readTable } from './read-table.ts';
import { changedKeys, DATED, replaceDated, rowsOf } from './replace-dated.ts';

const LOAD = 'count_load';
const MOST = 1e9;
/** As of events (semantics, "Time"). */
const [FROM, UNTIL] = [TIME_FROM, TIME_UNTIL].map((at) => literalText(formatInstant(at)));

/** Reads counts into `count_load` (line, key, counted_at or null, stock). */
export const readCounts: ReadDimension = async (shop, csv, shownAs) => {
  await readTable(shop, {
    csv,
    shownAs,
    needed: ['product_id', 'stock'],
    select: (columns) => {
      const given = columns.includes('counted_at') ? 'counted_at' : 'NULL::VARCHAR';
      return `product_id AS key, ${given} AS given, try_cast(${given} AS TIMESTAMP) AS counted_at, stock AS written, CASE WHEN regexp_full_match(stock, '\\d{1,10}') THEN stock::BIGINT END AS stock`;
    },
    reason: `CASE WHEN key IS NULL THEN 'product_id is empty' WHEN given IS NOT NULL AND (counted_at IS NULL OR counted_at < ${FROM}::TIMESTAMP OR counted_at >= ${UNTIL}::TIMESTAMP) THEN 'counted_at is not a time from 1990 to 2199: ' || given WHEN stock IS NULL OR stock >= ${MOST} THEN 'stock is not a whole number from 0 to 999999999: ' || coalesce(written, 'empty') END`,
    into: LOAD,
  });
  return (from) => (number) => applyCounts(shop, from, number);
};

/** Adds the counts and marks the keys that they are of; without a time of their own they are of `from`. */
async function applyCounts(shop: Shop, from: EpochMicros, number: number): ReturnType<ApplyFact<DimensionChange>> {
  const rows = await rowsOf(shop, LOAD);
  await shop.database.run(
    `CREATE OR REPLACE TEMP TABLE ${DATED} AS SELECT key, coalesce(counted_at, make_timestamp(${from})) AS valid_from, json_object('stock', last(stock ORDER BY line))::VARCHAR AS attributes FROM ${LOAD} GROUP BY ALL`,
  );
  const changed = await replaceDated(shop, 'stock', number);
  await markKeys(shop, await changedKeys(shop), 'stock');
  return { outcome: { rows, changed, events: 0 } };
}
