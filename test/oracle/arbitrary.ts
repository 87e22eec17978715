import fc from 'fast-check';
import { type CanonicalEvent, EVENT_TYPES } from '../../src/core/event.ts';
import type { Count, OracleFacts, OracleSettings, ProductVersion, Rate, UserVersion } from './input.ts';
import { formatInstant, MINUTE, parseInstant, SECOND } from './instant.ts';
import { formatMoney } from './money.ts';
import type { Picks } from './transform.ts';

/** A small shop: all that the oracle and the real system are given. */
export interface Stream {
  /** Valid events with distinct ids (or none at all), by event time. */
  readonly events: readonly CanonicalEvent[];
  readonly facts: OracleFacts;
  readonly settings: Required<Omit<OracleSettings, 'currency'>>;
}

const GAP = 30 * MINUTE;

/** Moments where windows, months, years and summer time turn over. */
const BEGINNINGS = [
  '2019-10-01T00:00:00Z',
  '2019-09-30T23:50:00Z',
  '2019-10-27T00:30:00Z',
  '2019-10-31T22:45:00Z',
  '2019-11-03T05:15:00Z',
  '2019-03-31T00:45:00Z',
  '2019-03-10T06:45:00Z',
  '2020-02-29T23:59:59.999999Z',
  '2019-12-31T23:55:00Z',
  '2009-11-01T02:29:00Z',
].map(parseInstant);

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'America/St_Johns',
];

/** Steps on a person's own clock; the gap itself must still join, one microsecond more must not. */
const STEPS = [
  0,
  0,
  0,
  0,
  1,
  SECOND,
  7 * SECOND,
  MINUTE,
  2 * MINUTE,
  2 * MINUTE + 1,
  5 * MINUTE,
  10 * MINUTE,
  10 * MINUTE + 1,
  GAP - 1,
  GAP,
  GAP + 1,
  61 * MINUTE,
  26 * 60 * MINUTE,
];

/** After a step, some events are moved onto, or just before, the next edge of a window of this length. */
const EDGES = [10 * SECOND, ...[1, 5, 10, 15, 60, 1440].map((minutes) => minutes * MINUTE)];

/** Numbers, numbers that do not survive as numbers, UUIDs in both cases, equal looks with other bytes. */
const PEOPLE = [
  '541312140',
  '0541312140',
  '9223372036854775808',
  '72d76fde-8bb3-4e00-8c23-a032dfed738c',
  '72D76FDE-8BB3-4E00-8C23-A032DFED738C',
  'Zo\u00eb',
  'Zoe\u0308',
  'null',
  '\u{1F6D2} "a,b"',
];
const SESSIONS = ['s1', 's2', '9333dfbd-b87a-4708-9857-6336556b0fcc', '42', '\u00e9t\u00e9 1'];
const PRODUCTS = ['1', '44600062', '3900821', 'SKU-\u00df', "O'Neil"];
const TYPES = [
  ...EVENT_TYPES,
  'view',
  'view',
  'view',
  'cart_add',
  'purchase',
  'purchase',
  'restock',
  'refund',
  'wishlist_add',
  'Gew\u00fcnscht',
];

const CURRENCIES = ['USD', 'EUR', 'JPY', 'usd'];

const oneOf = <T>(values: readonly T[]) => fc.constantFrom(...values);
/** Null one time in seven, or every other time; a frequency of 1 would be null always. */
const maybe = <T>(value: fc.Arbitrary<T>, oftenNull = false) => fc.option(value, { freq: oftenNull ? 2 : 6 });

/** Up to just below 10^9, with the extremes more often than chance would have it. */
const money = fc
  .oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 5_000_000 }) },
    { weight: 3, arbitrary: oneOf([0, 1, 499_999, 500_000, 1_999_999, 2_000_000]) },
    { weight: 1, arbitrary: oneOf([9_999_999_999_999, 9_999_999_999_998]) },
  )
  .map((units) => formatMoney(BigInt(units)));

const step = fc.record({
  person: fc.nat(3),
  advance: oneOf(STEPS),
  edge: maybe(fc.record({ size: oneOf(EDGES), before: fc.boolean() }), true),
  type: oneOf(TYPES),
  session: maybe(fc.nat(1)),
  user: fc.boolean(),
  anonymous: fc.boolean(),
  /** The same visitor goes on with the same product, as from a click to a purchase just in time or just too late. */
  again: maybe(
    fc.record({
      type: oneOf(['purchase', 'purchase', 'view', 'list_click', 'cart_add']),
      advance: oneOf([0, 0, SECOND, 5 * MINUTE, 10 * MINUTE, 10 * MINUTE + 1]),
    }),
    true,
  ),
  product: maybe(oneOf(PRODUCTS)),
  category_id: maybe(oneOf(['2103807459595387724', '2053013552326770905'])),
  category_code: maybe(oneOf(['appliances.environment.water_heater', 'appliances', 'electronics.smartphone']), true),
  category: maybe(oneOf(['appliances', 'Caf\u00e9']), true),
  brand: maybe(oneOf(['samsung', 'Samsung', 'aqua', '\u00d6ko', '\uFF5E', '\u{1F600}'])),
  price: maybe(money),
  quantity: maybe(fc.integer({ min: 0, max: 9 }), true),
  amount: maybe(money, true),
  order: maybe(oneOf(['o1', 'o2'])),
  currency: maybe(oneOf(CURRENCIES), true),
  product_name: maybe(oneOf(['Kettle', 'T\u00e9l\u00e9phone']), true),
  properties: maybe(
    oneOf(['{"restocked":true}', '{"restocked":"true"}', '{"restocked":false}', '{"restocked":1}', '{"note":"true"}']),
  ),
  channel: maybe(oneOf(['search', 'mail']), true),
  utm_source: maybe(oneOf(['news', 'Caf\u00e9']), true),
  device: maybe(oneOf(['phone', 'desktop']), true),
  country: maybe(oneOf(['DE', 'BR']), true),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A shop whose four people overlap in sessions on purpose: `people` and `sessions` are drawn once a stream. */
const cast = fc.record({
  beginning: oneOf(BEGINNINGS),
  people: fc.array(maybe(oneOf(PEOPLE)), { minLength: 4, maxLength: 4 }),
  sessions: fc.uniqueArray(oneOf(SESSIONS), { minLength: 2, maxLength: 2 }),
});

/** Counts of products, so much after the beginning of a stream; without a time they are of their loading. */
const counts = fc.array(
  fc.record({
    product_id: oneOf(PRODUCTS),
    stock: fc.integer({ min: 0, max: 16 }).map(String),
    after: maybe(oneOf([...STEPS, 5 * GAP])),
  }),
  { maxLength: 8 },
);

type Cast = typeof cast extends fc.Arbitrary<infer C> ? C : never;

const instant = oneOf(BEGINNINGS).map(formatInstant);

const products: fc.Arbitrary<ProductVersion[]> = fc.uniqueArray(
  fc.record({
    product_id: oneOf(PRODUCTS),
    product_name: maybe(oneOf(['Heater', 'T\u00e9l\u00e9phone'])),
    category_name: maybe(oneOf(['Appliances', 'Phones'])),
    valid_from: maybe(instant),
  }),
  { maxLength: 5, selector: (version) => JSON.stringify([version.product_id, version.valid_from]) },
);

const users: fc.Arbitrary<UserVersion[]> = fc.uniqueArray(
  fc.record({ user_id: oneOf(PEOPLE), tier: maybe(oneOf(['gold', 'new'])), valid_from: maybe(instant) }),
  { maxLength: 3, selector: (version) => JSON.stringify([version.user_id, version.valid_from]) },
);

/** Ties of the last decimal, rates that no sum survives unrounded, and one that takes big money out of bounds. */
const rates: fc.Arbitrary<Rate[]> = fc.array(
  fc.record({
    date: oneOf(
      BEGINNINGS.flatMap((at) => [-1, 0, 1].map((day) => formatInstant(at + day * 1440 * MINUTE).slice(0, 10))),
    ),
    currency: oneOf(CURRENCIES.slice(1)),
    rate: oneOf([
      '1.1',
      '0.0071',
      '0.5',
      '1.5',
      '0.25',
      '1',
      '0.3333333333',
      '1.0000500000',
      '9999999',
      '0.0000000001',
    ]),
  }),
  { maxLength: 6 },
);

/**
 * Small realistic streams of every event type, with what breaks aggregations: nulls in every key, equal timestamps,
 * edges of windows, gaps equal to the timeout, people who share a session, sessions without people, nights in which the
 * clock changes. `ids: false` gives events without event_id, of which equal ones are distinct.
 */
export function streams(options: { readonly maxEvents?: number; readonly ids?: boolean } = {}): fc.Arbitrary<Stream> {
  return fc
    .record({
      cast,
      steps: fc.array(step, { maxLength: options.maxEvents ?? 30, size: 'max' }),
      facts: fc.record({ products, users, rates }),
      counts,
      zone: oneOf(ZONES),
    })
    .map(({ cast: shop, steps, facts, counts: counted, zone }) => ({
      events: play(shop, steps, options.ids ?? true),
      facts: { ...facts, counts: counted.map((count) => countedAt(count, shop.beginning)) },
      settings: { zone, gapMicros: GAP },
    }));
}

const countedAt = ({ after, ...count }: { after: number | null } & Count, from: number): Count => ({
  ...count,
  counted_at: after === null ? null : formatInstant(from + after),
});

/** Picks for the functions of transform.ts. */
export const picks = (): fc.Arbitrary<Picks> => fc.array(fc.nat(1000), { maxLength: 24 });

function play(shop: Cast, steps: readonly Step[], ids: boolean): CanonicalEvent[] {
  const clocks = new Map<number, number>();
  const seen = new Map<number, Pick<Step, 'product' | 'user' | 'anonymous'>>();
  const timed = steps.map((drawn, i) => {
    const before = drawn.again === null ? undefined : seen.get(drawn.person);
    const one = { ...drawn, ...(before === undefined ? undefined : { ...before, ...drawn.again, edge: null }) };
    seen.set(one.person, { product: one.product, user: one.user, anonymous: one.anonymous });
    const time = toEdge((clocks.get(one.person) ?? shop.beginning) + one.advance, one.edge);
    clocks.set(one.person, time);
    const id = shop.people[one.person] ?? null;
    const event: CanonicalEvent = {
      ...(ids ? { event_id: i % 5 === 4 ? `\u00e9v\u00e9nement-${i}` : `e${i}` } : {}),
      event_time: formatInstant(time),
      event_type: one.type,
      product_id: one.product,
      category_id: one.category_id,
      category_code: one.category_code,
      category: one.category,
      brand: one.brand,
      price: one.price,
      quantity: one.quantity,
      amount: one.amount ?? boundedAmount(one),
      currency: one.currency,
      order_id: one.type === 'purchase' ? one.order : null,
      user_id: one.user ? id : null,
      anonymous_id: one.anonymous ? (id ?? 'anonymous') : null,
      product_name: one.product_name,
      properties: one.type === 'refund' ? one.properties : null,
      channel: one.channel,
      utm_source: one.utm_source,
      device: one.device,
      country: one.country,
      session_id: one.session === null ? null : (shop.sessions[one.session] ?? null),
    };
    return { time, event };
  });
  return timed.sort((a, b) => a.time - b.time).map(({ event }) => event);
}

function toEdge(time: number, edge: Step['edge']): number {
  if (edge === null) return time;
  const { size, before } = edge;
  return Math.ceil(time / size) * size + (before ? size - 1 : 0);
}

/** A line's total must stay below 10^9: where price x quantity would not, the amount is given as the price. */
const boundedAmount = (one: Step): string | null =>
  one.price !== null && Number(one.price) * (one.quantity ?? 1) >= 1e9 ? one.price : null;
