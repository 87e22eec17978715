import type { ResolvedOptions } from './options.ts';
import { activity, meanActivity } from './season.ts';
import type { Sessions } from './sessions.ts';
import { beginCrawl, beginVisit, plannedEvents, type VisitWorld } from './visit.ts';
import type { Wheel } from './wheel.ts';
import { CRAWLER_DEVICE } from './words/devices.ts';

const WEEK = 7 * 86_400_000;
const MINUTE = 60_000;
/** Visits are planned shorter or longer than they turn out; this many planned events outweigh the first impressions. */
const INERTIA = 5000;

/** Lets visits begin, so that events come at the wanted rate, by hour and day. */
export class Arrivals {
  readonly #world: VisitWorld;
  readonly #sessions: Sessions;
  readonly #wheel: Wheel;
  readonly #perMilli: number;
  readonly #mean: number;
  readonly #botShare: number;
  readonly #bots: number;
  #minute = Number.NaN;
  #activity = 1;
  #owed = 0;
  #owedToBots = 0;
  #planned = INERTIA;
  #happened = INERTIA;
  #visits = 0;
  /** Planned events of each visit in progress. */
  #plans = new Float64Array(256);

  constructor(world: VisitWorld, sessions: Sessions, wheel: Wheel, options: ResolvedOptions, bots: number) {
    this.#world = world;
    this.#sessions = sessions;
    this.#wheel = wheel;
    this.#perMilli = options.rate / 1000;
    this.#mean = meanActivity(options.start, options.live ? options.start + WEEK : options.end);
    this.#botShare = options.bots;
    this.#bots = bots;
  }

  /** Begins the visits of the tick from `from`. */
  tick(from: number): void {
    const minute = Math.floor(from / MINUTE);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#activity = activity(from) / this.#mean;
    }
    const { random } = this.#world;
    const events = this.#perMilli * this.#wheel.width * this.#activity * 2 * random.unit();
    this.#owed += events * (1 - this.#botShare);
    this.#owedToBots += events * this.#botShare;
    while (this.#owed > 0) {
      const slot = beginVisit(this.#world, this.#sessions, this.#world.people.draw(random));
      this.#owed -= this.#begin(slot, from) * (this.#happened / this.#planned);
    }
    while (this.#owedToBots > 0 && this.#bots > 0) {
      // Crawlers stand after the people in the numbering.
      const crawler = this.#world.people.count - this.#bots + (this.#visits % this.#bots);
      const slot = beginCrawl(this.#world, this.#sessions, crawler, CRAWLER_DEVICE);
      this.#owedToBots -= this.#begin(slot, from);
    }
  }

  /** A visit that is over teaches how long visits turn out. */
  ended(slot: number): void {
    if (this.#sessions.bot[slot] === 1) return;
    this.#planned += this.#plans[slot] as number;
    this.#happened += this.#sessions.steps[slot] as number;
  }

  #begin(slot: number, from: number): number {
    if (slot >= this.#plans.length) {
      const plans = new Float64Array(this.#sessions.capacity);
      plans.set(this.#plans);
      this.#plans = plans;
    }
    const planned = plannedEvents(this.#world.profile, this.#sessions, slot);
    this.#plans[slot] = planned;
    this.#visits++;
    this.#wheel.add(from + this.#world.random.unit() * this.#wheel.width, slot);
    return planned;
  }
}
