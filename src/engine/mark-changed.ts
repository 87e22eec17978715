import { type EpochMicros, minutes } from '../core/time.ts';
import { isDirty, windowsAt } from './protocol/windows.ts';
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
    if (view.kind.kind !== 'window') continue;
    const { windowing } = view.kind;
    const width =
      windowing.shape === 'tumbling' ? windowing.size : windowing.shape === 'sliding' ? windowing.step : minutes(15);
    const times = await database.rows(
      `SELECT min(epoch_us(event_time)) AS instant FROM ${changed} GROUP BY epoch_us(event_time) // ${width}`,
    );
    const windows = new Map<EpochMicros, EpochMicros>();
    for (const { instant } of times) {
      for (const window of windowsAt(Number(instant), windowing, settings.zone)) {
        if (isDirty(window, ingest.watermark)) windows.set(window.start, window.end);
      }
    }
    for (const [start, end] of windows) {
      await database.run(
        `INSERT INTO dirty_window VALUES ('${view.name}', ${start}, ${end}, '${cause}', NULL, ${ingest.batch})`,
      );
    }
  }
}
