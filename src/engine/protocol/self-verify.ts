import { days, type EpochMicros, type Micros, type Millis } from '../../core/time.ts';

/** A stretch is a day of UTC: what has to be held at once does not grow with history. */
const STRETCH: Micros = days(1);

/** What there is to verify of a view: its closed rows lie between the two times. */
export interface History {
  readonly view: string;
  readonly from: EpochMicros;
  /** Exclusive; not after `from` where nothing is closed. */
  readonly until: EpochMicros;
  /** False: rows have no time, and are compared all at once. */
  readonly dated: boolean;
  /** Epoch from which on the view is defined as it is: what was verified before says nothing. */
  readonly since: number;
}

/** A part of a view's history that is verified at once; null bounds: all of it. */
export interface Stretch {
  readonly view: string;
  readonly start: EpochMicros | null;
  readonly end: EpochMicros | null;
}

/** What was found when a stretch was last verified. */
export interface Checked extends Stretch {
  readonly at: EpochMicros;
  readonly epoch: number;
  readonly rows: number;
  /** Rows that were not the same on both sides, counted on each side. */
  readonly differences: number;
  /** When there last was a difference; null: never. */
  readonly differed: EpochMicros | null;
}

/** The stretches of a view's history, newest first. */
export function stretchesOf({ view, from, until, dated }: History): readonly Stretch[] {
  if (until <= from) return [];
  if (!dated) return [{ view, start: null, end: null }];
  const first = Math.floor(from / STRETCH);
  const count = Math.ceil(until / STRETCH) - first;
  return Array.from({ length: count }, (_, i) => {
    const start = (first + count - 1 - i) * STRETCH;
    return { view, start, end: start + STRETCH };
  });
}

/** What was verified of histories as they are defined now. */
export type CheckedBefore = (stretch: Stretch) => Checked | undefined;

export function checkedBefore(histories: readonly History[], all: readonly Checked[]): CheckedBefore {
  const since = new Map(histories.map((history) => [history.view, history.since]));
  const found = new Map(
    all
      .filter(({ view, epoch }) => epoch >= (since.get(view) ?? Number.POSITIVE_INFINITY))
      .map((each) => [nameOf(each), each]),
  );
  return (stretch) => found.get(nameOf(stretch));
}

const nameOf = ({ view, start }: Stretch): string => `${view}/${start}`;

/**
 * The stretch that was verified longest ago; those that never were come first, and of them the newest.
 * @param before null when all were verified at or after this
 */
export function nextStretch(
  histories: readonly History[],
  checked: CheckedBefore,
  before: EpochMicros,
): Stretch | null {
  let next: Stretch | null = null;
  let oldest = before;
  for (const history of histories) {
    for (const stretch of stretchesOf(history)) {
      const at = checked(stretch)?.at ?? Number.NEGATIVE_INFINITY;
      const earlier = at < oldest || (at === oldest && at === Number.NEGATIVE_INFINITY && isLater(stretch, next));
      if (!earlier) continue;
      next = stretch;
      oldest = at;
    }
  }
  return next;
}

const isLater = (stretch: Stretch, than: Stretch | null): boolean =>
  than !== null && (stretch.start ?? Number.POSITIVE_INFINITY) > (than.start ?? Number.POSITIVE_INFINITY);

/** How much of a view's history was verified of late. */
export interface Coverage {
  readonly view: string;
  readonly stretches: number;
  /** Of them, verified at or after the time asked for. */
  readonly verified: number;
  /** When the one that was verified longest ago was; null where one never was. */
  readonly oldest: EpochMicros | null;
  /** Of the stretches, those that differed when they were last verified. */
  readonly differing: readonly Checked[];
  /** When any stretch last differed, whatever has become of it; null: never. */
  readonly differed: EpochMicros | null;
}

export function coverageOf(history: History, checked: CheckedBefore, since: EpochMicros): Coverage {
  const stretches = stretchesOf(history);
  const found = stretches.map(checked);
  const known = found.filter((each) => each !== undefined);
  const times = known.map(({ at }) => at);
  const differed = known.flatMap((each) => each.differed ?? []);
  return {
    view: history.view,
    stretches: stretches.length,
    verified: known.filter(({ at }) => at >= since).length,
    oldest: known.length < stretches.length || times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
    differing: known.filter(({ differences }) => differences > 0),
    differed: differed.length === 0 ? null : differed.reduce((a, b) => Math.max(a, b)),
  };
}

/** Verifying takes at most this share of the time, whatever a stretch costs. */
const SHARE = 0.05;
/** Taking batches in for more than this share of the time is catching up; live, it mostly waits for the finalizer. */
const CATCHING_UP = 0.9;

/** How long to rest after a stretch that took so long. @example restAfter(100) // 1900 */
export const restAfter = (took: Millis): Millis => took * (1 / SHARE - 1);

/** Whether intake had so much to do that it must not be disturbed. */
export const isCatchingUp = (busy: Millis, elapsed: Millis): boolean => busy > elapsed * CATCHING_UP;
