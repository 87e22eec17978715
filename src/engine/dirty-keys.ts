import { INTEGER, TIMESTAMP, VARCHAR } from '@duckdb/node-api';
import { movements, withinSpan } from '../compile/ledger.ts';
import type { EpochMicros } from '../core/time.ts';
import { appendColumns } from '../store/append.ts';
import type { ViewPlan } from '../view/view.ts';
import { constantInt32, int32Column, int64Column } from './columns.ts';
import { keptViews } from './definitions/beside.ts';
import { keyMarksRipe } from './dirty-marks.ts';
import type { Shop, ShopSnapshot } from './shop.ts';

/** A key of ledgers that a fact has changed. */
export interface ChangedKey {
  /** Symbol. */
  readonly key: number;
  /** From when on. */
  readonly from: EpochMicros;
}

/**
 * Fills the temporary table `table` with the keys (k) of a ledger that have something new before `before`: those that
 * facts name, and those that the late events of marked batches move. Most late events move nothing, and only the marked
 * batches are looked through.
 *
 * @param which `ripe`: marks that count now; `all`: also those that wait for their load
 * @returns how many keys there are
 */
export async function dirtyKeys(
  shop: ShopSnapshot,
  ledger: ViewPlan,
  before: EpochMicros,
  which: 'ripe' | 'all',
  table: string,
): Promise<number> {
  const { database, context } = shop;
  const span = { start: Number.NEGATIVE_INFINITY, end: before };
  const counting = [...withinSpan('event_time', span, context), which === 'ripe' ? keyMarksRipe(shop) : 'TRUE'];
  const marks = `FROM dirty_key WHERE ${counting.join(' AND ')}`;
  const batches = (await database.rows(`SELECT DISTINCT batch ${marks} AND key IS NULL ORDER BY 1`)).map(({ batch }) =>
    Number(batch),
  );
  const parts = [`SELECT key AS k ${marks} AND key IS NOT NULL`];
  if (batches.length > 0) {
    const those = `batch BETWEEN ${batches[0]} AND ${batches.at(-1)} AND batch IN (${batches.join(', ')})`;
    parts.push(`SELECT k FROM (${movements(ledger, { span }, context, [those])})`);
  }
  await database.run(`CREATE OR REPLACE TEMP TABLE ${table} AS ${parts.join(' UNION ')}`);
  return Number((await database.one(`SELECT count(*) AS n FROM ${table}`))?.['n']);
}

/** Marks keys that a fact has changed, for every ledger. Inside the transaction of the fact. */
export async function markKeys(shop: Shop, changed: readonly ChangedKey[], cause: string): Promise<void> {
  const { database, ingest, extent } = shop;
  // A shop without events has no rows that could change.
  if (extent === null || !keptViews(shop).some(({ kind }) => kind.kind === 'ledger')) return;
  const count = changed.length;
  await appendColumns(
    database.connection,
    'dirty_key',
    [
      { type: INTEGER, column: int32Column(Int32Array.from(changed, ({ key }) => key)) },
      { type: TIMESTAMP, column: int64Column(changed.map(({ from }) => from)) },
      { type: VARCHAR, column: { kind: 'text', values: changed.map(() => cause) } },
      { type: INTEGER, column: { kind: 'absent' } },
      { type: INTEGER, column: constantInt32(ingest.batch, count) },
    ],
    count,
  );
}
