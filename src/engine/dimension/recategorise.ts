import { BIGINT, INTEGER } from '@duckdb/node-api';
import { visitorSql } from '../../compile/context.ts';
import { appendColumns } from '../../store/append.ts';
import type { CategoryVersion } from '../categories.ts';
import { int32Column, int64Column } from '../columns.ts';
import { markChanged } from '../mark-changed.ts';
import type { Shop } from '../shop.ts';
import { unsealed } from '../unsealed.ts';

type Versions = ReadonlyMap<number, readonly CategoryVersion[]>;

/**
 * Brings category_name in raw in line with changed catalogue versions, and marks what was closed over the events
 * that changed. Inside the transaction that changed them.
 *
 * @returns how many events changed
 */
export async function recategorise(shop: Shop, before: Versions, after: Versions): Promise<number> {
  const { database } = shop;
  const changed = [...after].filter(
    ([product, versions]) => JSON.stringify(before.get(product)) !== JSON.stringify(versions),
  );
  if (changed.length === 0 || shop.extent === null) return 0;
  await writeVersions(shop, changed);
  await writeCodeParts(shop);
  const version = `SELECT r.seq, last(v.category ORDER BY v.start) AS category FROM raw r JOIN category_version v ON v.product = r.product_id AND epoch_us(r.event_time) >= v.start GROUP BY r.seq`;
  await database.run(
    `CREATE OR REPLACE TEMP TABLE recategorised AS SELECT r.seq, r.event_time, r.session_id, ${visitorSql(shop.context.widths)} AS visitor, coalesce(nullif(v.category, 0), r.category, p.part) AS name FROM raw r JOIN (${version}) v USING (seq) LEFT JOIN code_part p ON p.code = r.category_code WHERE ${unsealed(shop)} AND r.category_name IS DISTINCT FROM coalesce(nullif(v.category, 0), r.category, p.part)`,
  );
  const events = Number((await database.one('SELECT count(*) AS n FROM recategorised'))?.['n']);
  if (events === 0) return 0;
  await database.run('UPDATE raw_event SET category_name = x.name FROM recategorised x WHERE raw_event.seq = x.seq');
  await markChanged(shop, 'recategorised', 'dimension');
  return events;
}

/** Versions of the changed products in `category_version`; a time before the first has no catalogue category. */
async function writeVersions(
  { database }: Shop,
  changed: readonly (readonly [number, readonly CategoryVersion[]])[],
): Promise<void> {
  const rows = changed.flatMap(([product, versions]) => [
    { product, start: 0, category: 0 },
    ...versions.map(({ from, category }) => ({ product, start: Math.max(from, 1), category })),
  ]);
  await database.run('CREATE OR REPLACE TEMP TABLE category_version (product INTEGER, start BIGINT, category INTEGER)');
  await appendColumns(
    database.connection,
    'temp.main.category_version',
    [
      { type: INTEGER, column: int32Column(Int32Array.from(rows, ({ product }) => product)) },
      { type: BIGINT, column: int64Column(rows.map(({ start }) => start)) },
      { type: INTEGER, column: int32Column(Int32Array.from(rows, ({ category }) => category)) },
    ],
    rows.length,
  );
}

/** The first part of every category code in use, in `code_part`. */
async function writeCodeParts(shop: Shop): Promise<void> {
  const codes = (
    await shop.database.rows('SELECT DISTINCT category_code AS code FROM raw WHERE category_code IS NOT NULL')
  ).map((row) => Number(row['code']));
  const parts = codes.map((code) => shop.categories.resolve(0, 0, code, 0));
  await shop.database.run('CREATE OR REPLACE TEMP TABLE code_part (code INTEGER, part INTEGER)');
  await appendColumns(
    shop.database.connection,
    'temp.main.code_part',
    [
      { type: INTEGER, column: int32Column(Int32Array.from(codes)) },
      {
        type: INTEGER,
        column: int32Column(
          Int32Array.from(parts),
          Uint8Array.from(parts, (part) => (part === 0 ? 0 : 1)),
        ),
      },
    ],
    codes.length,
  );
}
