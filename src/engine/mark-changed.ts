import type { EpochMicros } from '../core/time.ts';
import { cutOf } from '../view/kind.ts';
import { isDirty, stretchOf, touchedWindows } from './protocol/windows.ts';
import type { Shop } from './shop.ts';

/**
 * Marks what was closed over events whose derived values have changed: their windows where due, and their session keys.
 * Inside the transaction that changed them.
 *
 * @param changed table of those events: event_time, session_id, visitor
 */
export async function markChanged(shop: Shop, changed: string, cause: string): Promise<void> {
  await markWindows(shop, changed, cause);
  await shop.database.run(
    `INSERT INTO dirty_session SELECT DISTINCT session_id, visitor, event_time, '${cause}', NULL::INTEGER, ${shop.ingest.batch} FROM ${changed}`,
  );
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
