import { FootfallError } from '../core/errors/footfall-error.ts';
import { literalText } from '../core/sql-text.ts';
import { parseRate, RATE_DECIMALS, type RateVersion, startOfDay } from './protocol/conversion.ts';
import { countUnconverted, type RateVersions, reconvert } from './reconvert.ts';
import type { Shop } from './shop.ts';
import { loadSetting, saveSetting } from './state.ts';

const COLUMNS = ['date', 'currency', 'rate'] as const;

/**
 * Puts a CSV's rates in the temporary table `rate_load` (line, currency, day, rate as text).
 * @param shownAs the path that the file was given by
 * @throws FootfallError `dimension.columns`, `dimension.row` naming the first bad line
 */
export async function readRates({ database }: Shop, csv: string, shownAs: string): Promise<void> {
  const file = `read_csv(${literalText(csv)}, all_varchar = true, header = true, delim = ',')`;
  const columns = (await database.rows(`DESCRIBE FROM ${file}`)).map((row) => String(row['column_name']));
  const missing = COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw new FootfallError('dimension.columns', {
      path: shownAs,
      missing: missing.join(', '),
      found: columns.join(', '),
    });
  await database.run(
    `CREATE OR REPLACE TEMP TABLE rate_load AS SELECT row_number() OVER () + 1 AS line, currency, CASE WHEN regexp_full_match(date, '\\d{4}-\\d{2}-\\d{2}') AND date >= '1990-01-01' AND date < '2200-01-01' THEN try_cast(date AS TIMESTAMP) END AS day, date, rate FROM ${file}`,
  );
  for (const { line, currency, day, date, rate } of await database.rows('SELECT * FROM rate_load ORDER BY line')) {
    const reason =
      currency === null
        ? 'currency is empty'
        : day === null
          ? `date is not a day from 1990 to 2199 such as 2019-10-01: ${String(date)}`
          : parseRate(String(rate)) === null
            ? `rate is not a number above 0 and below 10000000 with at most ${RATE_DECIMALS} decimals: ${String(rate)}`
            : null;
    if (reason !== null) throw new FootfallError('dimension.row', { path: shownAs, line: String(line), reason });
  }
}

/**
 * Adds the rates of `rate_load` and converts what they change. A rate given again for its day is replaced; what the file
 * leaves out stays. Inside a transaction.
 */
export async function applyRates(
  shop: Shop,
  version: number,
): Promise<{ readonly rows: number; readonly changed: number; readonly events: number }> {
  const { database } = shop;
  const rows = Number((await database.one('SELECT count(*) AS n FROM rate_load'))?.['n']);
  await database.run(
    "CREATE OR REPLACE TEMP TABLE rate_new AS SELECT currency AS key, day AS valid_from, json_object('rate', last(rate ORDER BY line))::VARCHAR AS attributes FROM rate_load GROUP BY ALL",
  );
  const known = "SELECT key, valid_from, attributes FROM dimension WHERE kind = 'rates'";
  await database.run(`CREATE OR REPLACE TEMP TABLE rate_change AS (FROM rate_new EXCEPT ${known})`);
  const changed = Number((await database.one('SELECT count(*) AS n FROM rate_change'))?.['n']);
  if (changed > 0) {
    await database.run(
      "DELETE FROM dimension WHERE kind = 'rates' AND (key, valid_from) IN (SELECT (key, valid_from) FROM rate_change)",
    );
    await database.run(
      `INSERT INTO dimension SELECT 'rates', key, valid_from, TIMESTAMP '9999-12-31', attributes, ${version} FROM rate_change`,
    );
  }
  return { rows, changed, events: await useRates(shop) };
}

/** Rates that were converted by days of another zone are converted anew, when a shop is opened. */
export async function settleRates(shop: Shop): Promise<void> {
  const { database } = shop;
  const zone = await loadSetting(database, 'rates_zone');
  if (zone === undefined || zone === shop.settings.zone) {
    shop.rates.replace(await rateVersions(shop));
    shop.unconverted = await countUnconverted(shop);
  } else await database.transaction(() => useRates(shop));
}

/** Takes the stored rates into use for what comes and for what is there. @returns how many events changed */
async function useRates(shop: Shop): Promise<number> {
  const versions = await rateVersions(shop);
  await saveSetting(shop.database, 'rates_zone', shop.settings.zone);
  const events = await reconvert(shop, versions);
  shop.rates.replace(versions);
  shop.unconverted = await countUnconverted(shop);
  return events;
}

async function rateVersions({ database, symbols, settings: { zone } }: Shop): Promise<RateVersions> {
  const rows = await database.rows(
    "SELECT key, epoch_us(valid_from) AS day, attributes ->> 'rate' AS rate FROM dimension WHERE kind = 'rates' ORDER BY key, valid_from",
  );
  const starts = new Map<number, number>();
  const found = new Map<number, RateVersion[]>();
  for (const row of rows) {
    const [currency, day, rate] = [
      symbols.idOf(String(row['key'])),
      Number(row['day']),
      parseRate(String(row['rate'])),
    ];
    if (rate === null) throw new Error(`the stored rate ${String(row['rate'])} is none`);
    const from = starts.get(day) ?? startOfDay(day, zone);
    starts.set(day, from);
    const versions = found.get(currency) ?? [];
    versions.push({ from, rate });
    found.set(currency, versions);
  }
  return found;
}
