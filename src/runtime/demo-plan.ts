import type { EpochMicros, Millis } from '../core/time.ts';
import type { StoredProgress } from '../engine/state.ts';
import type { DemoProgress, DemoShop } from './demo-source.ts';

/** Which made-up shop to run, from where, and which are over. */
export interface DemoPlan {
  readonly shop: DemoShop;
  readonly position: number;
  readonly clock: EpochMicros | null;
  readonly over: readonly DemoProgress[];
  /** True when a shop that was begun before goes on. */
  readonly resumed: boolean;
}

/** History that a new demo begins with, so that there are final windows at once. */
const BEFORE: Millis = 90 * 60_000;
/** A shop that was left for longer is not caught up with: another one opens. */
const LEFT: Millis = 12 * 3_600_000;

/**
 * Decides what a demo goes on with. What was begun with the same seed and rate goes on where it stopped; any other
 * demo shop of the folder is over, so that it does not hold back the watermark.
 */
export function demoPlan(
  progress: Iterable<StoredProgress>,
  wanted: { readonly seed: number | undefined; readonly rate: number },
  watermark: EpochMicros | null,
  now: Millis,
): DemoPlan {
  const begun = [...progress].filter((each): each is StoredProgress & DemoProgress => 'demo' in each);
  const open = begun.filter(({ ended }) => !ended);
  const same = open.find(
    ({ demo, clock }) =>
      (wanted.seed ?? demo.seed) === demo.seed &&
      demo.rate === wanted.rate &&
      clock !== null &&
      now - clock / 1000 < LEFT,
  );
  const over = open.filter((each) => each !== same).map((each) => ({ ...each, ended: true }));
  if (same !== undefined) return { shop: same.demo, position: same.position, clock: same.clock, over, resumed: true };
  // Ids follow from the seed: one that was used here gives events that exist already.
  const used = new Set(begun.map(({ demo }) => demo.seed));
  let seed = wanted.seed ?? 1;
  while (used.has(seed)) seed += 1;
  const start = Math.max(now - BEFORE, watermark === null ? 0 : Math.ceil(watermark / 1000));
  return { shop: { seed, rate: wanted.rate, start }, position: 0, clock: null, over, resumed: false };
}
