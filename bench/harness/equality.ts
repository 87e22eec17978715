import { DuckDBInstance } from '@duckdb/node-api';
import { queryRows } from './footfall.ts';

interface TableCheck {
  readonly table: string;
  /** Columns that must be equal to the last digit. */
  readonly exact: readonly string[];
  /** Averages, rates and spreads: doubles, equal but for the order of additions. */
  readonly near: readonly string[];
}

const instant = (column: string): string => `epoch_us(${column})`;
const joined = (list: string): string => `array_to_string(${list}, '/')`;
const WINDOW = [instant('window_start'), instant('window_end')];

/** The tables of the reference set with all their columns. */
export const REFERENCE_SET: readonly TableCheck[] = [
  {
    table: 'event_aggregations',
    exact: [
      ...WINDOW,
      'category_name',
      'event_type',
      'event_count',
      'unique_users',
      'unique_sessions',
      'total_revenue',
      'max_price',
      'min_price',
    ],
    near: ['avg_price', 'price_stddev'],
  },
  { table: 'brand_activity', exact: [...WINDOW, 'brand', 'event_count', 'unique_users'], near: ['avg_price'] },
  {
    table: 'user_session_analytics',
    exact: [
      'user_session',
      'user_id',
      'total_events',
      'unique_products_viewed',
      'view_count',
      'cart_count',
      'purchase_count',
      'total_purchase_value',
      joined('categories_browsed'),
      joined('brands_viewed'),
      instant('session_start'),
      instant('session_end'),
      'has_view',
      'has_cart',
      'has_purchase',
    ],
    near: ['avg_product_price', 'session_duration_minutes', 'conversion_rate'],
  },
  {
    table: 'conversion_funnel',
    exact: [...WINDOW, 'total_sessions', 'sessions_with_view', 'sessions_with_cart', 'sessions_with_purchase'],
    near: [
      'avg_session_duration',
      'avg_purchase_value',
      'view_to_cart_rate',
      'cart_to_purchase_rate',
      'overall_conversion_rate',
    ],
  },
  { table: 'product_page_views', exact: [...WINDOW, 'product_id', 'category', 'view_count', 'unique_users'], near: [] },
  {
    table: 'category_revenue',
    exact: [...WINDOW, 'category', 'transaction_count', 'total_revenue'],
    near: ['avg_transaction'],
  },
  {
    table: 'inactivity_sessions',
    exact: ['session_id', instant('session_start'), 'event_count', 'duration_seconds', 'status'],
    near: [],
  },
];

/** One row that stands for a table: its rows, the sum of a hash of each row's exact columns, and sums of the others. */
export function digestSql({ table, exact, near }: TableCheck): string {
  const row = exact.map((column) => `coalesce(${column}::VARCHAR, 'null')`).join(` || '|' || `);
  const sums = near.map((column, i) => `sum(${column}) AS near_${i}, count(${column}) AS known_${i}`);
  return `SELECT ${['count(*) AS row_count', `sum(hash(${row}))::VARCHAR AS digest`, ...sums].join(', ')} FROM ${table}`;
}

/** How far two sums of doubles may lie apart, as a share. */
const TOLERANCE = 1e-9;

/** Names of the columns of two digests that differ. */
export function differences(
  ours: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(theirs).filter((name) => {
    const [a, b] = [ours[name], theirs[name]];
    if (!name.startsWith('near_') || a === null || b === null) return String(a) !== String(b);
    const apart = Math.abs(Number(a) - Number(b));
    return !(apart <= TOLERANCE * Math.max(Math.abs(Number(a)), Math.abs(Number(b)), 1));
  });
}

/**
 * Compares every table of the reference set in a shop's data folder with the comparator's database.
 *
 * @throws Error naming each table and column that differs
 */
export async function assertEqualTables(folder: string, database: string): Promise<void> {
  const instance = await DuckDBInstance.create(database, { threads: '2', access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const unequal: string[] = [];
  for (const check of REFERENCE_SET) {
    const sql = digestSql(check);
    const [theirs] = (await connection.runAndReadAll(sql)).getRowObjects();
    const [ours] = await queryRows(sql, folder);
    if (ours === undefined || theirs === undefined) throw new Error(`no digest of ${check.table}`);
    const found = differences(ours, theirs);
    if (found.length > 0) {
      const values = found.map((name) => `${name}: ours ${String(ours[name])}, one-shot ${String(theirs[name])}`);
      unequal.push(`${check.table} (${values.join('; ')})`);
    }
  }
  connection.closeSync();
  instance.closeSync();
  if (unequal.length > 0) throw new Error(`the tables are not equal:\n  ${unequal.join('\n  ')}`);
}
