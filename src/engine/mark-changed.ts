import { eventScope } from '../compile/context.ts';
import { compileExpression } from '../compile/expression.ts';
import { keyOf } from '../compile/ledger.ts';
import type { EpochMicros } from '../core/time.ts';
import { cutOf } from '../view/kind.ts';
import { isDirty, stretchOf, touchedWindows } from './protocol/windows.ts';
import type { Shop } from './shop.ts';

/**
 * Marks what was closed over events whose derived values have changed: their windows where due, their session keys, the
 * keys that ledgers know them by, and their batches.
 * Inside the transaction that changed them.
 *
 * @param changed table of those events: seq, event_time, session_id, visitor
 */
export async function markChanged(shop: Shop, changed: string, cause: string): Promise<void> {
  await markWindows(shop, changed, cause);
  await shop.database.run(
    `INSERT INTO dirty_session SELECT DISTINCT session_id, visitor, event_time, '${cause}', NULL::INTEGER, ${shop.ingest.batch} FROM ${changed}`,
  );
  for (const view of shop.views) {
    if (view.kind.kind === 'absence')
      await shop.database.run(
        `INSERT INTO dirty_batch SELECT '${view.name}', min(epoch_us(event_time)), max(epoch_us(event_time)), '${cause}', NULL::INTEGER, batch FROM raw WHERE seq IN (SELECT seq FROM ${changed}) GROUP BY batch`,
      );
    if (view.kind.kind !== 'ledger') continue;
    const key = compileExpression(keyOf(view).value.of, eventScope(shop.context), shop.context).sql;
    await shop.database.run(
      `INSERT INTO dirty_key SELECT ${key}, min(event_time), '${cause}', NULL::INTEGER, ${shop.ingest.batch} FROM raw WHERE seq IN (SELECT seq FROM ${changed}) AND ${key} IS NOT NULL GROUP BY ALL`,
    );
  }
}

async function markWindows({ database, views, ingest, settings }: Shop, changed: string, cause: string): Promise<void> {
  for (const view of views) {
    const cut = cutOf(view.kind);
    if (cut === null) continue;
    const stretches = await database.rows(
      `SELECT min(epoch_us(event_time)) AS first, max(epoch_us(event_time)) AS last FROM ${changed} GROUP BY epoch_us(event_time) // ${stretchOf(cut.windowing)}`,
    );
    const windows = new Map<EpochMicros, EpochMicros>();
    for (const { first, last } of stretches) {
      for (const window of touchedWindows(cut, Number(first), Number(last), settings.zone)) {
        if (isDirty(window, cut, ingest.watermark)) windows.set(window.start, window.end);
      }
    }
    for (const [start, end] of windows) {
      await database.run(
        `INSERT INTO dirty_window VALUES ('${view.name}', ${start}, ${end}, '${cause}', NULL, ${ingest.batch})`,
      );
    }
  }
}
