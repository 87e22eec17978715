import { literalText } from '../../core/sql-text.ts';
import { type EpochMicros, formatInstant, TIME_UNTIL } from '../../core/time.ts';
import { markKeys } from '../dirty-keys.ts';
import type { ApplyFact } from '../fact-engine.ts';
import type { Shop } from '../shop.ts';
import { categoryVersions } from './category-versions.ts';
import { ALWAYS, type DimensionChange, type DimensionKind } from './dimension-kind.ts';
import { readTable } from './read-table.ts';
import { recategorise } from './recategorise.ts';
import { CHANGED, changedKeys, rowsOf } from './replace-dated.ts';

/** Dimensions whose rows are versions of a key; rates and counts have rules of their own. */
type VersionedKind = Exclude<DimensionKind, 'rates' | 'stock'>;

const LOAD = 'version_load';
const KEY_COLUMN: Readonly<Record<VersionedKind, string>> = {
  product: 'product_id',
  user: 'user_id',
};
/** "For always" begins in 1970: what held before, held always. */
const [FROM, UNTIL] = [ALWAYS, TIME_UNTIL].map((at) => literalText(formatInstant(at)));

/** Reads versions into `version_load` (line, key, valid_from or null, attributes as JSON). */
export async function readVersions(
  shop: Shop,
  dimension: VersionedKind,
  csv: string,
  shownAs: string,
): Promise<(from: EpochMicros) => ApplyFact<DimensionChange>> {
  const key = KEY_COLUMN[dimension];
  await readTable(shop, {
    csv,
    shownAs,
    needed: [key],
    select: (columns) => {
      const attributes = columns
        .filter((name) => name !== 'valid_from')
        .map((name) => `${literalText(name)}, "${name.replaceAll('"', '""')}"`);
      const given = columns.includes('valid_from') ? 'valid_from' : 'NULL::VARCHAR';
      return `"${key}" AS key, ${given} AS given, try_cast(${given} AS TIMESTAMP) AS valid_from, json_object(${attributes.join(', ')})::VARCHAR AS attributes`;
    },
    reason: `CASE WHEN key IS NULL THEN '${key} is empty' WHEN given IS NOT NULL AND (valid_from IS NULL OR valid_from < ${FROM}::TIMESTAMP OR valid_from >= ${UNTIL}::TIMESTAMP) THEN 'valid_from is not a time from 1970 to 2199: ' || given END`,
    into: LOAD,
  });
  return (from) => (number) => applyVersions(shop, dimension, from, number);
}

async function applyVersions(
  shop: Shop,
  dimension: VersionedKind,
  from: EpochMicros,
  number: number,
): ReturnType<ApplyFact<DimensionChange>> {
  const rows = await rowsOf(shop, LOAD);
  const before = dimension === 'product' ? await categoryVersions(shop) : new Map();
  const changed = await mergeVersions(shop, dimension, from, number);
  if (dimension === 'user') return { outcome: { rows, changed, events: 0 } };
  const after = await categoryVersions(shop);
  // Ledgers show what the catalogue says.
  await markKeys(shop, await changedKeys(shop), 'dimension');
  const events = await recategorise(shop, before, after);
  return {
    outcome: { rows, changed, events },
    remember: () => {
      for (const [product, versions] of after) shop.categories.set(product, versions);
    },
  };
}

/**
 * Adds the loaded rows as versions; one that says what held at its time anyway, by earlier loads and by the rows beside
 * it, is left out. Returns how many versions are new, differ or are gone.
 */
async function mergeVersions(
  { database }: Shop,
  dimension: VersionedKind,
  from: EpochMicros,
  version: number,
): Promise<number> {
  const start = `coalesce(l.valid_from, make_timestamp(${from}))`;
  const known = `SELECT key, valid_from, attributes, version FROM dimension WHERE kind = '${dimension}'`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE dimension_new AS SELECT l.key, ${start} AS valid_from, last(l.attributes ORDER BY l.line) AS attributes FROM ${LOAD} l GROUP BY ALL`,
  );
  const merged = `SELECT DISTINCT ON (key, valid_from) * FROM (${known} UNION ALL SELECT key, valid_from, attributes, ${version} FROM dimension_new) ORDER BY key, valid_from, version DESC`;
  const telling = `SELECT * FROM (${merged}) QUALIFY version < ${version} OR attributes IS DISTINCT FROM lag(attributes) OVER (PARTITION BY key ORDER BY valid_from)`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE dimension_all AS SELECT key, valid_from, coalesce(lead(valid_from) OVER (PARTITION BY key ORDER BY valid_from), TIMESTAMP '9999-12-31') AS valid_to, attributes, version FROM (${telling})`,
  );
  const said = 'SELECT key, valid_from, attributes FROM';
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${CHANGED} AS SELECT DISTINCT key, valid_from FROM ((${said} dimension_all EXCEPT ${said} (${known})) UNION ALL (${said} (${known}) EXCEPT ${said} dimension_all))`,
  );
  const changed = Number((await database.one(`SELECT count(*) AS n FROM ${CHANGED}`))?.['n']);
  if (changed === 0) return 0;
  await database.run(`DELETE FROM dimension WHERE kind = '${dimension}'`);
  await database.run(`INSERT INTO dimension SELECT '${dimension}', * FROM dimension_all`);
  return changed;
}
