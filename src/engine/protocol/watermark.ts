import type { EpochMicros, Micros } from '../../core/time.ts';

/** What the watermark needs to know of a partition. */
export interface PartitionClock {
  /** Largest event_time; null before the first event. */
  readonly clock: EpochMicros | null;
  /** Nothing more will come, or it is at its head and has been silent for 30 s. */
  readonly inactive: boolean;
  /** A load: history read into a shop that is ahead. It keeps a clock of its own (semantics, "Time and finality"). */
  readonly load: boolean;
}

/**
 * The watermark after a batch: the lowest clock of the active partitions minus the lateness, never going back
 * (semantics, "Time and finality"). A partition without a clock yet holds it where it is. `ending` are clocks of
 * partitions that ended with this very batch: they still count once.
 */
export function nextWatermark(
  previous: EpochMicros | null,
  partitions: readonly PartitionClock[],
  ending: readonly EpochMicros[],
  lateness: Micros,
): EpochMicros | null {
  const active = partitions.filter(({ inactive, load }) => !inactive && !load);
  if (active.some(({ clock }) => clock === null)) return previous;
  const clocks = [...active.map(({ clock }) => clock ?? 0), ...ending];
  if (clocks.length === 0) return previous;
  const lowest = Math.min(...clocks) - lateness;
  return previous === null ? lowest : Math.max(previous, lowest);
}

/** When every live partition is silent, time itself moves the watermark: the wall clock minus 30 s minus the lateness. */
export function silentWatermark(
  previous: EpochMicros | null,
  wall: EpochMicros,
  silence: Micros,
  lateness: Micros,
): EpochMicros | null {
  const reached = wall - silence - lateness;
  return previous === null ? null : Math.max(previous, reached);
}
