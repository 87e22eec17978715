import { EVENT_TYPES } from '../../core/event.ts';
import type { Draft } from './draft.ts';
import { CART_ADD, PURCHASE, REFUND, VIEW } from './event-type.ts';
import { SEEN, type Sessions } from './sessions.ts';
import { enlarged } from './wheel.ts';

/** A set of small whole numbers. */
class NumberSet {
  size = 0;
  #bits: Uint8Array;

  constructor(limit: number) {
    this.#bits = new Uint8Array((limit >>> 3) + 1);
  }

  add(value: number): void {
    const at = value >>> 3;
    while (at >= this.#bits.length) this.#bits = enlarged(this.#bits, Uint8Array);
    const bit = 1 << (value & 7);
    const byte = this.#bits[at] as number;
    if ((byte & bit) !== 0) return;
    this.#bits[at] = byte | bit;
    this.size++;
  }
}

/** Counts what was written, as valid distinct events; sessions are added when they are over. */
export class Tally {
  events = 0;
  readonly byType = new Float64Array(EVENT_TYPES.length);
  revenueCents = 0;
  refundedCents = 0;
  units = 0;
  sessions = 0;
  pairs = 0;
  withView = 0;
  withCart = 0;
  withPurchase = 0;
  withCartAndPurchase = 0;
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;
  readonly users: NumberSet;
  readonly cookies: NumberSet;
  readonly products: NumberSet;
  /** By order number: the lines of an order may come apart when one is late. */
  readonly orders = new NumberSet(8192);

  constructor(people: number, products: number) {
    this.users = new NumberSet(people);
    this.cookies = new NumberSet(people);
    this.products = new NumberSet(products);
  }

  event(event: Draft, sessions: Sessions): void {
    this.events++;
    this.byType[event.type] = (this.byType[event.type] as number) + 1;
    if (event.time < this.first) this.first = event.time;
    if (event.time > this.last) this.last = event.time;
    if (event.product >= 0) this.products.add(event.product);
    if (event.person >= 0) (event.anonymous === 1 ? this.cookies : this.users).add(event.person);
    if (event.type === PURCHASE) {
      this.revenueCents += event.price * event.quantity;
      this.units += event.quantity;
      if (event.order > 0) this.orders.add(event.order);
    } else if (event.type === REFUND) this.refundedCents += event.price * event.quantity;
    if (event.session < 0) return;
    let seen = (sessions.seen[event.session] as number) | (event.second === 1 ? SEEN.second : SEEN.first);
    if (event.type === VIEW) seen |= SEEN.view;
    else if (event.type === CART_ADD) seen |= SEEN.cart;
    else if (event.type === PURCHASE) seen |= SEEN.purchase;
    sessions.seen[event.session] = seen;
  }

  /** A visit of which no event will come any more. Answers whether it left its cart. */
  session(seen: number): boolean {
    if (seen === 0) return false;
    this.sessions++;
    this.pairs += (seen & SEEN.first ? 1 : 0) + (seen & SEEN.second ? 1 : 0);
    if (seen & SEEN.view) this.withView++;
    if (seen & SEEN.cart) this.withCart++;
    if (seen & SEEN.purchase) this.withPurchase++;
    if (seen & SEEN.cart && seen & SEEN.purchase) this.withCartAndPurchase++;
    return (seen & SEEN.cart) !== 0 && (seen & SEEN.purchase) === 0;
  }
}
