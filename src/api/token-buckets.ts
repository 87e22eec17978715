import type { Millis } from '../core/time.ts';

/** How much may come, over time and at once. */
export interface Quota {
  readonly perSecond: number;
  /** What a bucket holds when nothing was taken for long. */
  readonly burst: number;
}

/** How a bucket stands. */
export interface Level {
  readonly allowed: boolean;
  /** What is left, at least 0. */
  readonly left: number;
  /** Until it is full again, seconds. */
  readonly fullIn: number;
  /** Until something is left, seconds; 0 when there is. */
  readonly openIn: number;
}

interface Bucket {
  left: number;
  at: Millis;
}

/** Buckets that are remembered: the one that was used longest ago is forgotten first, and begins full again. */
const MOST = 20_000;

/**
 * A bucket of tokens for each key or address. A request is let in while one is left, and may take more than that:
 * how large it is is known only after it was read, and whoever took too much waits the longer.
 */
export class TokenBuckets {
  readonly quota: Quota;
  private readonly buckets = new Map<string, Bucket>();

  constructor(quota: Quota) {
    this.quota = quota;
  }

  /** How many are remembered. */
  get size(): number {
    return this.buckets.size;
  }

  /** Takes `cost` if one is left; what was refused takes nothing. Less than 0 gives back. @param now a clock that does not jump */
  take(owner: string, cost: number, now: Millis): Level {
    const { perSecond, burst } = this.quota;
    const bucket = this.buckets.get(owner) ?? { left: burst, at: now };
    bucket.left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    const allowed = bucket.left >= 1;
    if (allowed || cost < 0) bucket.left -= cost;
    // The newest is the last.
    this.buckets.delete(owner);
    this.buckets.set(owner, bucket);
    if (this.buckets.size > MOST) this.buckets.delete(this.buckets.keys().next().value ?? '');
    const { left } = bucket;
    return {
      allowed,
      left: Math.max(0, Math.floor(left)),
      fullIn: Math.ceil((burst - left) / perSecond),
      openIn: left >= 1 ? 0 : Math.ceil((1 - left) / perSecond),
    };
  }
}
