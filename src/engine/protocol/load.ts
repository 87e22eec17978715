import type { EpochMicros, Micros } from '../../core/time.ts';

/** What a load needs to be known by: the clocks of its partitions. */
export interface LoadProgress {
  /** Number of the load; null for live partitions. */
  readonly load: number | null;
  readonly clock: EpochMicros | null;
  readonly ended: boolean;
}

/**
 * Whether events that begin at `first` are history read into a shop that is ahead (semantics, "Time and finality"):
 * then they keep a clock of their own, and what they touch is recomputed once instead of batch after batch.
 */
export const isLoad = (first: EpochMicros, watermark: EpochMicros | null): boolean =>
  watermark !== null && first < watermark;

/** The number of the next load of a shop. */
export const nextLoad = (progress: Iterable<LoadProgress>): number => {
  let last = 0;
  for (const { load } of progress) last = Math.max(last, load ?? 0);
  return last + 1;
};

/** Up to where each load has come: its lowest clock minus the lateness; Infinity once all its partitions ended. */
export function loadBounds(progress: Iterable<LoadProgress>, lateness: Micros): ReadonlyMap<number, EpochMicros> {
  const bounds = new Map<number, EpochMicros>();
  for (const { load, clock, ended } of progress) {
    if (load === null) continue;
    const mine = ended ? Number.POSITIVE_INFINITY : (clock ?? Number.NEGATIVE_INFINITY) - lateness;
    bounds.set(load, Math.min(bounds.get(load) ?? Number.POSITIVE_INFINITY, mine));
  }
  return bounds;
}
