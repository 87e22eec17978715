import type { EpochMicros } from '../../core/time.ts';

/** Events of one hour (or any other short stretch) that begins at `start`. */
export interface EventCount {
  readonly start: EpochMicros;
  readonly events: number;
}

/** Lists of all events of a session are held in memory while they are closed: so many fit in a few hundred megabytes. */
const MOST_EVENTS = 2_000_000;

/**
 * Cuts a stretch to close into steps of few enough events, for a view that is new to a shop with history. An hour that
 * has more events by itself stays whole.
 *
 * @param counts of the stretch, oldest first
 * @example cutClosing([{ start: 0, events: 3 }, { start: 10, events: 3 }], { from: 0, to: 20 }, 4)
 *   // [{ from: 0, to: 10 }, { from: 10, to: 20 }]
 */
export function cutClosing(
  counts: readonly EventCount[],
  { from, to }: { readonly from: EpochMicros; readonly to: EpochMicros },
  most = MOST_EVENTS,
): readonly { readonly from: EpochMicros; readonly to: EpochMicros }[] {
  if (to <= from) return [];
  const steps: { from: EpochMicros; to: EpochMicros }[] = [];
  let [begun, events] = [from, 0];
  for (const { start, events: more } of counts) {
    if (events > 0 && events + more > most && start > begun) {
      steps.push({ from: begun, to: start });
      [begun, events] = [start, 0];
    }
    events += more;
  }
  return [...steps, { from: begun, to }];
}
