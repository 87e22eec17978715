import type { EpochMicros, Micros } from '../../core/time.ts';

/**
 * What happened before this is sealed: an event of then that comes now is counted and set aside, and facts change nothing of
 * then (semantics, "Sealed"). It never goes back while the setting stays, as the watermark does not.
 *
 * @param watermark of the batch before
 * @param history age after which results are sealed; null or undefined: never
 * @example sealedBefore(days(100), days(90)) // days(10)
 */
export const sealedBefore = (watermark: EpochMicros | null, history: Micros | null | undefined): EpochMicros =>
  watermark === null || history === null || history === undefined ? Number.NEGATIVE_INFINITY : watermark - history;
