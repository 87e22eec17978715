import type { AppliedFact, ApplyFact } from '../fact-engine.ts';
import { parseRate, RATE_DECIMALS, type RateVersion, startOfDay } from '../protocol/conversion.ts';
import type { Shop } from '../shop.ts';
import { loadSetting, saveSetting } from '../state.ts';
import type { DimensionChange, ReadDimension } from './dimension-kind.ts';
import { readTable } from './read-table.ts';
import { countUnconverted, type RateVersions, reconvert } from './reconvert.ts';
import { DATED, replaceDated, rowsOf } from './replace-dated.ts';

const LOAD = 'rate_load';

/** Reads rates into `rate_load` (line, currency, day, rate as text). They have days of their own, and hold from no other. */
export const readRates: ReadDimension = async (shop, csv, shownAs) => {
  await readTable(shop, {
    csv,
    shownAs,
    needed: ['date', 'currency', 'rate'],
    select: () =>
      `currency, date AS given, CASE WHEN regexp_full_match(date, '\\d{4}-\\d{2}-\\d{2}') AND date >= '1990-01-01' AND date < '2200-01-01' THEN try_cast(date AS TIMESTAMP) END AS day, rate`,
    // As `parseRate` has it.
    reason: `CASE WHEN currency IS NULL THEN 'currency is empty' WHEN day IS NULL THEN 'date is not a day from 1990 to 2199 such as 2019-10-01: ' || coalesce(given, 'empty') WHEN rate IS NULL OR NOT regexp_full_match(rate, '\\d{1,7}(\\.\\d{1,${RATE_DECIMALS}})?') OR regexp_full_match(rate, '[0.]*') THEN 'rate is not a number above 0 and below 10000000 with at most ${RATE_DECIMALS} decimals: ' || coalesce(rate, 'empty') END`,
    into: LOAD,
  });
  return () => (number) => applyRates(shop, number);
};

async function applyRates(shop: Shop, number: number): ReturnType<ApplyFact<DimensionChange>> {
  const rows = await rowsOf(shop, LOAD);
  await shop.database.run(
    `CREATE OR REPLACE TEMP TABLE ${DATED} AS SELECT currency AS key, day AS valid_from, json_object('rate', last(rate ORDER BY line))::VARCHAR AS attributes FROM ${LOAD} GROUP BY ALL`,
  );
  const changed = await replaceDated(shop, 'rates', number);
  const { outcome: events, remember } = await useRates(shop);
  return { outcome: { rows, changed, events }, remember };
}

/** Takes the stored rates into use, when a shop is opened: what was converted by days of another zone is converted anew. */
export async function settleRates(shop: Shop): Promise<void> {
  const { database } = shop;
  const zone = await loadSetting(database, 'rates_zone');
  if (zone === undefined || zone === shop.settings.zone) {
    shop.rates.replace(await rateVersions(shop, shop.settings.zone));
    shop.unconverted = await countUnconverted(shop);
  } else (await database.transaction(() => useRates(shop))).remember();
}

/** Converts anew what was converted by days of another zone. Inside the transaction that changes the zone. */
export async function followZone(shop: Shop, zone: string): Promise<() => void> {
  const before = await loadSetting(shop.database, 'rates_zone');
  return before === undefined || before === zone ? () => undefined : (await useRates(shop, zone)).remember;
}

/** Converts what is there by the stored rates, for memory to use them for what comes. @returns how many events changed */
async function useRates(shop: Shop, zone = shop.settings.zone): Promise<Required<AppliedFact<number>>> {
  const versions = await rateVersions(shop, zone);
  await saveSetting(shop.database, 'rates_zone', zone);
  const outcome = await reconvert(shop, versions);
  const unconverted = await countUnconverted(shop);
  return {
    outcome,
    remember: () => {
      shop.rates.replace(versions);
      shop.unconverted = unconverted;
    },
  };
}

async function rateVersions({ database, symbols }: Shop, zone: string): Promise<RateVersions> {
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
