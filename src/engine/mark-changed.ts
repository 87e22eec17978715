import { BIGINT, INTEGER, VARCHAR } from '@duckdb/node-api';
import { eventScope } from '../compile/context.ts';
import { compileExpression } from '../compile/expression.ts';
import { keyOf } from '../compile/ledger.ts';
import type { BatchColumn } from '../core/batch.ts';
import type { EpochMicros } from '../core/time.ts';
import { appendColumns } from '../store/append.ts';
import { cutOf } from '../view/kind.ts';
import { constantInt32, int64Column } from './columns.ts';
import { isBeside, keptViews } from './definitions/beside.ts';
import { isDirty, stretchOf, touchedWindows } from './protocol/windows.ts';
import type { Shop } from './shop.ts';
import { insertRows } from './write-rows.ts';

/**
 * Marks what was closed over events whose derived values have changed: their windows where due, their session keys, the
 * keys that ledgers know them by, and their batches.
 * Inside the transaction that changed them.
 *
 * @param changed table of those events: seq, event_time, session_id, visitor
 */
export async function markChanged(shop: Shop, changed: string, cause: string): Promise<void> {
  await markWindows(shop, changed, cause);
  const marked = `'${cause}' AS cause, NULL::INTEGER AS load, ${shop.ingest.batch} AS batch`;
  await insertRows(
    shop.database,
    'dirty_session',
    `SELECT DISTINCT session_id, visitor, event_time, ${marked} FROM ${changed}`,
  );
  for (const view of keptViews(shop)) {
    if (view.kind.kind === 'absence' || view.kind.kind === 'anomaly')
      await insertRows(
        shop.database,
        'dirty_batch',
        `SELECT '${view.name}' AS view, min(epoch_us(event_time)) AS first_time, max(epoch_us(event_time)) AS last_time, '${cause}' AS cause, NULL::INTEGER AS load, batch FROM raw WHERE seq IN (SELECT seq FROM ${changed}) GROUP BY batch`,
      );
    if (view.kind.kind !== 'ledger') continue;
    const key = compileExpression(keyOf(view).value.of, eventScope(shop.context), shop.context).sql;
    await insertRows(
      shop.database,
      'dirty_key',
      `SELECT ${key} AS key, min(event_time) AS event_time, ${marked} FROM raw WHERE seq IN (SELECT seq FROM ${changed}) AND ${key} IS NOT NULL GROUP BY ALL`,
    );
  }
}

async function markWindows(shop: Shop, changed: string, cause: string): Promise<void> {
  const { database, ingest, settings, beside } = shop;
  for (const view of keptViews(shop)) {
    const zone = isBeside(view.name) && beside !== null ? beside.definitions.zone : settings.zone;
    const cut = cutOf(view.kind);
    if (cut === null) continue;
    const stretches = await database.rows(
      `SELECT min(epoch_us(event_time)) AS first, max(epoch_us(event_time)) AS last FROM ${changed} GROUP BY epoch_us(event_time) // ${stretchOf(cut.windowing)}`,
    );
    const windows = new Map<EpochMicros, EpochMicros>();
    for (const { first, last } of stretches) {
      for (const window of touchedWindows(cut, Number(first), Number(last), zone)) {
        if (isDirty(window, cut, ingest.watermark)) windows.set(window.start, window.end);
      }
    }
    await appendColumns(
      database.connection,
      'dirty_window',
      [
        { type: VARCHAR, column: constantText(view.name, windows.size) },
        { type: BIGINT, column: int64Column([...windows.keys()]) },
        { type: BIGINT, column: int64Column([...windows.values()]) },
        { type: VARCHAR, column: constantText(cause, windows.size) },
        { type: INTEGER, column: { kind: 'absent' } },
        { type: INTEGER, column: constantInt32(ingest.batch, windows.size) },
      ],
      windows.size,
    );
  }
}

const constantText = (text: string, count: number): BatchColumn => ({ kind: 'text', values: Array(count).fill(text) });
