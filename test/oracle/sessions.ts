import type { CountedEvent } from './counted-event.ts';
import type { Row } from './input.ts';
import { type EpochMicros, formatInstant, MINUTE, SECOND } from './instant.ts';
import { average, distinct, ofType, present, sortedSet, sum } from './measure.ts';
import { formatMoney, type Units } from './money.ts';

/** The events of one session in event-time order; never empty. */
export interface Session {
  readonly id: string;
  readonly visitor: string | null;
  readonly start: EpochMicros;
  readonly end: EpochMicros;
  readonly events: readonly CountedEvent[];
  readonly purchases: number;
  readonly revenue: Units;
}

/** Sessions by (session_id, visitor), and by visitor and gap where there is no session_id. */
export function sessionsOf(events: readonly CountedEvent[], gap: number): Session[] {
  const sessions = runsWithoutId(events, gap);
  for (const [id, members] of givenSessions(events)) {
    const visitors = new Set(present(members.map((event) => event.visitor)));
    const [only = null] = visitors.size === 1 ? visitors : [];
    const byVisitor = Map.groupBy(members, (event) => event.visitor ?? only);
    for (const [visitor, own] of byVisitor) sessions.push(sessionOf(id, visitor, own));
  }
  return sessions;
}

export const userSessionAnalytics = (sessions: readonly Session[]): Row[] =>
  sessions.map(({ events, ...session }) => {
    const views = ofType(events, 'view').length;
    const carts = ofType(events, 'cart_add').length;
    return {
      user_session: session.id,
      user_id: session.visitor,
      total_events: events.length,
      unique_products_viewed: distinct(events.map((event) => event.product)),
      view_count: views,
      cart_count: carts,
      purchase_count: session.purchases,
      total_purchase_value: formatMoney(session.revenue),
      avg_product_price: average(events.map((event) => event.price)),
      categories_browsed: sortedSet(events.map((event) => event.category)),
      brands_viewed: sortedSet(events.map((event) => event.brand)),
      session_start: formatInstant(session.start),
      session_end: formatInstant(session.end),
      session_duration_minutes: (session.end - session.start) / MINUTE,
      has_view: views > 0,
      has_cart: carts > 0,
      has_purchase: session.purchases > 0,
      conversion_rate: session.purchases / events.length,
    };
  });

/** The same sessions with a timeout of their own, as far as there is none in their ids. */
export const sessionMetrics = (sessions: readonly Session[]): Row[] =>
  sessions.map(({ events, ...session }) => ({
    session_id: session.id,
    user_id: session.visitor,
    session_start: formatInstant(session.start),
    session_end: formatInstant(session.end),
    duration_seconds: Math.floor((session.end - session.start) / SECOND),
    page_views: ofType(events, 'page').length,
    product_views: ofType(events, 'view').length,
    cart_adds: ofType(events, 'cart_add').length,
    purchases: session.purchases,
    revenue: formatMoney(session.revenue),
    converted: session.purchases > 0,
    status: 'completed',
  }));

/** Here the visitor is no part of the key, and a given session_id is split by the gap as well. */
export function inactivitySessions(events: readonly CountedEvent[], gap: number): Row[] {
  const sessions = runsWithoutId(events, gap);
  for (const [id, members] of givenSessions(events)) {
    for (const run of splitByGap(members, gap)) sessions.push(sessionOf(id, null, run));
  }
  return sessions.map((session) => ({
    session_id: session.id,
    session_start: formatInstant(session.start),
    event_count: session.events.length,
    duration_seconds: Math.floor((session.end - session.start) / SECOND),
    status: 'completed',
  }));
}

const givenSessions = (events: readonly CountedEvent[]): Map<string, CountedEvent[]> => {
  const groups = Map.groupBy(events, (event) => event.session);
  return new Map([...groups].flatMap(([id, members]) => (id === null ? [] : [[id, members] as const])));
};

/** Events with neither a session_id nor a visitor belong to no session. */
function runsWithoutId(events: readonly CountedEvent[], gap: number): Session[] {
  const loose = events.filter((event) => event.session === null);
  return [...Map.groupBy(loose, (event) => event.visitor)].flatMap(([visitor, members]) =>
    visitor === null
      ? []
      : splitByGap(members, gap).map((run) => {
          const session = sessionOf('', visitor, run);
          return { ...session, id: `~${visitor}~${session.start}` };
        }),
  );
}

function splitByGap(events: readonly CountedEvent[], gap: number): CountedEvent[][] {
  const runs: CountedEvent[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const event of events.toSorted((a, b) => a.time - b.time)) {
    if (event.time - last > gap) runs.push([event]);
    else runs.at(-1)?.push(event);
    last = event.time;
  }
  return runs;
}

function sessionOf(id: string, visitor: string | null, members: readonly CountedEvent[]): Session {
  const times = members.map((event) => event.time);
  const purchases = ofType(members, 'purchase');
  return {
    id,
    visitor,
    start: times.reduce((a, b) => Math.min(a, b)),
    end: times.reduce((a, b) => Math.max(a, b)),
    events: members,
    purchases: purchases.length,
    revenue: sum(purchases.map((event) => event.amount)),
  };
}
