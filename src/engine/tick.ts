import type { EpochMicros } from '../core/time.ts';
import { writeBatchRow } from './batch-row.ts';
import { crashPoint } from './crash-point.ts';
import { tickedWatermark } from './protocol/silence.ts';
import type { Shop } from './shop.ts';
import type { IngestState } from './state.ts';

/**
 * An ingest transaction without events: time alone moves the watermark, because live partitions are silent (semantics
 * 9). Stored like any batch, so that what comes after a restart is late, or not, as it would have been.
 *
 * Caller must hold a place between batches, with every event that was handed over taken in.
 *
 * @returns false when the watermark stays where it is: nothing is stored
 */
export async function tick(shop: Shop, silent: ReadonlySet<string>, now: EpochMicros): Promise<boolean> {
  const { database, ingest: previous, settings } = shop;
  const { watermark: before, arrival: heard, progress } = previous;
  const watermark = tickedWatermark(
    { watermark: before, progress: progress.values(), silent, heard, lateness: settings.lateness },
    now,
  );
  if (watermark === null) return false;
  const next: IngestState = { ...previous, batch: previous.batch + 1, arrival: now, watermark };
  await database.transaction(async () => {
    await writeBatchRow(database, next, previous);
    crashPoint('tick.before_commit');
  });
  shop.ingest = next;
  crashPoint('tick.committed');
  return true;
}
