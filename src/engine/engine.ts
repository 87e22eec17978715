import type { EventBatch } from '../core/batch.ts';
import type { EpochMicros, Millis } from '../core/time.ts';
import { checkpointIfDue } from '../store/checkpoint.ts';
import { type FinalizeOutcome, finalize } from './finalize.ts';
import { type IngestOptions, type IngestOutcome, ingest } from './ingest.ts';
import { finalizeDue, type Pace } from './protocol/schedule.ts';
import type { Shop } from './shop.ts';

/**
 * Batches in, exact rows out. The engine runs one transaction at a time: ingest, then, whenever something is worth
 * closing, finalize, then a checkpoint when the log has grown.
 *
 * Caller must: give the batches of a partition in order, each once. Invariant: after any crash the database is as
 * after some earlier `take`, and giving the batches from the stored positions on leads to the same final rows.
 */
export class Engine {
  readonly shop: Shop;
  private readonly pace: Pace;
  private readonly now: () => EpochMicros;
  private sinceFinalize = 0;
  private lastFinalize: EpochMicros;

  constructor(shop: Shop, pace: Pace, now: () => EpochMicros) {
    this.shop = shop;
    this.pace = pace;
    this.now = now;
    this.lastFinalize = now();
  }

  /** Takes a batch in, and finalizes when it is time. */
  take(batch: EventBatch, options: Omit<IngestOptions, 'arrival'>): Promise<IngestOutcome> {
    return this.shop.database.exclusively(async () => {
      const outcome = await ingest(this.shop, batch, { ...options, arrival: this.now() });
      this.sinceFinalize += batch.count;
      const waited: Millis = (this.now() - this.lastFinalize) / 1000;
      if (finalizeDue({ events: this.sinceFinalize, waited }, this.pace)) await this.finalizeNow(false);
      return outcome;
    });
  }

  /** Closes what is due; with `byEnd` everything, because no more input will come. */
  finalize(byEnd: boolean): Promise<FinalizeOutcome> {
    return this.shop.database.exclusively(() => this.finalizeNow(byEnd));
  }

  private async finalizeNow(byEnd: boolean): Promise<FinalizeOutcome> {
    const outcome = await finalize(this.shop, { byEnd, at: this.now() });
    this.sinceFinalize = 0;
    this.lastFinalize = this.now();
    await checkpointIfDue(this.shop.database);
    return outcome;
  }
}
