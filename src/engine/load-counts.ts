import { FootfallError } from '../core/errors/footfall-error.ts';
import { literalText } from '../core/sql-text.ts';
import { type EpochMicros, formatInstant } from '../core/time.ts';
import { markKeys } from './dirty-keys.ts';
import type { Shop } from './shop.ts';

/** As of events (semantics, "Time"). */
const EARLIEST = Date.UTC(1990, 0, 1) * 1000;
const LATEST = Date.UTC(2200, 0, 1) * 1000;
const MOST = 1e9;

/**
 * Puts a CSV's counts in the temporary table `count_load` (line, key, counted_at or null, stock).
 * @param shownAs the path that the file was given by
 * @throws FootfallError `dimension.columns`, `dimension.row` naming the first bad line
 */
export async function readCounts({ database }: Shop, csv: string, shownAs: string): Promise<void> {
  const file = `read_csv(${literalText(csv)}, all_varchar = true, header = true, delim = ',')`;
  const columns = (await database.rows(`DESCRIBE FROM ${file}`)).map((row) => String(row['column_name']));
  const missing = ['product_id', 'stock'].filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw new FootfallError('dimension.columns', {
      path: shownAs,
      missing: missing.join(', '),
      found: columns.join(', '),
    });
  const given = columns.includes('counted_at') ? 'counted_at' : 'NULL::VARCHAR';
  await database.run(
    `CREATE OR REPLACE TEMP TABLE count_load AS SELECT row_number() OVER () + 1 AS line, product_id AS key, ${given} AS given, try_cast(${given} AS TIMESTAMP) AS counted_at, stock AS written, CASE WHEN regexp_full_match(stock, '\\d{1,10}') THEN stock::BIGINT END AS stock FROM ${file}`,
  );
  const [from, to] = [formatInstant(EARLIEST), formatInstant(LATEST)];
  const bad = await database.one(
    `SELECT line, CASE WHEN key IS NULL THEN 'product_id is empty' WHEN given IS NOT NULL AND (counted_at IS NULL OR counted_at < '${from}'::TIMESTAMP OR counted_at >= '${to}'::TIMESTAMP) THEN 'counted_at is not a time from 1990 to 2199: ' || given WHEN stock IS NULL OR stock >= ${MOST} THEN 'stock is not a whole number from 0 to 999999999: ' || coalesce(written, 'empty') END AS reason FROM count_load WHERE reason IS NOT NULL ORDER BY line LIMIT 1`,
  );
  if (bad !== undefined)
    throw new FootfallError('dimension.row', {
      path: shownAs,
      line: String(bad['line']),
      reason: String(bad['reason']),
    });
}

/**
 * Adds the counts of `count_load` and marks the keys that they are of; without a time of their own they are of `from`.
 * A count given again for its key and time is replaced. Inside a transaction.
 */
export async function applyCounts(
  shop: Shop,
  from: EpochMicros,
  version: number,
): Promise<{ readonly rows: number; readonly changed: number; readonly events: number }> {
  const { database } = shop;
  const rows = Number((await database.one('SELECT count(*) AS n FROM count_load'))?.['n']);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE count_new AS SELECT key, coalesce(counted_at, make_timestamp(${from})) AS valid_from, json_object('stock', last(stock ORDER BY line))::VARCHAR AS attributes FROM count_load GROUP BY ALL`,
  );
  const known = "SELECT key, valid_from, attributes FROM dimension WHERE kind = 'stock'";
  await database.run(`CREATE OR REPLACE TEMP TABLE count_change AS (FROM count_new EXCEPT ${known})`);
  const [keys = [], times = []] = await database.columns(
    'SELECT key, epoch_us(valid_from) AS instant FROM count_change ORDER BY 1, 2',
  );
  if (keys.length > 0) {
    await database.run(
      "DELETE FROM dimension WHERE kind = 'stock' AND (key, valid_from) IN (SELECT (key, valid_from) FROM count_change)",
    );
    await database.run(
      `INSERT INTO dimension SELECT 'stock', key, valid_from, TIMESTAMP '9999-12-31', attributes, ${version} FROM count_change`,
    );
  }
  const changed = keys.map((key, i) => ({ key: shop.symbols.idOf(String(key)), from: Number(times[i]) }));
  await markKeys(shop, changed, 'stock');
  return { rows, changed: changed.length, events: 0 };
}
