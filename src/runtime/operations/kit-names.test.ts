import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { catalog } from '../../../shop/views/catalog.ts';
import { literalText } from '../../core/sql-text.ts';
import { withoutKits } from './kit-names.ts';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const rewritten = async (sql: string): Promise<string> => {
  const [row] = (
    await connection.runAndReadAll(`SELECT json_serialize_sql(${literalText(sql)}::VARCHAR)::VARCHAR AS p`)
  ).getRowObjects();
  return withoutKits(sql, JSON.parse(String(row?.['p'])), catalog);
};

test.each([
  ['SELECT * FROM journey.conversion_funnel', 'SELECT * FROM         conversion_funnel'],
  ["SELECT 'é', x FROM journey . brand_activity b", "SELECT 'é', x FROM           brand_activity b"],
  ['FROM "journey"."brand_activity"', 'FROM           "brand_activity"'],
  [
    'SELECT journey.brand_activity.brand FROM JOURNEY.brand_activity',
    'SELECT         brand_activity.brand FROM         brand_activity',
  ],
  [
    'WITH q AS (FROM realtime.category_revenue) SELECT (SELECT 1 FROM journey.brand_activity) FROM q',
    'WITH q AS (FROM          category_revenue) SELECT (SELECT 1 FROM         brand_activity) FROM q',
  ],
])('%s', async (sql, expected) => {
  expect(await rewritten(sql)).toBe(expected);
});

test.each([
  'SELECT * FROM conversion_funnel',
  'SELECT * FROM realtime.conversion_funnel',
  "SELECT 'journey.conversion_funnel' FROM conversion_funnel AS journey",
  'SELECT journey.brand_activity.x FROM (SELECT {x: 1} AS brand_activity) AS journey',
])('what names no kit stays: %s', async (sql) => {
  expect(await rewritten(sql)).toBe(sql);
});
