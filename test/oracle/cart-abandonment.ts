import type { CountedEvent } from './counted-event.ts';
import type { Row } from './input.ts';
import { type EpochMicros, formatInstant, MINUTE } from './instant.ts';
import { inOrder } from './journeys.ts';
import { present, sum } from './measure.ts';
import { formatMoney, type Units } from './money.ts';

const THRESHOLD = MINUTE;
const WITHIN = 7 * 1440 * MINUTE;

/** Cart events that belong together: of a session id, or of a visitor without one, each in order. */
interface Stretch {
  /** Null without a session id. */
  readonly session: string | null;
  readonly events: readonly CountedEvent[];
}

/** The events of one visitor's cart since the session last bought something, in order; never empty. */
interface Cart {
  readonly session: string | null;
  readonly visitor: string | null;
  readonly events: readonly CountedEvent[];
  readonly last: CountedEvent;
}

interface Held {
  readonly product: string | null;
  readonly quantity: number;
  readonly price: Units | null;
}

/** One row for each cart with something left in it that nobody bought before it was abandoned. */
export function cartAbandonment(events: readonly CountedEvent[], gap: number): Row[] {
  const ordered = inOrder(events);
  const place = new Map(ordered.map((event, i) => [event, i]));
  const before = (a: CountedEvent, b: CountedEvent) => (place.get(a) ?? 0) < (place.get(b) ?? 0);
  const purchases = ordered.filter(({ type }) => type === 'purchase');
  return stretchesOf(ordered, gap)
    .flatMap((stretch) => cartsOf(stretch, purchases, before))
    .flatMap((cart) => {
      const held = heldIn(cart.events);
      const abandoned = cart.last.time + THRESHOLD;
      const recoveries = purchases.filter((each) => before(cart.last, each) && recovers(each, cart, held, gap));
      const [first] = recoveries;
      if (held.length === 0 || (first !== undefined && first.time < abandoned)) return [];
      return [
        {
          session_id: cart.session ?? `~${cart.visitor}~${cart.events[0]?.time}`,
          user_id: cart.visitor,
          cart_value: formatMoney(
            held.reduce((total, { quantity, price }) => total + BigInt(quantity) * (price ?? 0n), 0n),
          ),
          items: held.reduce((total, { quantity }) => total + quantity, 0),
          products: held
            .toSorted((a, b) => byBytes(a.product, b.product))
            .map(({ product, quantity, price }) => ({
              product_id: product,
              quantity,
              price: price === null ? null : formatMoney(price),
            })),
          last_cart_event: formatInstant(cart.last.time),
          status: first === undefined ? 'abandoned' : 'recovered',
          abandoned_at: formatInstant(abandoned),
          recovered_at: first === undefined ? null : formatInstant(first.time),
          recovered_amount: formatMoney(sum(recoveries.map(({ amount }) => amount))),
        },
      ];
    });
}

function stretchesOf(ordered: readonly CountedEvent[], gap: number): Stretch[] {
  const moves = ordered.filter(({ type }) => type === 'cart_add' || type === 'cart_remove');
  const stretches: Stretch[] = [];
  for (const [session, own] of Map.groupBy(moves, (event) => event.session)) {
    if (session !== null) {
      stretches.push({ session, events: own });
      continue;
    }
    for (const [visitor, theirs] of Map.groupBy(own, (event) => event.visitor)) {
      if (visitor === null) continue;
      let run: CountedEvent[] = [];
      for (const event of theirs) {
        const last = run.at(-1);
        if (last !== undefined && event.time - last.time > gap) {
          stretches.push({ session, events: run });
          run = [];
        }
        run.push(event);
      }
      stretches.push({ session, events: run });
    }
  }
  return stretches.map(({ session: id, events }) => {
    const end = lastTime(events);
    return { session: id, events: events.filter(({ time }) => end - time <= WITHIN) };
  });
}

function cartsOf(
  { session, events }: Stretch,
  purchases: readonly CountedEvent[],
  before: (a: CountedEvent, b: CountedEvent) => boolean,
): Cart[] {
  const visitors = new Set(present(events.map(({ visitor }) => visitor)));
  const [only = null] = visitors.size === 1 ? visitors : [];
  const [from, to] = [session === null ? (events[0]?.time ?? 0) : lastTime(events) - WITHIN, lastTime(events)];
  const bought = purchases.filter(
    (purchase) =>
      purchase.session === session &&
      (session !== null || purchase.visitor === only) &&
      purchase.time >= from &&
      purchase.time <= to,
  );
  return [...Map.groupBy(events, (event) => event.visitor ?? only)].map(([visitor, own]) => {
    const last = own.at(-1);
    if (last === undefined) throw new Error('a cart without events');
    const checkout = bought.findLast((purchase) => before(purchase, last));
    const since = checkout === undefined ? own : own.filter((event) => before(checkout, event));
    return { session, visitor, events: since, last };
  });
}

/** What is left of each product: quantities, one where none is said, do not fall below 0. */
function heldIn(events: readonly CountedEvent[]): Held[] {
  return [...Map.groupBy(events, ({ product }) => product)].flatMap(([product, own]) => {
    let quantity = 0;
    let price: Units | null = null;
    for (const { type, event, price: said } of own) {
      const pieces = event.quantity ?? 1;
      quantity = type === 'cart_add' ? quantity + pieces : Math.max(0, quantity - pieces);
      if (type === 'cart_add') price = said ?? price;
    }
    return quantity > 0 ? [{ product, quantity, price }] : [];
  });
}

/** Whether a purchase after the cart's last event is one that the cart waited for. */
function recovers(purchase: CountedEvent, cart: Cart, held: readonly Held[], gap: number): boolean {
  const after = purchase.time - cart.last.time;
  if (after > WITHIN) return false;
  const sameSession =
    cart.session === null
      ? purchase.session === null && purchase.visitor === cart.visitor && after <= gap
      : purchase.session === cart.session;
  const carted = purchase.product !== null && held.some(({ product }) => product === purchase.product);
  return sameSession || (purchase.visitor !== null && purchase.visitor === cart.visitor && carted);
}

const lastTime = (events: readonly CountedEvent[]): EpochMicros => events.at(-1)?.time ?? 0;

const byBytes = (a: string | null, b: string | null): number =>
  a === null || b === null ? Number(a === null) - Number(b === null) : Buffer.compare(Buffer.from(a), Buffer.from(b));
