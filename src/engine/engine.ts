import type { EventBatch } from '../core/batch.ts';
import type { EpochMicros, Micros, Millis } from '../core/time.ts';
import { checkpointIfDue } from '../store/checkpoint.ts';
import { crashPoint } from './crash-point.ts';
import { factMarksWait } from './dirty-marks.ts';
import { eraseBatch } from './erase/erase-batch.ts';
import { type Closing, type FinalizeOutcome, finalize } from './finalize.ts';
import { type IngestOptions, type IngestOutcome, ingest } from './ingest.ts';
import { allClosed } from './kinds/kind-engine.ts';
import { finalizeDue, type Pace } from './protocol/schedule.ts';
import { type Heads, silentPartitions } from './protocol/silence.ts';
import { neededShape, sameShape } from './raw-shape.ts';
import { settleRepairs } from './repair/repair-facts.ts';
import { restateAll } from './restate-all.ts';
import type { Shop } from './shop.ts';
import { tick } from './tick.ts';

/** A source that goes on as long as the shop does: what it knows of its partitions is asked whenever time may matter. */
export interface LiveSource {
  /** Partitions whose last event was handed over, each with the moment since when nothing more has come. */
  heads(): Heads;
}

/** What the engine does, as far as it is measured. */
export type EnginePhase = 'ingest' | 'close' | 'checkpoint';

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
  private readonly live = new Set<LiveSource>();
  /** Batches handed over and not yet taken in. */
  private taking = 0;
  private takingSince: EpochMicros = 0;
  private taken: Micros = 0;
  /** Settles when batches may be taken again. */
  private alone: Promise<void> | undefined;
  private readonly whenIdle: (() => void)[] = [];
  private sinceFinalize = 0;
  private tickedSince = false;
  private lastFinalize: EpochMicros;
  /** The finalizer run beside intake, if one is under way. Its failure is thrown where it is next waited for. */
  private running: Promise<unknown> | undefined;
  /** Finalizer runs under way. */
  private closings = 0;
  /** Told how long each phase took: for measurements. */
  onPhase: ((phase: EnginePhase, seconds: number) => void) | undefined;

  constructor(shop: Shop, pace: Pace, now: () => EpochMicros) {
    this.shop = shop;
    this.pace = pace;
    this.now = now;
    this.lastFinalize = now();
    // What came in before a crash is closed although nothing new may come.
    this.tickedSince = shop.ingest.batch > shop.final.batch;
  }

  /** Takes a batch in, and has it finalized when it is time: at most one finalizer run behind. */
  async take(given: EventBatch, options: Omit<IngestOptions, 'arrival' | 'silent'>): Promise<IngestOutcome> {
    const { shop } = this;
    while (this.alone !== undefined) await this.alone;
    if (this.taking === 0) this.takingSince = this.now();
    this.taking += 1;
    try {
      const batch = eraseBatch(given, shop.tombstones, shop.views);
      // What erased people alone said is not to be a word of the shop again.
      const columns = options.translation.translate(batch, shop.tombstones.empty ? 'all' : 'used');
      const needed = neededShape(shop.shape, columns);
      if (!sameShape(shop.shape, needed))
        await shop.database.exclusively(() => shop.settleShape(neededShape(shop.shape, columns)));
      const outcome = await shop.database.betweenBatches(() =>
        this.timed('ingest', () =>
          ingest(shop, batch, { ...options, arrival: batch.arrival ?? this.now(), silent: this.silent() }),
        ),
      );
      if (shop.repairsWait && batch.rejected.length > 0) await shop.database.exclusively(() => settleRepairs(shop));
      this.sinceFinalize += batch.count;
      await this.finalizeIfDue();
      return outcome;
    } finally {
      this.taking -= 1;
      if (this.taking === 0) {
        this.taken += this.now() - this.takingSince;
        for (const done of this.whenIdle.splice(0)) done();
      }
    }
  }

  /** How long batches were being taken in, in all: whoever works beside them can tell how busy it is. */
  get busy(): Micros {
    return this.taken + (this.taking === 0 ? 0 : this.now() - this.takingSince);
  }

  /** Something is being closed or restated. */
  get closing(): boolean {
    return this.closings > 0;
  }

  /** Takes a source's silence into account until the returned function is called. */
  follow(source: LiveSource): () => void {
    this.live.add(source);
    return () => void this.live.delete(source);
  }

  /**
   * Lets time pass where live sources are silent (semantics, "Time and finality"), and has closed what that, or earlier
   * batches, made due. To be called again and again while a live source is followed.
   *
   * @returns true when the watermark moved
   */
  async tick(): Promise<boolean> {
    // Events that were handed over come before the time that passed since.
    if (this.taking > 0) return false;
    const moved = await this.shop.database.betweenBatches(() => tick(this.shop, this.silent(), this.now()));
    this.tickedSince ||= moved;
    await this.finalizeIfDue();
    return moved;
  }

  /** Closes what is due; with `byEnd` everything, because no more input will come. */
  async finalize(byEnd: Closing): Promise<FinalizeOutcome> {
    await this.settled();
    return this.finalizeNow(byEnd);
  }

  /**
   * Changes what rows are made of (facts), while nothing else writes, and has closed rows follow. What `work` had
   * committed before it failed is followed, too.
   * @example await engine.change(() => loadDimension(shop, 'rates', path, now))
   */
  async change<T>(work: () => Promise<T>): Promise<T> {
    const outcome = await this.shop.database.exclusively(work).catch(async (error: unknown) => {
      await this.followFacts().catch(() => undefined);
      throw error;
    });
    await this.followFacts();
    return outcome;
  }

  /**
   * As `change`, with no batch on its way: those that were handed over before are taken in first, others wait. For what
   * changes how batches are read.
   */
  async changeAlone<T>(work: () => Promise<T>): Promise<T> {
    while (this.alone !== undefined) await this.alone;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.alone = promise;
    try {
      while (this.taking > 0) await new Promise<void>((done) => this.whenIdle.push(done));
      return await this.change(work);
    } finally {
      this.alone = undefined;
      resolve();
    }
  }

  /** Has closed rows follow facts that acted, if any wait. */
  async followFacts(): Promise<void> {
    if (this.shop.withdrawn !== null || (await this.shop.database.betweenBatches(() => factMarksWait(this.shop))))
      await this.finalize('as before');
  }

  /** Closes views that are kept beside those in force as far as these, in one epoch. */
  async catchUp(): Promise<FinalizeOutcome> {
    await this.settled();
    return this.finalizeNow('as before', true);
  }

  /** Waits for the finalizer run under way, and throws what it failed with. */
  async settled(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running;
  }

  /** Partitions of the live sources that are at their head. */
  heads(): Heads {
    return new Map([...this.live].flatMap((source) => [...source.heads()]));
  }

  private silent(): ReadonlySet<string> {
    return silentPartitions(this.heads(), this.now());
  }

  private finalizeIsDue(): boolean {
    const waited: Millis = (this.now() - this.lastFinalize) / 1000;
    return finalizeDue({ events: this.sinceFinalize, ticked: this.tickedSince, waited }, this.pace);
  }

  private async finalizeIfDue(): Promise<void> {
    if (!this.finalizeIsDue()) return;
    await this.settled();
    // Whoever else waited for the same run may have begun the next.
    if (!this.finalizeIsDue()) return;
    this.running = this.finalizeNow(false);
    // It is waited for by the next that needs it: until then its failure must not count as unhandled.
    this.running.catch(() => undefined);
  }

  /** After events were taken out of raw: whatever was closed over them, by watermark or by end, is found by comparing. */
  private async restate(outcome: FinalizeOutcome): Promise<FinalizeOutcome> {
    const { database, final } = this.shop;
    // Rows that a close by end left, before more came in, are compared as what they are.
    if (final.provisional !== null && !allClosed(this.shop))
      await database.betweenEpochs(() => finalize(this.shop, { byEnd: true, at: this.now() }));
    const changed = await database.betweenEpochs(() => restateAll(this.shop, this.now()));
    return { epoch: this.shop.final.epoch, changed: outcome.changed || changed };
  }

  private async timed<T>(phase: EnginePhase, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.onPhase?.(phase, (performance.now() - began) / 1000);
    }
  }

  private async finalizeNow(byEnd: Closing, catchUp = false): Promise<FinalizeOutcome> {
    const { database } = this.shop;
    this.sinceFinalize = 0;
    this.tickedSince = false;
    this.closings += 1;
    let outcome: FinalizeOutcome;
    try {
      outcome = await this.timed('close', () =>
        database.betweenEpochs(() => finalize(this.shop, { byEnd, catchUp, at: this.now() })),
      );
      if (this.shop.withdrawn !== null) outcome = await this.restate(outcome);
    } finally {
      this.closings -= 1;
    }
    this.lastFinalize = this.now();
    await database.exclusively(async () => {
      crashPoint('checkpoint.begun');
      await this.timed('checkpoint', () => checkpointIfDue(database));
      crashPoint('checkpoint.done');
    });
    return outcome;
  }
}
