import type { EventBatch } from '../core/batch.ts';
import type { EpochMicros } from '../core/time.ts';
import type { IngestOptions } from '../engine/ingest.ts';
import { SymbolTranslation } from '../engine/intake.ts';
import { isLoad, nextLoad } from '../engine/protocol/load.ts';
import type { StoredProgress } from '../engine/state.ts';
import { followWithTime } from './follow-with-time.ts';
import type { OpenShop } from './open-shop.ts';

/** Batches of one source, in order. */
export interface BatchSource {
  readonly batches: AsyncIterable<EventBatch>;
  /** What it brings happens now, whatever its times: it is never a load. */
  readonly live?: true;
  /** Of a live source: its partitions that are at their head, each with the moment since when nothing has come. */
  heads?(): ReadonlyMap<string, EpochMicros>;
  close(): Promise<void>;
}

export interface ReplayOptions {
  /** Close all slices when the input has ended (semantics, "Time and finality": by end). */
  readonly close: boolean;
  /** What is sealed is told by this watermark, for all of the source: where it may be read again by another database. */
  readonly sealing?: IngestOptions['sealing'];
  /** Stops between two batches. */
  readonly signal: AbortSignal;
  readonly onBatch?: (outcome: ReplayOutcome) => void;
}

/** What a replay has come to so far. */
export interface ReplayOutcome {
  readonly events: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly late: number;
  /** Of a time that was sealed: in no table. */
  readonly sealed: number;
  /** Events with money of another currency for which there was no rate. */
  readonly unconverted: number;
  /** By code of the error catalogue. */
  readonly rejectedByCode: Readonly<Record<string, number>>;
  readonly watermark: EpochMicros | null;
  /** Number of the load when this is history read into a shop that is ahead. */
  readonly load: number | null;
  /** True when the input was read to its end. */
  readonly ended: boolean;
}

/**
 * Reads a source to its end, or until stopped, into the shop. Every batch is committed with its positions: whatever
 * ends the replay, the next one goes on after the last committed batch.
 */
export async function replay(
  { shop, engine }: OpenShop,
  source: BatchSource,
  options: ReplayOptions,
): Promise<ReplayOutcome> {
  const translation = new SymbolTranslation(shop.symbols, shop.settings.currency);
  const codes: Record<string, number> = {};
  let outcome: ReplayOutcome = {
    events: 0,
    rejected: 0,
    duplicates: 0,
    late: 0,
    sealed: 0,
    unconverted: 0,
    rejectedByCode: codes,
    watermark: shop.ingest.watermark,
    load: null,
    ended: false,
  };
  let role: Role | undefined;
  // A paced source may be silent for long: it is ended rather than waited for.
  const stop = (): void => void source.close();
  options.signal.addEventListener('abort', stop, { once: true });
  const heads = source.heads?.bind(source);
  const clock = heads === undefined ? undefined : followWithTime(engine, { heads }, stop);
  try {
    for await (const batch of source.batches) {
      if (options.signal.aborted) break;
      role ??= source.live === true ? { load: null } : roleOf(batch, shop.ingest.progress, shop.ingest.watermark);
      for (const { code } of batch.rejected) codes[code] = (codes[code] ?? 0) + 1;
      const taken = await engine.take(batch, {
        translation,
        load: role?.load ?? null,
        ...(options.sealing === undefined ? {} : { sealing: options.sealing }),
      });
      outcome = {
        ...outcome,
        events: outcome.events + taken.events,
        rejected: outcome.rejected + taken.rejected,
        duplicates: outcome.duplicates + taken.duplicates,
        late: outcome.late + taken.late,
        sealed: outcome.sealed + taken.sealed,
        unconverted: outcome.unconverted + taken.unconverted,
        watermark: taken.watermark,
        load: role?.load ?? null,
      };
      const conflicts = taken.rejected - batch.rejected.length;
      if (conflicts > 0) codes['event.id_conflict'] = (codes['event.id_conflict'] ?? 0) + conflicts;
      options.onBatch?.(outcome);
      if (options.signal.aborted) break;
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    options.signal.removeEventListener('abort', stop);
    await source.close();
    await clock?.stop();
  }
  if (options.signal.aborted) return outcome;
  await engine.finalize(options.close);
  return { ...outcome, ended: true };
}

interface Role {
  /** Null: live, part of the watermark. */
  readonly load: number | null;
}

/**
 * Whether a source is live or a load, for its whole reading: what was begun goes on as it was begun; anything new is a
 * load when it starts before the shop's watermark (semantics, "Time and finality"). Undefined while a batch without
 * events cannot tell.
 */
export function roleOf(
  batch: Pick<EventBatch, 'count' | 'time' | 'partitions'>,
  progress: ReadonlyMap<string, StoredProgress>,
  watermark: EpochMicros | null,
): Role | undefined {
  const begun = batch.partitions.flatMap(({ partition, gone }) => {
    const stored = progress.get(partition);
    return gone === true || stored === undefined || stored.ended || stored.clock === null ? [] : [stored];
  });
  const [first] = begun.filter((each) => each.load === null).concat(begun);
  if (first !== undefined) return { load: first.load };
  if (batch.count === 0) return undefined;
  let earliest = Number.POSITIVE_INFINITY;
  for (const at of batch.time) earliest = Math.min(earliest, at);
  return { load: isLoad(earliest, watermark) ? nextLoad(progress.values()) : null };
}
