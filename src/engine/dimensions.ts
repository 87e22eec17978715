import { rmSync } from 'node:fs';
import { FootfallError } from '../core/errors/footfall-error.ts';
import { literalText } from '../core/sql-text.ts';
import type { EpochMicros } from '../core/time.ts';
import { keepCopy, wholeCopy } from '../journal/fact-copy.ts';
import type { DimensionFact } from '../journal/fact-log.ts';
import type { Row } from '../store/value.ts';
import type { CategoryVersion } from './categories.ts';
import { crashPoint } from './crash-point.ts';
import { markKeys } from './dirty-keys.ts';
import { applyCounts, readCounts } from './load-counts.ts';
import { applyRates, readRates } from './load-rates.ts';
import { recategorise } from './recategorise.ts';
import type { Shop } from './shop.ts';
import { saveSetting } from './state.ts';
import { writeSymbols } from './write-batch.ts';

export type DimensionKind = 'product' | 'user' | 'rates' | 'stock';
/** Dimensions whose rows are versions of a key; rates and counts have rules of their own. */
type VersionedKind = Exclude<DimensionKind, 'rates' | 'stock'>;

/** The time from which a version that holds "for always" is kept: before any event (semantics 8). */
const ALWAYS = 0;
const KEY_COLUMN: Readonly<Record<VersionedKind, string>> = {
  product: 'product_id',
  user: 'user_id',
};

export interface DimensionLoad {
  readonly dimension: DimensionKind;
  readonly rows: number;
  /** Versions that are new or differ from what held before. */
  readonly changed: number;
  /** Events whose category, or converted money, changed. */
  readonly events: number;
}

/**
 * Loads a dimension from a CSV with a header: the first load holds for always, a later one from the shop clock on,
 * unless its `valid_from` column says otherwise (semantics 8). Rates hold from their `date` on (semantics 4), counts are of
 * their `counted_at` (semantics 25). The fact and a copy of the file are on disk before anything changes. Products that a
 * later file leaves out stay as they were.
 *
 * Caller holds the database exclusively, and finalizes afterwards so that closed slices follow.
 *
 * @throws FootfallError `source.missing`, `dimension.columns` without a key column, `dimension.row` naming the first bad
 *   line, `journal.facts` when facts before it are damaged
 */
export async function loadDimension(
  shop: Shop,
  dimension: DimensionKind,
  csv: string,
  recorded: EpochMicros,
): Promise<DimensionLoad> {
  const copy = keepCopy(shop.facts.folder, csv);
  // What is read is the copy: the file itself may change between two looks at it.
  await readFile(shop, dimension, copy.path, csv).catch((error: unknown) => {
    if (copy.fresh) rmSync(copy.path);
    throw error;
  });
  const first =
    dimension === 'rates' ||
    (await shop.database.one(`SELECT 1 AS found FROM dimension WHERE kind = '${dimension}' LIMIT 1`)) === undefined;
  const fact: DimensionFact = {
    kind: 'dimension',
    dimension,
    file: copy.name,
    validFrom: first ? null : shopClock(shop),
    recorded,
  };
  crashPoint('dimension.copied');
  const number = shop.facts.append(fact);
  crashPoint('dimension.fact_written');
  return applyDimension(shop, fact, number);
}

/**
 * Applies the facts that the database has not seen: after a crash between log and database, or a rebuild.
 * @throws FootfallError `journal.facts` when one is lost, `journal.copy` when the file of one is
 */
export async function applyMissingFacts(shop: Shop): Promise<void> {
  const applied = Number(
    (await shop.database.one(`SELECT value FROM setting WHERE name = 'facts_applied'`))?.['value'] ?? 0,
  );
  for (const [index, fact] of shop.facts.settle(applied).entries()) {
    if (index < applied) continue;
    const copy = wholeCopy(shop.facts.folder, fact, index + 1);
    await readFile(shop, fact.dimension, copy, copy);
    await applyDimension(shop, fact, index + 1);
  }
}

/** Watermark + lateness (semantics 9). */
const shopClock = ({ ingest, settings }: Shop): EpochMicros =>
  ingest.watermark === null ? ALWAYS : ingest.watermark + settings.lateness;

async function applyDimension(shop: Shop, fact: DimensionFact, number: number): Promise<DimensionLoad> {
  const { database } = shop;
  const { dimension } = fact;
  const outcome = await database.transaction(async () => {
    const applied = await apply(shop, fact, number);
    const fresh = shop.symbols.unsaved();
    await writeSymbols(database, fresh.first, fresh.texts);
    await saveSetting(database, 'facts_applied', String(number));
    return { dimension, ...applied };
  });
  shop.symbols.markSaved();
  crashPoint('dimension.applied');
  return outcome;
}

/** Applies the rows that `readFile` put in place. */
function apply(shop: Shop, fact: DimensionFact, number: number): Promise<Omit<DimensionLoad, 'dimension'>> {
  const { dimension } = fact;
  if (dimension === 'rates') return applyRates(shop, number);
  if (dimension === 'stock') return applyCounts(shop, fact.validFrom ?? ALWAYS, number);
  return applyVersions(shop, dimension, fact, number);
}

async function applyVersions(
  shop: Shop,
  dimension: VersionedKind,
  fact: DimensionFact,
  number: number,
): Promise<Omit<DimensionLoad, 'dimension'>> {
  const rows = Number((await shop.database.one('SELECT count(*) AS n FROM dimension_load'))?.['n']);
  const before = dimension === 'product' ? await categoryVersions(shop) : new Map();
  const changed = await mergeVersions(shop, dimension, fact.validFrom ?? ALWAYS, number);
  if (dimension === 'user') return { rows, changed, events: 0 };
  const after = await categoryVersions(shop);
  for (const [product, versions] of after) shop.categories.set(product, versions);
  await markDescribed(shop);
  return { rows, changed, events: await recategorise(shop, before, after) };
}

/**
 * Puts a file's rows in a temporary table.
 * @param shownAs what errors call it
 * @throws FootfallError `dimension.columns`, `dimension.row`
 */
async function readFile(shop: Shop, dimension: DimensionKind, csv: string, shownAs: string): Promise<void> {
  if (dimension === 'rates') return readRates(shop, csv, shownAs);
  return dimension === 'stock' ? readCounts(shop, csv, shownAs) : readCsv(shop, dimension, csv, shownAs);
}

/** Puts the CSV's rows in the temporary table `dimension_load` (key, valid_from or null, attributes as JSON). */
async function readCsv({ database }: Shop, dimension: VersionedKind, csv: string, shownAs: string): Promise<void> {
  const key = KEY_COLUMN[dimension];
  const file = `read_csv(${literalText(csv)}, all_varchar = true, header = true, delim = ',')`;
  const columns = (await database.rows(`DESCRIBE FROM ${file}`)).map((row) => String(row['column_name']));
  if (!columns.includes(key)) {
    throw new FootfallError('dimension.columns', { path: shownAs, missing: key, found: columns.join(', ') });
  }
  const validFrom = columns.includes('valid_from') ? 'try_cast(valid_from AS TIMESTAMP)' : 'NULL::TIMESTAMP';
  const attributes = columns
    .filter((name) => name !== 'valid_from')
    .map((name) => `${literalText(name)}, "${name.replaceAll('"', '""')}"`);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE dimension_load AS SELECT row_number() OVER () + 1 AS line, "${key}" AS key, ${validFrom} AS valid_from, ${columns.includes('valid_from') ? 'valid_from' : 'NULL'} AS given, json_object(${attributes.join(', ')})::VARCHAR AS attributes FROM ${file}`,
  );
  const bad = await database.one(
    `SELECT line, key, given FROM dimension_load WHERE key IS NULL OR (given IS NOT NULL AND valid_from IS NULL) ORDER BY line LIMIT 1`,
  );
  if (bad !== undefined)
    throw new FootfallError('dimension.row', { path: shownAs, line: String(bad['line']), reason: reasonOf(bad, key) });
}

const reasonOf = (bad: Row, key: string): string =>
  bad['key'] === null ? `${key} is empty` : `valid_from is not a time: ${String(bad['given'])}`;

/**
 * Adds the loaded rows as versions; one that says what held at its time anyway, by earlier loads and by the rows beside
 * it, is left out. Returns how many versions are new, differ or are gone.
 */
async function mergeVersions(
  { database }: Shop,
  dimension: DimensionKind,
  from: EpochMicros,
  version: number,
): Promise<number> {
  const start = `coalesce(l.valid_from, make_timestamp(${from}))`;
  const known = `SELECT key, valid_from, attributes, version FROM dimension WHERE kind = '${dimension}'`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE dimension_new AS SELECT l.key, ${start} AS valid_from, last(l.attributes ORDER BY l.line) AS attributes FROM dimension_load l GROUP BY ALL`,
  );
  const merged = `SELECT DISTINCT ON (key, valid_from) * FROM (${known} UNION ALL SELECT key, valid_from, attributes, ${version} FROM dimension_new) ORDER BY key, valid_from, version DESC`;
  const telling = `SELECT * FROM (${merged}) QUALIFY version < ${version} OR attributes IS DISTINCT FROM lag(attributes) OVER (PARTITION BY key ORDER BY valid_from)`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE dimension_all AS SELECT key, valid_from, coalesce(lead(valid_from) OVER (PARTITION BY key ORDER BY valid_from), TIMESTAMP '9999-12-31') AS valid_to, attributes, version FROM (${telling})`,
  );
  const said = 'SELECT key, valid_from, attributes FROM';
  await database.run(
    `CREATE OR REPLACE TEMP TABLE dimension_changed AS SELECT DISTINCT key, valid_from FROM ((${said} dimension_all EXCEPT ${said} (${known})) UNION ALL (${said} (${known}) EXCEPT ${said} dimension_all))`,
  );
  const changed = Number((await database.one('SELECT count(*) AS n FROM dimension_changed'))?.['n']);
  await database.run(`DELETE FROM dimension WHERE kind = '${dimension}'`);
  await database.run(`INSERT INTO dimension SELECT '${dimension}', * FROM dimension_all`);
  return changed;
}

/** Marks the products of which the catalogue says something else now: ledgers show what it says. */
async function markDescribed(shop: Shop): Promise<void> {
  const [keys = [], times = []] = await shop.database.columns(
    'SELECT key, epoch_us(min(valid_from)) AS instant FROM dimension_changed GROUP BY key ORDER BY key',
  );
  const changed = keys.map((key, i) => ({ key: shop.symbols.idOf(String(key)), from: Number(times[i]) }));
  await markKeys(shop, changed, 'dimension');
}

/** Category versions by product symbol, as intake uses them. */
export async function categoryVersions({ database, symbols }: Shop): Promise<Map<number, readonly CategoryVersion[]>> {
  const [keys = [], starts = [], categories = []] = await database.columns(
    `SELECT key, epoch_us(valid_from) AS valid_from, attributes ->> 'category_name' AS category FROM dimension WHERE kind = 'product' ORDER BY key, valid_from`,
  );
  const found = new Map<number, CategoryVersion[]>();
  keys.forEach((key, i) => {
    const product = symbols.idOf(String(key));
    const name = categories[i] ?? '';
    const versions = found.get(product) ?? [];
    versions.push({ from: Number(starts[i]), category: name === '' ? 0 : symbols.idOf(String(name)) });
    found.set(product, versions);
  });
  return found;
}
