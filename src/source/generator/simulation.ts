import type { Arrivals } from './arrivals.ts';
import { priceOn } from './catalogue.ts';
import { type Draft, Held, newDraft, type Wait } from './draft.ts';
import { CART_ADD, CART_REMOVE, LIST_CLICK, PURCHASE, REFUND, RESTOCK, VIEW } from './event-type.ts';
import type { Lateness } from './lateness.ts';
import type { ResolvedOptions } from './options.ts';
import { ANOMALIES, type Anomaly, type Listed, listed, note } from './planted.ts';
import type { RowWriter } from './row-writer.ts';
import { type Sessions, WHOSE } from './sessions.ts';
import type { Stock } from './stock.ts';
import type { Tally } from './tally.ts';
import type { ThinkTime } from './think-time.ts';
import { beginBurst, isOver, isSameMoment, stepVisit, type VisitWorld } from './visit.ts';
import type { Wheel } from './wheel.ts';
import { PLACES } from './words/places.ts';

const DAY = 86_400_000;
const BURST = 9;
const WITH_PRODUCT = new Set([LIST_CLICK, VIEW, CART_ADD, CART_REMOVE, PURCHASE]);
const hasProduct = Uint8Array.from({ length: 32 }, (_, type) => (WITH_PRODUCT.has(type) ? 1 : 0));

interface SimulationParts {
  readonly options: ResolvedOptions;
  readonly world: VisitWorld;
  readonly sessions: Sessions;
  readonly wheel: Wheel;
  readonly arrivals: Arrivals;
  readonly thinkTime: ThinkTime;
  readonly lateness: Lateness;
  readonly stock: Stock;
  readonly tally: Tally;
  readonly writer: RowWriter;
  /** The anomalies that this shape can show. */
  readonly anomalies: readonly Anomaly[];
}

/** The shop at work: each round takes what is due next and makes at most one row of it. */
export class Simulation {
  /** Carts that were left: sessions with a cart event and no purchase, counted when a session is over. */
  readonly abandoned: Listed<string> = listed();
  readonly #parts: SimulationParts;
  readonly #held = new Held();
  readonly #draft: Draft = newDraft();
  #cursor = 0;
  #sequence = 0;
  #order = 0;

  constructor(parts: SimulationParts) {
    this.#parts = parts;
  }

  /** Writes rows until `limit` rows were written in all, time has come to `until` (ms), or a buffer is full. */
  run(limit: number, until = Number.POSITIVE_INFINITY): void {
    const { wheel, writer, arrivals } = this.#parts;
    while (writer.rows < limit && !writer.full) {
      if (this.#cursor === wheel.dueCount) {
        const next = wheel.now + wheel.width;
        // A tick is taken when it has passed whole: no event is from the caller's future.
        if (next + wheel.width > until) return;
        arrivals.tick(next);
        wheel.advance();
        this.#cursor = 0;
        continue;
      }
      const payload = wheel.due[this.#cursor] as number;
      if (payload < 0) {
        this.#cursor++;
        this.#release(~payload);
      } else if (!this.#step(payload, wheel.dueTimes[this.#cursor] as number)) this.#cursor++;
    }
  }

  /** Start of the moment that is being written, milliseconds. */
  get clock(): number {
    return this.#parts.wheel.now;
  }

  /** Counts the sessions still in progress: nothing more will be written. */
  close(): void {
    for (const slot of this.#parts.sessions.open()) this.#settle(slot);
  }

  /** The next event of a visit; true if another one follows at the same moment. */
  #step(slot: number, time: number): boolean {
    const { world, sessions, wheel, thinkTime } = this.#parts;
    const { random } = world;
    const steps = sessions.steps[slot] as number;
    const type = stepVisit(world, sessions, slot);
    this.#describe(slot, time, type, steps);
    if (type === PURCHASE) this.#describePurchase(slot, time);
    sessions.steps[slot] = steps + 1;
    this.#arrive(this.#draft);
    if (isOver(sessions, slot)) {
      this.#parts.arrivals.ended(slot);
      sessions.over[slot] = 1;
      if (sessions.held[slot] === 0) this.#end(slot);
      return false;
    }
    if (type === PURCHASE && isSameMoment(sessions, slot)) return true;
    const burst = sessions.burst[slot] === 1;
    const gap =
      sessions.bot[slot] === 1 ? thinkTime.crawler(random) : burst ? thinkTime.burst(random) : thinkTime.human(random);
    wheel.add(time + gap, slot);
    return false;
  }

  #describe(slot: number, time: number, type: number, steps: number): void {
    const { world, sessions } = this.#parts;
    const draft = this.#draft;
    const whose = sessions.whose[slot] as number;
    const switched =
      whose >= WHOSE.logsIn && (steps >= (sessions.switchAfter[slot] as number) || type === PURCHASE) ? 1 : 0;
    draft.sequence = ++this.#sequence;
    draft.time = Math.floor(time);
    draft.type = type;
    draft.session = slot;
    draft.category = sessions.category[slot] as number;
    draft.second = switched;
    draft.person = (switched === 1 && whose === WHOSE.shared ? sessions.other : sessions.person)[slot] as number;
    draft.anonymous = whose === WHOSE.anonymous || (whose === WHOSE.logsIn && switched === 0) ? 1 : 0;
    draft.place = sessions.place[slot] as number;
    draft.landing = steps === 0 ? 1 : 0;
    draft.quantity = 1;
    draft.order = 0;
    draft.anomaly = 0;
    draft.bot = sessions.bot[slot] as number;
    if (hasProduct[type] === 1) {
      draft.product = sessions.product[slot] as number;
      draft.price = priceOn(world.catalogue, draft.product, Math.floor(time / DAY));
    } else draft.product = -1;
  }

  #describePurchase(slot: number, time: number): void {
    const { world, sessions, options } = this.#parts;
    const { random, profile } = world;
    const draft = this.#draft;
    if (profile.quantities && random.unit() > 0.86) draft.quantity = 2 + random.below(3);
    if (sessions.burst[slot] === 1) draft.anomaly = ANOMALIES.indexOf('velocity') + 1;
    else if (options.anomalies > 0 && random.unit() < options.anomalies) this.#plantAnomaly(slot);
    if (sessions.order[slot] === 0 || profile.orderPerLine || sessions.burst[slot] === 1)
      sessions.order[slot] = ++this.#order;
    draft.order = sessions.order[slot] as number;
    if (sessions.linesLeft[slot] === 0) sessions.order[slot] = 0;
    if (profile.backOffice && time >= options.start) this.#scheduleBackOffice(time);
  }

  #plantAnomaly(slot: number): void {
    const { world, sessions, anomalies } = this.#parts;
    const { random } = world;
    const draft = this.#draft;
    const kind = anomalies[random.below(anomalies.length)] as Anomaly;
    draft.anomaly = ANOMALIES.indexOf(kind) + 1;
    if (kind === 'quantity') draft.quantity = 20 + random.below(60);
    else if (kind === 'price')
      draft.price = (random.word() & 1) === 0 ? draft.price * 8 : Math.max(1, Math.round(draft.price / 10));
    else if (kind === 'place') draft.place = (draft.place + 1 + random.below(PLACES.length - 1)) % PLACES.length;
    else beginBurst(sessions, slot, BURST);
  }

  /** Refunds and restocks that follow from a purchase wait for their time. */
  #scheduleBackOffice(time: number): void {
    const { world, options, stock, wheel } = this.#parts;
    const { random } = world;
    const draft = this.#draft;
    const delay = stock.sell(draft.product, draft.quantity, random);
    if (delay > 0) this.#putBackOffice(RESTOCK, wheel, time + delay);
    if (random.unit() < options.refunds)
      this.#putBackOffice(REFUND, wheel, time + DAY * (0.04 + 4 * random.exponential()));
  }

  #putBackOffice(type: number, wheel: Wheel, time: number): void {
    const event = { ...this.#draft, type, session: -1, anonymous: 0, second: 0, landing: 0, anomaly: 0 };
    event.time = Math.floor(time);
    if (type === RESTOCK) {
      event.person = -1;
      event.order = 0;
    }
    wheel.add(event.time, ~this.#held.put(event, 'due'));
  }

  #release(slot: number): void {
    const wait = this.#held.wait(slot);
    const event = this.#held.take(slot);
    if (wait === 'due') {
      event.sequence = ++this.#sequence;
      if (event.type === RESTOCK) event.quantity = this.#parts.stock.restock(event.product);
      // A buffer of its own: `take` lends the object only until the next `put`.
      this.#arrive(Object.assign(this.#draft, event));
      return;
    }
    this.#write(Object.assign(this.#draft, event), wait === 'copy');
    const session = this.#draft.session;
    if (session < 0) return;
    const { sessions } = this.#parts;
    sessions.held[session] = (sessions.held[session] as number) - 1;
    if (sessions.held[session] === 0 && sessions.over[session] === 1) this.#end(session);
  }

  /** The event has happened; it is written now, or later. */
  #arrive(event: Draft): void {
    const { options, world } = this.#parts;
    if (event.time < options.start) return;
    const delay = this.#parts.lateness(world.random);
    if (delay > 0) this.#hold(event, 'late', event.time + delay);
    else this.#write(event, false);
  }

  #write(event: Draft, copy: boolean): void {
    const { options, world, writer, wheel } = this.#parts;
    const whole = writer.write(event, copy);
    if (!whole || copy || options.duplicates === 0 || world.random.unit() >= options.duplicates) return;
    // Most copies are retries within seconds, some come within the hour.
    const delay = (world.random.word() & 3) === 0 ? world.random.unit() * 3_600_000 : world.random.unit() * 20_000;
    this.#hold(event, 'copy', wheel.now + wheel.width + delay);
  }

  #hold(event: Draft, wait: Wait, time: number): void {
    const { sessions, wheel } = this.#parts;
    if (event.session >= 0) sessions.held[event.session] = (sessions.held[event.session] as number) + 1;
    wheel.add(time, ~this.#held.put(event, wait));
  }

  #end(slot: number): void {
    this.#settle(slot);
    this.#parts.sessions.free(slot);
  }

  #settle(slot: number): void {
    const { sessions, tally } = this.#parts;
    if (tally.session(sessions.seen[slot] as number)) note(this.abandoned, () => sessions.id(slot));
  }
}
