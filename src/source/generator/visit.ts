import { type Catalogue, drawProduct } from './catalogue.ts';
import {
  CART_ADD,
  CART_REMOVE,
  CART_VIEW,
  CHECKOUT,
  LIST_CLICK,
  LIST_VIEW,
  PAGE,
  PAY,
  PROMO_VIEW,
  PURCHASE,
  SEARCH,
  SHIP,
  VIEW,
} from './event-type.ts';
import type { People } from './people.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import { type Sessions, WHOSE } from './sessions.ts';
import type { WeightedChoice } from './weighted-choice.ts';

/** Where a visit stands: what it does next. */
const STAGE = {
  landing: 0,
  browse: 1,
  look: 2,
  cart: 3,
  remove: 4,
  cartView: 5,
  checkout: 6,
  ship: 7,
  pay: 8,
  buy: 9,
  end: 10,
} as const;

export interface VisitWorld {
  readonly profile: Profile;
  readonly catalogue: Catalogue;
  readonly people: People;
  readonly random: Random;
  readonly channels: WeightedChoice;
}

/** Plans a visit of `person`: who, from where, and what it will come to. Answers its slot. */
export function beginVisit(world: VisitWorld, sessions: Sessions, person: number): number {
  const { profile, people, random, catalogue } = world;
  const slot = sessions.take(random);
  sessions.person[slot] = person;
  sessions.place[slot] = people.place(person);
  sessions.device[slot] = people.device(person);
  sessions.channel[slot] = world.channels.draw(random);
  sessions.campaign[slot] = random.below(2);
  const u = random.unit() / people.eagerness(person);
  const buysFromCart = u < profile.cartBuy;
  const buysDirectly = !buysFromCart && u < profile.cartBuy + profile.directBuy;
  const leavesCart = !buysFromCart && !buysDirectly && u < profile.cartBuy + profile.directBuy + profile.abandon;
  const carts = buysFromCart || leavesCart ? 1 + (random.word() & 3 ? 0 : 1 + random.below(2)) : 0;
  const views = random.unit() < profile.single ? 1 : 2 + Math.floor(random.exponential() * (profile.views - 2));
  sessions.viewsLeft[slot] = Math.min(60_000, Math.max(views, carts));
  sessions.cartsLeft[slot] = carts;
  sessions.buys[slot] = buysFromCart || buysDirectly ? 1 : 0;
  sessions.stage[slot] = profile.fullPath && random.unit() < 0.55 ? STAGE.landing : STAGE.browse;
  sessions.category[slot] =
    random.unit() < 0.45
      ? catalogue.categoryChoice.at(people.taste(person, random.below(3)))
      : catalogue.categoryChoice.draw(random);
  sessions.product[slot] = -1;
  const whose = random.unit();
  let kind: number = WHOSE.known;
  if (whose < profile.anonymous) kind = buysFromCart || buysDirectly ? WHOSE.logsIn : WHOSE.anonymous;
  else if (whose < profile.anonymous + profile.logsIn) kind = WHOSE.logsIn;
  else if (whose < profile.anonymous + profile.logsIn + profile.shared) kind = WHOSE.shared;
  sessions.whose[slot] = kind;
  sessions.switchAfter[slot] = 1 + random.below(4);
  if (kind === WHOSE.shared) {
    const other = people.draw(random);
    sessions.other[slot] = other;
    if (other === person) sessions.whose[slot] = WHOSE.known;
  }
  return slot;
}

/** A crawler's visit: it walks through the products of a category, fast, and buys nothing. */
export function beginCrawl(world: VisitWorld, sessions: Sessions, person: number, device: number): number {
  const { random, people, profile } = world;
  const slot = sessions.take(random);
  sessions.person[slot] = person;
  sessions.place[slot] = people.place(person);
  sessions.device[slot] = device;
  sessions.channel[slot] = 0;
  sessions.campaign[slot] = 0;
  sessions.viewsLeft[slot] = 60 + random.below(240);
  sessions.cartsLeft[slot] = 0;
  sessions.buys[slot] = 0;
  sessions.bot[slot] = 1;
  sessions.stage[slot] = STAGE.browse;
  sessions.product[slot] = random.below(world.catalogue.count);
  sessions.whose[slot] = profile.anonymous > 0 ? WHOSE.anonymous : WHOSE.known;
  return slot;
}

/** About how many events the visit will come to. */
export function plannedEvents(profile: Profile, sessions: Sessions, slot: number): number {
  const looks = sessions.viewsLeft[slot] as number;
  const carts = sessions.cartsLeft[slot] as number;
  const lines = sessions.buys[slot] === 1 ? Math.max(1, carts) + (profile.fullPath ? 4 : 0.3) : 0;
  const landing = sessions.stage[slot] === STAGE.landing ? 1 : 0;
  return (
    landing + looks * (1 + profile.click) * (profile.fullPath && sessions.bot[slot] === 0 ? 1.16 : 1) + carts + lines
  );
}

export const isOver = (sessions: Sessions, slot: number): boolean => sessions.stage[slot] === STAGE.end;

/** Does the visit's next step: moves its stage and answers the event's type; its product is in `sessions.product`. */
export function stepVisit(world: VisitWorld, sessions: Sessions, slot: number): number {
  const { profile, random } = world;
  switch (sessions.stage[slot]) {
    case STAGE.landing: {
      sessions.stage[slot] = STAGE.browse;
      const u = random.unit();
      return u < 0.4 ? PAGE : u < 0.6 ? SEARCH : u < 0.88 ? LIST_VIEW : PROMO_VIEW;
    }
    case STAGE.browse: {
      if (sessions.bot[slot] === 1) return crawl(world, sessions, slot);
      const u = random.unit();
      if (profile.fullPath && u < 0.14) return u < 0.09 ? LIST_VIEW : u < 0.12 ? SEARCH : PAGE;
      chooseProduct(world, sessions, slot);
      if (profile.click > 0 && random.unit() < profile.click) {
        sessions.stage[slot] = STAGE.look;
        return LIST_CLICK;
      }
      return look(world, sessions, slot);
    }
    case STAGE.look:
      return look(world, sessions, slot);
    case STAGE.cart: {
      sessions.addToCart(slot, sessions.product[slot] as number);
      sessions.cartsLeft[slot] = (sessions.cartsLeft[slot] as number) - 1;
      sessions.stage[slot] =
        (sessions.viewsLeft[slot] as number) > 0 ? STAGE.browse : afterLooking(world, sessions, slot);
      return CART_ADD;
    }
    case STAGE.remove:
      sessions.product[slot] = sessions.takeFromCart(slot);
      sessions.stage[slot] = STAGE.end;
      return CART_REMOVE;
    case STAGE.cartView:
      sessions.stage[slot] = STAGE.checkout;
      return CART_VIEW;
    case STAGE.checkout:
      sessions.stage[slot] = STAGE.ship;
      return CHECKOUT;
    case STAGE.ship:
      sessions.stage[slot] = STAGE.pay;
      return SHIP;
    case STAGE.pay:
      sessions.stage[slot] = STAGE.buy;
      return PAY;
    default:
      return buy(world, sessions, slot);
  }
}

/** True if the next step happens at the same time as the last: another line of one order. */
export const isSameMoment = (sessions: Sessions, slot: number): boolean =>
  (sessions.linesLeft[slot] as number) > 0 && sessions.burst[slot] === 0;

/** From here on the visit buys the same product again and again. */
export function beginBurst(sessions: Sessions, slot: number, lines: number): void {
  sessions.burst[slot] = 1;
  sessions.cartCount[slot] = 0;
  sessions.linesLeft[slot] = lines;
  sessions.stage[slot] = STAGE.buy;
}

function chooseProduct({ random, catalogue }: VisitWorld, sessions: Sessions, slot: number): void {
  const u = random.unit();
  // People look at the same product again, at others like it, and now and then at something else altogether.
  if ((sessions.product[slot] as number) >= 0 && u < 0.28) return;
  if (u > 0.93) sessions.category[slot] = catalogue.categoryChoice.draw(random);
  sessions.product[slot] = drawProduct(catalogue, sessions.category[slot] as number, random);
}

function look(world: VisitWorld, sessions: Sessions, slot: number): number {
  const left = (sessions.viewsLeft[slot] as number) - 1;
  const carts = sessions.cartsLeft[slot] as number;
  sessions.viewsLeft[slot] = left;
  if (carts > 0 && (carts > left || world.random.unit() < 0.25)) sessions.stage[slot] = STAGE.cart;
  else sessions.stage[slot] = left > 0 ? STAGE.browse : afterLooking(world, sessions, slot);
  return VIEW;
}

function crawl({ catalogue }: VisitWorld, sessions: Sessions, slot: number): number {
  const left = (sessions.viewsLeft[slot] as number) - 1;
  sessions.viewsLeft[slot] = left;
  sessions.product[slot] = ((sessions.product[slot] as number) + 1) % catalogue.count;
  if (left === 0) sessions.stage[slot] = STAGE.end;
  return VIEW;
}

function afterLooking({ profile, random }: VisitWorld, sessions: Sessions, slot: number): number {
  if (sessions.buys[slot] === 1) {
    sessions.buys[slot] = 0;
    sessions.linesLeft[slot] = Math.max(1, sessions.cartCount[slot] as number);
    if (!profile.fullPath) return STAGE.buy;
    return (sessions.cartCount[slot] as number) > 0 ? STAGE.cartView : STAGE.checkout;
  }
  const cart = sessions.cartCount[slot] as number;
  return cart > 0 && random.unit() < profile.removes ? STAGE.remove : STAGE.end;
}

function buy({ random }: VisitWorld, sessions: Sessions, slot: number): number {
  if ((sessions.cartCount[slot] as number) > 0) sessions.product[slot] = sessions.takeFromCart(slot);
  const left = (sessions.linesLeft[slot] as number) - 1;
  sessions.linesLeft[slot] = left;
  if (left > 0) return PURCHASE;
  // Some look on after they have paid.
  sessions.burst[slot] = 0;
  sessions.stage[slot] = STAGE.end;
  if (random.unit() < 0.15) {
    sessions.stage[slot] = STAGE.browse;
    sessions.viewsLeft[slot] = 1 + random.below(3);
  }
  return PURCHASE;
}
