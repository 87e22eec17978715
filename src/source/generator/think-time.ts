import type { Random } from './random.ts';

const MINUTE = 60_000;
const STEPS = 4096;
/** Events in a visit, about: a pause by visit becomes a chance by event. */
const EVENTS = 4;

/** Milliseconds between two events of a visit: log-normal (median 24 s), crawlers far faster, now and then a long pause. */
export class ThinkTime {
  readonly #table = new Float64Array(STEPS);
  readonly #pause: number;

  constructor(pauses: number, random: Random) {
    this.#pause = pauses / EVENTS;
    for (let i = 0; i < STEPS; i++)
      this.#table[i] = Math.max(1000, Math.min(25 * MINUTE, Math.round(24_000 * Math.exp(1.05 * random.normal()))));
  }

  human(random: Random): number {
    const word = random.word();
    const jitter = word >>> 22;
    if (this.#pause > 0 && random.unit() < this.#pause) return Math.floor((31 + 449 * random.unit()) * MINUTE) + jitter;
    return (this.#table[word & (STEPS - 1)] as number) + jitter;
  }

  crawler(random: Random): number {
    return 200 + random.below(1300);
  }

  /** Between the purchases of a burst. */
  burst(random: Random): number {
    return 4000 + random.below(20_000);
  }
}
