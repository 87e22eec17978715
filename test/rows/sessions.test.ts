import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../../src/engine/read.ts';
import { personReport, personsPage, personTimeline } from '../../src/runtime/operations/persons.ts';
import { type SessionsInput, sessionStory, sessionsPage } from '../../src/runtime/operations/sessions.ts';
import type { Page } from '../../src/runtime/rows/page.ts';
import { SEED, SOAK } from '../engine/soak.ts';
import type { TestShop } from '../engine/test-shop.ts';
import { type Stream, streams } from '../oracle/arbitrary.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';
import { type CountedEvent, countedEvents } from '../oracle/counted-event.ts';
import { formatInstant } from '../oracle/instant.ts';
import { inOrder } from '../oracle/journeys.ts';
import { distinct, ofType, present, sum } from '../oracle/measure.ts';
import { formatMoney } from '../oracle/money.ts';
import { type Session, sessionsOf } from '../oracle/sessions.ts';
import { shopOf } from './asking.ts';

const inOwnCurrency = ({ events }: Stream): boolean => events.every(({ currency }) => (currency ?? 'USD') === 'USD');
const drawn = (seed: number, usual: number) =>
  fc
    .sample(streams({ maxEvents: 30 }).filter(inOwnCurrency), { seed: SEED + seed, numRuns: usual * SOAK })
    .map(withSomebody);
/** Whatever else there is, somebody anonymous buys something in the end. */
const withSomebody = ({ events, ...rest }: Stream): Stream => {
  const event_time = events.at(-1)?.event_time ?? '2019-10-01T00:00:00.000000Z';
  const one = { event_time, anonymous_id: 'somebody', product_id: '1', price: '2.5' };
  return {
    ...rest,
    events: [
      ...events,
      { ...one, event_id: 'z1', event_type: 'cart_add' },
      { ...one, event_id: 'z2', event_type: 'purchase' },
    ],
  };
};
const oracleOf = ({ events, settings }: Stream): Session[] =>
  sessionsOf(
    countedEvents(events, {}, (money) => money),
    settings.gapMicros,
  );
const firstSaid = (session: Session, name: 'channel' | 'country'): string | null =>
  inOrder(session.events).flatMap(({ event }) => event[name] ?? [])[0] ?? null;

async function allOf(shop: TestShop, read: (reading: Reading, cursor: object) => Promise<Page>): Promise<AnyRow[]> {
  const rows: AnyRow[] = [];
  let next: string | null = null;
  do {
    const cursor: object = next === null ? {} : { cursor: next };
    const page: Page = await shop.ask((reading) => read(reading, cursor));
    rows.push(...page.rows);
    next = page.next;
  } while (next !== null);
  return rows;
}

const listed = (shop: TestShop, asked: Partial<SessionsInput> = {}): Promise<AnyRow[]> =>
  allOf(shop, (reading, cursor) => sessionsPage(reading, { limit: 3, ...asked, ...cursor }));

const idOf = ({ id, visitor }: Session) => JSON.stringify([id, visitor]);
const idsOf = (rows: readonly AnyRow[]) => rows.map((row) => JSON.stringify([row['session_id'], row['visitor']]));
const has = (type: string) => (session: Session) => ofType(session.events, type).length > 0;

test('sessions are those of the events, and are found by what they have', { timeout: 120_000 }, async () => {
  let found = 0;
  for (const stream of drawn(1, 4)) {
    const shop = await shopOf(stream.events, stream.settings);
    const expected = oracleOf(stream);
    const rows = await listed(shop);
    const byId = new Map(idsOf(rows).map((id, i) => [id, rows[i]]));
    expect([...byId.keys()].sort()).toEqual(expected.map(idOf).sort());
    for (const session of expected)
      expect(byId.get(idOf(session))).toMatchObject({
        person: session.visitor,
        session_start: formatInstant(session.start),
        session_end: formatInstant(session.end),
        duration_seconds: (session.end - session.start) / 1e6,
        events: session.events.length,
        views: ofType(session.events, 'view').length,
        cart_adds: ofType(session.events, 'cart_add').length,
        purchases: session.purchases,
        revenue: formatMoney(session.revenue),
        channel: firstSaid(session, 'channel'),
        country: firstSaid(session, 'country'),
      });
    const starts = rows.map((row) => String(row['session_start']));
    expect(starts).toEqual(starts.toSorted().reverse());
    const middle = expected.map(({ start }) => start).sort((a, b) => a - b)[Math.floor(expected.length / 2)] ?? 0;
    const choices: readonly (readonly [Partial<SessionsInput>, (session: Session) => boolean])[] = [
      [{ has: ['purchase'] }, has('purchase')],
      [{ has: ['cart'], without: ['purchase'] }, (each) => has('cart_add')(each) && !has('purchase')(each)],
      [{ channel: 'search' }, (each) => firstSaid(each, 'channel') === 'search'],
      [{ channel: '', has: ['view'] }, (each) => firstSaid(each, 'channel') === null && has('view')(each)],
      [{ country: 'nowhere' }, () => false],
      [{ from: formatInstant(middle) }, ({ start }) => start >= middle],
      [{ to: formatInstant(middle) }, ({ start }) => start < middle],
      [{ visitor: expected[0]?.visitor ?? 'x' }, ({ visitor }) => visitor === (expected[0]?.visitor ?? 'x')],
    ];
    for (const [choice, holds] of choices) {
      const chosen = idsOf(await listed(shop, choice)).sort();
      expect([choice, chosen]).toEqual([choice, expected.filter(holds).map(idOf).sort()]);
      found += chosen.length;
    }
    const live = idsOf(await listed(shop, { live: true }));
    const over = idsOf(await listed(shop, { live: false }));
    expect([...live, ...over].sort()).toEqual(idsOf(rows).sort());
    await shop.close();
  }
  expect(found).toBeGreaterThan(0);
});

/** What is in a cart after each event: by hand. */
function carts(events: readonly CountedEvent[]): { items: number; value: bigint }[] {
  const pieces: Record<string, number> = {};
  const prices: Record<string, bigint> = {};
  return events.map(({ type, product, price, event }) => {
    const key = String(product);
    const quantity = event.quantity ?? 1;
    if (type === 'purchase') for (const each of Object.keys(pieces)) [pieces[each], prices[each]] = [0, 0n];
    if (type === 'cart_add') {
      pieces[key] = (pieces[key] ?? 0) + quantity;
      if (price !== null) prices[key] = price;
    }
    if (type === 'cart_remove') pieces[key] = Math.max(0, (pieces[key] ?? 0) - quantity);
    const all = Object.keys(pieces);
    return {
      items: all.reduce((total, each) => total + (pieces[each] ?? 0), 0),
      value: all.reduce((total, each) => total + BigInt(pieces[each] ?? 0) * (prices[each] ?? 0n), 0n),
    };
  });
}

test('a session tells its events in order, with the cart after each', { timeout: 120_000 }, async () => {
  let told = 0;
  for (const stream of drawn(2, 3)) {
    const shop = await shopOf(stream.events, stream.settings);
    for (const session of oracleOf(stream)) {
      const asked = { id: session.id, ...(session.visitor === null ? {} : { visitor: session.visitor }) };
      const ordered = inOrder(session.events);
      const left = carts(ordered);
      const rows = await allOf(shop, async (reading, cursor) => {
        const { events, next } = await sessionStory(reading, { ...asked, limit: 4, ...cursor });
        return { rows: events, next };
      }).catch((error: { code?: string }) => error.code);
      // Nobody cannot be named where others have the session, too.
      if (rows === 'session.several') expect(session.visitor).toBe(null);
      if (!Array.isArray(rows)) continue;
      expect(rows).toMatchObject(
        ordered.map(({ event, time, product }, i) => ({
          event_id: event.event_id,
          event_time: formatInstant(time),
          event_type: event.event_type,
          product_id: product,
          amount: ordered[i]?.amount == null ? null : formatMoney(ordered[i].amount),
          offset_seconds: (time - session.start) / 1e6,
          cart_items: left[i]?.items,
          cart_value: formatMoney(left[i]?.value ?? 0n),
        })),
      );
      told += rows.length;
    }
    await expect(shop.ask((reading) => sessionStory(reading, { id: 'no such', limit: 1 }))).rejects.toMatchObject({
      code: 'session.unknown',
    });
    await shop.close();
  }
  expect(told).toBeGreaterThan(0);
});

test('people have the sessions of all their ids, their orders and their events', { timeout: 120_000 }, async () => {
  let [people, linked] = [0, 0];
  for (const stream of drawn(3, 4)) {
    const shop = await shopOf(stream.events, stream.settings);
    const sessions = oracleOf(stream);
    const users = new Set(stream.events.flatMap(({ user_id: user }) => user ?? []));
    const visitor = sessions.map((each) => each.visitor).find((each) => each !== null && !users.has(each)) ?? null;
    const from = sessions.find((each) => each.visitor === visitor)?.start ?? 0;
    if (visitor !== null) {
      await shop.say({ says: 'same_as', withdrawn: false, rows: [{ visitor, user: 'ann', from }], recorded: 0 });
      linked += 1;
    }
    const personOf = (session: Session): string | null =>
      session.visitor !== null && session.visitor === visitor && session.start >= from ? 'ann' : session.visitor;
    const expected = Map.groupBy(
      sessions.filter((each) => personOf(each) !== null),
      (each) => String(personOf(each)),
    );
    const rows = await allOf(shop, (reading, cursor) => personsPage(reading, { limit: 2, ...cursor }));
    expect(rows.map((row) => row['person'])).toEqual(
      [...expected.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    for (const row of rows) {
      const own = expected.get(String(row['person'])) ?? [];
      const events = own.flatMap((session) => session.events);
      const orders = ofType(events, 'purchase').map(({ event }) => event.order_id ?? null);
      const sums = {
        sessions: own.length,
        events: events.length,
        purchases: orders.length,
        revenue: formatMoney(sum(ofType(events, 'purchase').map(({ amount }) => amount))),
        first_seen: formatInstant(Math.min(...own.map(({ start }) => start))),
        last_seen: formatInstant(Math.max(...own.map(({ end }) => end))),
      };
      expect(row).toMatchObject({ ...sums, visitors: new Set(own.map((session) => session.visitor)).size });
      const id = String(row['person']);
      const report = await shop.ask((reading) => personReport(reading, id));
      expect(report).toMatchObject({
        ...sums,
        orders: distinct(orders) + (orders.length - present(orders).length),
        // Told of both: of ann, and of the visitor where that was somebody before.
        links: id === 'ann' || id === visitor ? [{ visitor, user_id: 'ann' }] : [],
        bots: [],
      });
      const timeline = await allOf(shop, (reading, cursor) => personTimeline(reading, { id, limit: 5, ...cursor }));
      expect(timeline.map((event) => event['event_id'])).toEqual(inOrder(events).map(({ event }) => event.event_id));
      const listedHere = await listed(shop, { person: id });
      expect(idsOf(listedHere).sort()).toEqual(own.map(idOf).sort());
      people += 1;
    }
    if (visitor !== null) {
      const search = visitor.slice(0, 3);
      const hits = await shop.ask((reading) => personsPage(reading, { search, limit: 100 }));
      expect(hits.rows.map((row) => row['person'])).toContain('ann');
      if (!expected.has(visitor))
        await expect(shop.ask((reading) => personReport(reading, visitor))).rejects.toMatchObject({
          code: 'person.unknown',
          message: expect.stringContaining('ann'),
        });
    }
    await shop.close();
  }
  expect(people).toBeGreaterThan(0);
  expect(linked).toBeGreaterThan(0);
});
