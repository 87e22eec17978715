import type { ResolvedOptions } from './options.ts';
import type { Random } from './random.ts';

const MINUTE = 60_000;
/** So much more than the allowed lateness that a quiet minute does not make a late event an early one. */
const MARGIN = 2000;

/** How long after it happened an event arrives; 0 = at once. */
export type Lateness = (random: Random) => number;

/**
 * `late` of the events come later than `latenessMinutes` (exponential beyond that, cut at twenty times the mean), the
 * rest of `outOfOrder` between 2 seconds and 90 % of it.
 */
export function lateness(options: ResolvedOptions): Lateness {
  const { outOfOrder, late } = options;
  const allowed = options.latenessMinutes * MINUTE;
  const mean = options.lateMeanMinutes * MINUTE;
  if (outOfOrder === 0) return () => 0;
  return (random) => {
    const u = random.unit();
    if (u >= outOfOrder) return 0;
    if (u < late) return Math.floor(allowed + MARGIN + mean * Math.min(20, random.exponential()));
    return Math.floor(Math.min(2000, allowed / 2) + random.unit() * allowed * 0.9);
  };
}
