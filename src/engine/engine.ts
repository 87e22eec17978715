import type { EventBatch } from '../core/batch.ts';
import type { EpochMicros, Millis } from '../core/time.ts';
import { checkpointIfDue } from '../store/checkpoint.ts';
import { crashPoint } from './crash-point.ts';
import { type FinalizeOutcome, finalize } from './finalize.ts';
import { type IngestOptions, type IngestOutcome, ingest } from './ingest.ts';
import { finalizeDue, type Pace } from './protocol/schedule.ts';
import { neededShape, sameShape } from './raw-shape.ts';
import type { Shop } from './shop.ts';

/**
 * Batches in, exact rows out. Batches are ingested one after the other; whenever something is worth closing, a
 * finalizer transaction runs beside the next ones, one at a time.
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
  /** The finalizer run beside intake, if one is under way. Its failure is thrown where it is next waited for. */
  private running: Promise<unknown> | undefined;

  constructor(shop: Shop, pace: Pace, now: () => EpochMicros) {
    this.shop = shop;
    this.pace = pace;
    this.now = now;
    this.lastFinalize = now();
  }

  /** Takes a batch in, and has it finalized when it is time: at most one finalizer run behind. */
  async take(batch: EventBatch, options: Omit<IngestOptions, 'arrival'>): Promise<IngestOutcome> {
    const { shop } = this;
    const columns = options.translation.translate(batch);
    const needed = neededShape(shop.shape, columns);
    if (!sameShape(shop.shape, needed))
      await shop.database.exclusively(() => shop.settleShape(neededShape(shop.shape, columns)));
    const outcome = await shop.database.betweenBatches(() => ingest(shop, batch, { ...options, arrival: this.now() }));
    this.sinceFinalize += batch.count;
    const waited: Millis = (this.now() - this.lastFinalize) / 1000;
    if (finalizeDue({ events: this.sinceFinalize, waited }, this.pace)) {
      await this.settled();
      this.running = this.finalizeNow(false);
      // It is waited for by the next that needs it: until then its failure must not count as unhandled.
      this.running.catch(() => undefined);
    }
    return outcome;
  }

  /** Closes what is due; with `byEnd` everything, because no more input will come. */
  async finalize(byEnd: boolean): Promise<FinalizeOutcome> {
    await this.settled();
    return this.finalizeNow(byEnd);
  }

  /** Waits for the finalizer run under way, and throws what it failed with. */
  async settled(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running;
  }

  private async finalizeNow(byEnd: boolean): Promise<FinalizeOutcome> {
    const { database } = this.shop;
    this.sinceFinalize = 0;
    const outcome = await database.betweenEpochs(() => finalize(this.shop, { byEnd, at: this.now() }));
    this.lastFinalize = this.now();
    await database.exclusively(async () => {
      crashPoint('checkpoint.begun');
      await checkpointIfDue(database);
      crashPoint('checkpoint.done');
    });
    return outcome;
  }
}
