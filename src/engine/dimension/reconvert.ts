import { BIGINT, INTEGER } from '@duckdb/node-api';
import { visitorSql } from '../../compile/context.ts';
import { appendColumns } from '../../store/append.ts';
import { int32Column, int64Column } from '../columns.ts';
import { FOREIGN } from '../foreign-money.ts';
import { markChanged } from '../mark-changed.ts';
import { MONEY_BOUND, RATE_SCALE, type RateVersion } from '../protocol/conversion.ts';
import type { Shop } from '../shop.ts';
import { unsealed } from '../unsealed.ts';

/** Rates by symbol of the currency, each in order of time. */
export type RateVersions = ReadonlyMap<number, readonly RateVersion[]>;

const NAMES = ['price', 'amount'] as const;

/**
 * Brings converted money in raw in line with changed rates, and marks what was closed over the events that changed.
 * Inside the transaction that changed the rates.
 *
 * @returns how many events changed
 */
export async function reconvert(shop: Shop, rates: RateVersions): Promise<number> {
  const { database, shape, context } = shop;
  const present = NAMES.filter((name) => shape.present.includes(FOREIGN[name]));
  if (present.length === 0 || shop.extent === null) return 0;
  await writeRates(shop, rates);
  // The same rule as `convert`, for all events at once: exact, half to even, nothing from 1e9 on.
  const product = 'abs((money * 10000)::BIGINT)::HUGEINT * rate';
  const rounded = `((${product}) // ${RATE_SCALE} + CASE WHEN 2 * ((${product}) % ${RATE_SCALE}) > ${RATE_SCALE} OR (2 * ((${product}) % ${RATE_SCALE}) = ${RATE_SCALE} AND (${product}) // ${RATE_SCALE} % 2 = 1) THEN 1 ELSE 0 END)`;
  await database.run(
    `CREATE OR REPLACE TEMP MACRO converted(money, rate) AS CASE WHEN ${rounded} < ${MONEY_BOUND} THEN (sign(money) * ${rounded})::DECIMAL(18,0) * 0.0001::DECIMAL(4,4) END`,
  );
  const news = present.map(
    (name) =>
      `CASE WHEN r.${FOREIGN[name]} IS NULL THEN r.${name} ELSE converted(r.${FOREIGN[name]}, v.rate)::DECIMAL(18,4) END AS new_${name}`,
  );
  const foreign = present.map((name) => `r.${FOREIGN[name]} IS NOT NULL`).join(' OR ');
  const differs = present.map((name) => `${name} IS DISTINCT FROM new_${name}`).join(' OR ');
  await database.run(
    `CREATE OR REPLACE TEMP TABLE reconverted AS SELECT * FROM (SELECT r.seq, r.event_time, r.session_id, ${visitorSql(context.widths)} AS visitor, ${present.map((name) => `r.${name}`).join(', ')}, ${news.join(', ')} FROM raw r ASOF LEFT JOIN rate_version v ON r.currency = v.currency AND epoch_us(r.event_time) >= v.start WHERE (${foreign}) AND ${unsealed(shop)}) WHERE ${differs}`,
  );
  const events = Number((await database.one('SELECT count(*) AS n FROM reconverted'))?.['n']);
  if (events === 0) return 0;
  await database.run(
    `UPDATE raw_event SET ${present.map((name) => `${name} = x.new_${name}`).join(', ')} FROM reconverted x WHERE raw_event.seq = x.seq`,
  );
  await markChanged(shop, 'reconverted', 'rates');
  return events;
}

async function writeRates({ database }: Shop, rates: RateVersions): Promise<void> {
  const rows = [...rates].flatMap(([currency, versions]) => versions.map((version) => ({ currency, ...version })));
  await database.run('CREATE OR REPLACE TEMP TABLE rate_version (currency INTEGER, start BIGINT, rate BIGINT)');
  await appendColumns(
    database.connection,
    'temp.main.rate_version',
    [
      { type: INTEGER, column: int32Column(Int32Array.from(rows, ({ currency }) => currency)) },
      { type: BIGINT, column: int64Column(rows.map(({ from }) => from)) },
      {
        type: BIGINT,
        column: { kind: 'int64', data: new Uint8Array(BigInt64Array.from(rows, ({ rate }) => rate).buffer) },
      },
    ],
    rows.length,
  );
}

/** How many events have money of another currency that is not converted. */
export async function countUnconverted({ database, shape }: Shop): Promise<number> {
  const present = NAMES.filter((name) => shape.present.includes(FOREIGN[name]));
  if (present.length === 0) return 0;
  const open = present.map((name) => `(${FOREIGN[name]} IS NOT NULL AND ${name} IS NULL)`).join(' OR ');
  return Number((await database.one(`SELECT count(*) AS n FROM raw WHERE ${open}`))?.['n']);
}
