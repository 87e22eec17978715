import type { EpochMicros, Millis } from '../../core/time.ts';

/** How fast a source is read: as fast as possible, so many events a second, or event time times a factor. */
export type Pace =
  | { readonly kind: 'fast' }
  | { readonly kind: 'rate'; readonly eventsPerSecond: number }
  | { readonly kind: 'time'; readonly factor: number };

/** Where a paced reading stands. */
export interface PaceState {
  /** Wall clock at the start of the reading. */
  readonly startedAt: Millis;
  /** Time of the first event of this reading; null before it is known. */
  readonly firstTime: EpochMicros | null;
  /** Events and rejections handed out since the start. */
  readonly handedOut: number;
}

/** What may be read now: `rows` more events, none later than `until`; with no rows, nothing before `wait` has passed. */
export interface Allowance {
  readonly rows: number;
  readonly until: EpochMicros;
  readonly wait: Millis;
}

/** Shortest pause: batches of single events would cost more than they are worth. */
const PAUSE: Millis = 50;

/** @example allowance({ kind: 'rate', eventsPerSecond: 1000 }, { startedAt: 0, firstTime: null, handedOut: 0 }, 100).rows // 100 */
export const allowance = (pace: Pace, state: PaceState, now: Millis): Allowance => {
  const elapsed = Math.max(0, now - state.startedAt);
  switch (pace.kind) {
    case 'fast':
      return { rows: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY, wait: 0 };
    case 'rate': {
      const due = Math.floor((pace.eventsPerSecond * elapsed) / 1000) - state.handedOut;
      if (due > 0) return { rows: due, until: Number.POSITIVE_INFINITY, wait: 0 };
      const next = ((state.handedOut + 1) * 1000) / pace.eventsPerSecond - elapsed;
      return { rows: 0, until: Number.POSITIVE_INFINITY, wait: Math.max(PAUSE, next) };
    }
    case 'time': {
      const until =
        state.firstTime === null ? Number.NEGATIVE_INFINITY : state.firstTime + elapsed * 1000 * pace.factor;
      return { rows: Number.POSITIVE_INFINITY, until, wait: 0 };
    }
  }
};

/** How long until an event of time `at` is due at an event-time pace. */
export const waitFor = (factor: number, state: PaceState, at: EpochMicros, now: Millis): Millis => {
  if (state.firstTime === null) return 0;
  const due = state.startedAt + (at - state.firstTime) / 1000 / factor;
  return Math.max(PAUSE, due - now);
};
