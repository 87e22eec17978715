import { type EpochMicros, hours, type Micros, seconds } from '../../core/time.ts';
import { nextWatermark, type PartitionClock, silentWatermark } from './watermark.ts';

/** By partition of a live source that is at its head, with nothing left to read: since when, on the wall clock. */
export type Heads = ReadonlyMap<string, EpochMicros>;

/**
 * After so long without an event a partition at its head no longer holds back the others (semantics, "Time and
 * finality").
 */
export const SILENCE: Micros = seconds(30);

/** Steps in which time alone moves the watermark: each is stored. */
export const STEP: Micros = seconds(10);

/**
 * The wall clock stands in only for a shop clock that ran with it. One that was further behind when it was last heard
 * of tells an old story, such as last year's events through a pipe: what follows it must not come late.
 */
export const FOLLOWING: Micros = hours(1);

/** What silence needs to know of a partition's progress. */
export interface ClockProgress {
  readonly partition: string;
  readonly clock: EpochMicros | null;
  readonly ended: boolean;
  /** Number of the load that it belongs to; null when it counts for the watermark. */
  readonly load: number | null;
}

/** Partitions that have been silent at their head for long enough. */
export const silentPartitions = (heads: Heads, now: EpochMicros): ReadonlySet<string> =>
  new Set([...heads].flatMap(([partition, since]) => (now - since >= SILENCE ? [partition] : [])));

/** Clocks of partitions as the watermark counts them. */
export const partitionClocks = (
  progress: Iterable<ClockProgress>,
  silent: ReadonlySet<string>,
): readonly PartitionClock[] =>
  [...progress].map(({ partition, clock, ended, load }) => ({
    clock,
    inactive: ended || silent.has(partition),
    load: load !== null,
  }));

/** Where a shop stands when time may move it. */
export interface QuietShop {
  readonly watermark: EpochMicros | null;
  readonly progress: Iterable<ClockProgress>;
  readonly silent: ReadonlySet<string>;
  /** Arrival of the newest batch or tick; null before the first. */
  readonly heard: EpochMicros | null;
  readonly lateness: Micros;
}

/**
 * The watermark that time alone brings about, without an event: silent partitions no longer hold back the others, and
 * where all live ones are silent it follows the wall clock, 30 s and the lateness behind it.
 *
 * @returns null when it stays where it is: no event yet, no live partition left, less than a step to go
 */
export function tickedWatermark(shop: QuietShop, now: EpochMicros): EpochMicros | null {
  const { watermark, silent, heard, lateness } = shop;
  const live = [...shop.progress].filter(({ ended, load }) => !ended && load === null);
  if (watermark === null || heard === null || live.length === 0) return null;
  const allSilent = live.every(({ partition }) => silent.has(partition));
  const ranWithTime = heard - (watermark + lateness) <= FOLLOWING;
  const reached = allSilent
    ? ranWithTime
      ? silentWatermark(watermark, now, SILENCE, lateness)
      : watermark
    : nextWatermark(watermark, partitionClocks(live, silent), [], lateness);
  return reached !== null && reached - watermark >= STEP ? reached : null;
}
