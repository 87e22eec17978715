import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { SEED, SOAK } from '../engine/soak.ts';
import { type Stream, streams } from '../oracle/arbitrary.ts';
import { calendarOf } from '../oracle/calendar.ts';
import type { AnyRow } from '../oracle/compare-rows.ts';
import { type CountedEvent, countedEvents } from '../oracle/counted-event.ts';
import { rees46Word } from '../oracle/event-word.ts';
import { MINUTE, parseInstant } from '../oracle/instant.ts';
import { average, maxMoney, minMoney, ratio, sampleDeviation, sum } from '../oracle/measure.ts';
import { formatMoney } from '../oracle/money.ts';
import { sessionsOf } from '../oracle/sessions.ts';
import { refusal, rowsOf, shopOf } from './asking.ts';

const RUNS = 4 * SOAK;
const inOwnCurrency = ({ events }: Stream): boolean =>
  events.length > 0 && events.every(({ currency }) => (currency ?? 'USD') === 'USD');
const samples = (seed: number) =>
  fc.sample(streams({ maxEvents: 24 }).filter(inOwnCurrency), { seed: SEED + seed, numRuns: RUNS });
const counted = (events: readonly CanonicalEvent[]): CountedEvent[] => countedEvents(events, {}, (money) => money);

const grouped = <T>(items: readonly T[], key: (item: T) => unknown): Map<string, T[]> =>
  Map.groupBy(items, (item) => JSON.stringify(key(item)));
/** Rows by what they are groups of, numbers to nine places: a double may be rounded otherwise. */
const keyed = (rows: readonly AnyRow[], key: (row: AnyRow) => unknown): Map<string, AnyRow> =>
  new Map(rows.map((row) => [JSON.stringify(key(row)), row]));
const close = (expected: unknown): unknown =>
  typeof expected === 'number' && !Number.isInteger(expected) ? expect.closeTo(expected, 6) : expected;
const like = (fields: Readonly<Record<string, unknown>>) =>
  expect.objectContaining(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, close(value)])));

/** What `event_aggregations` says of some events together. */
const aggregated = (events: readonly CountedEvent[]) => {
  const prices = events.map(({ price }) => price);
  return {
    event_count: events.length,
    total_revenue: formatMoney(sum(events.map(({ amount }) => amount))),
    avg_price: average(prices),
    max_price: maxMoney(prices),
    min_price: minMoney(prices),
    price_stddev: sampleDeviation(prices),
  };
};
/** Windows of five minutes belong to the day in which they begin. */
const began = ({ time }: CountedEvent): number => Math.floor(time / (5 * MINUTE)) * 5 * MINUTE;

test('groups say what the view would say of all their events, by day and column', { timeout: 300_000 }, async () => {
  for (const { events, settings } of samples(1)) {
    const shop = await shopOf(events, settings);
    const calendar = calendarOf(settings.zone);
    const rows = await rowsOf(shop, { view: 'event_aggregations', group_by: ['event_type', 'day'] });
    const dayOf = (row: AnyRow) => calendar.dayOf(parseInstant(String(row['period_start'])));
    const expected = grouped(counted(events), (event) => [rees46Word(event.type), calendar.dayOf(began(event))]);
    const found = keyed(rows, (row) => [row['event_type'], dayOf(row)]);
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, own] of expected) expect(found.get(key)).toEqual(like(aggregated(own)));
    for (const row of rows) {
      const next = new Date((dayOf(row) + 1) * 86_400_000).toISOString().slice(0, 10);
      expect(parseInstant(String(row['period_end']))).toBe(calendar.dayStart(next));
    }
    await shop.close();
  }
});

test('windows that overlap count each event once, sessions are counted whole', { timeout: 300_000 }, async () => {
  for (const { events, settings } of samples(2)) {
    const shop = await shopOf(events, settings);
    const all = counted(events);
    const brands = keyed(await rowsOf(shop, { view: 'brand_activity', group_by: ['brand'] }), (row) => row['brand']);
    const expected = grouped(all, ({ brand }) => brand);
    expect([...brands.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, own] of expected)
      expect(brands.get(key)).toEqual(
        like({ event_count: own.length, avg_price: average(own.map(({ price }) => price)) }),
      );
    const sessions = sessionsOf(all, settings.gapMicros);
    const bought = sessions.filter((session) => session.events.some(({ type }) => type === 'purchase'));
    const lengths = sessions.map((session) => (session.end - session.start) / MINUTE);
    expect(await rowsOf(shop, { view: 'conversion_funnel', group_by: ['total'] })).toEqual([
      like({
        total_sessions: sessions.length,
        sessions_with_purchase: bought.length,
        overall_conversion_rate: ratio(bought.length, sessions.length),
        avg_session_duration: ratio(
          lengths.reduce((total, each) => total + each, 0),
          lengths.length,
        ),
      }),
    ]);
    const measures = [
      'rows',
      'sum:session_duration_minutes',
      'max:unique_products_viewed',
      'brands_viewed',
      'has_view',
    ];
    const each = await rowsOf(shop, { view: 'user_session_analytics', group_by: ['has_purchase'], measures });
    for (const row of each) {
      const own = sessions.filter((session) => bought.includes(session) === row['has_purchase']);
      const names = own.flatMap((session) => session.events.flatMap(({ brand }) => brand ?? []));
      expect(row).toEqual(
        like({
          rows: own.length,
          sum_session_duration_minutes: own.reduce((total, { start, end }) => total + (end - start) / MINUTE, 0),
          max_unique_products_viewed: Math.max(
            ...own.map((session) => new Set(session.events.flatMap(({ product }) => product ?? [])).size),
          ),
          has_view: own.some((session) => session.events.some(({ type }) => type === 'view')),
          brands_viewed: [...new Set(names)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
        }),
      );
    }
    expect(each.reduce((total, row) => total + Number(row['rows']), 0)).toBe(sessions.length);
    await shop.close();
  }
});

test('groups stand beside those of the same weekdays before, over summer time', { timeout: 300_000 }, async () => {
  let compared = 0;
  for (const { events, settings } of samples(3)) {
    const calendar = calendarOf(settings.zone);
    const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
    // The same story again a week later by the clock on the wall, without every third event.
    const again = events
      .filter((_, i) => i % 3 !== 1)
      .map((event, i): CanonicalEvent => {
        const at = parseInstant(event.event_time);
        const day = calendar.dayOf(at);
        const moved = calendar.dayStart(dateOf(day + 7)) + (at - calendar.dayStart(dateOf(day)));
        return { ...event, event_id: `again-${i}`, event_time: new Date(moved / 1000).toISOString() };
      });
    const all = [...events, ...again].sort((a, b) => parseInstant(a.event_time) - parseInstant(b.event_time));
    const shop = await shopOf(all, settings);
    const days = counted(again).map((event) => calendar.dayOf(began(event)));
    const [first, last] = [Math.min(...days), Math.max(...days)];
    if (!Number.isFinite(first)) continue;
    const within = {
      from: instantText(calendar.dayStart(dateOf(first))),
      to: instantText(calendar.dayStart(dateOf(last + 1))),
    };
    const rows = await rowsOf(shop, {
      view: 'event_aggregations',
      group_by: ['day', 'event_type'],
      compare: 'week',
      ...within,
    });
    const of = (shift: number) =>
      grouped(
        counted(all).filter((event) => {
          const day = calendar.dayOf(began(event)) + shift;
          return day >= first && day <= last;
        }),
        (event) => [calendar.dayOf(began(event)) + shift, rees46Word(event.type)],
      );
    const [own, before] = [of(0), of(7)];
    const found = keyed(rows, (row) => [calendar.dayOf(parseInstant(String(row['period_start']))), row['event_type']]);
    expect([...found.keys()].sort()).toEqual([...new Set([...own.keys(), ...before.keys()])].sort());
    for (const [key, row] of found) {
      const [now, then] = [aggregated(own.get(key) ?? []), aggregated(before.get(key) ?? [])];
      expect(row).toEqual(
        like({
          ...now,
          ...Object.fromEntries(Object.entries(then).map(([name, value]) => [`${name}_before`, value])),
          event_count_change: now.event_count - then.event_count,
          event_count_change_rate: ratio(now.event_count - then.event_count, then.event_count),
        }),
      );
      compared += 1;
    }
    await shop.close();
  }
  expect(compared).toBeGreaterThan(0);
});

const instantText = (at: number): string => new Date(at / 1000).toISOString();

test('of an hour that the clock repeats the first meets the first, and what was before it has its own', async () => {
  const at = (event_time: string, i: number): CanonicalEvent => ({
    event_id: `e${i}`,
    event_time,
    event_type: 'view',
    session_id: 's',
    user_id: 'u',
  });
  // 27 October 2019 in Berlin: 02:00 to 03:00 comes twice, at 00:00 and 01:00 UTC. A week before, at 00:00 UTC alone.
  const shop = await shopOf(
    [
      '2019-10-20T00:10:00Z',
      '2019-10-20T01:10:00Z',
      '2019-10-27T00:10:00Z',
      '2019-10-27T01:10:00Z',
      '2019-10-27T02:10:00Z',
    ].map(at),
    { zone: 'Europe/Berlin' },
  );
  const rows = await rowsOf(shop, {
    view: 'event_aggregations',
    group_by: ['hour'],
    measures: ['event_count'],
    from: '2019-10-27',
    to: '2019-10-28',
    zone: 'Europe/Berlin',
    compare: 'week',
  });
  expect(rows.map((row) => [row['period_start'], row['event_count'], row['event_count_before']])).toEqual([
    ['2019-10-27T02:00:00.000000+02:00', 1, 1],
    ['2019-10-27T02:00:00.000000+01:00', 1, 0],
    ['2019-10-27T03:00:00.000000+01:00', 1, 1],
  ]);
  const total = {
    view: 'event_aggregations',
    group_by: ['total'],
    measures: ['rows'],
    from: '2019-10-27',
    to: '2019-10-28',
  };
  for (const [compare, before] of [
    ['previous', 0],
    ['week', 2],
    ['2019-10-20T01:00Z..2019-10-21', 1],
  ] as const)
    expect(await rowsOf(shop, { ...total, compare })).toEqual([like({ rows: 3, rows_before: before })]);
  const october = {
    view: 'event_aggregations',
    group_by: ['month'],
    measures: ['rows'],
    from: '2019-10-01',
    to: '2019-11-01',
    zone: 'Europe/Berlin',
  };
  expect(await rowsOf(shop, { ...october, compare: 'previous' })).toEqual([
    like({ rows: 5, rows_before: 0, rows_change_rate: null }),
  ]);
  expect(await rowsOf(shop, { ...october, compare: '2019-10-01..2019-11-01' })).toEqual([
    like({ rows: 5, rows_before: 5 }),
  ]);
  expect(await refusal(shop, { ...october, compare: 'week' })).toBe('query.compare');
  await shop.close();
});

test('what cannot be added up, grouped or compared is refused with the reason', async () => {
  const shop = await shopOf([{ event_time: '2019-10-01T00:00:00Z', event_type: 'view', event_id: 'a' }]);
  const view = 'event_aggregations';
  const ask = (more: object) => refusal(shop, { view, ...more });
  expect(await ask({ group_by: ['day'], measures: ['unique_users'] })).toBe('query.measure');
  expect(await ask({ group_by: ['day'], measures: ['sum:avg_price'] })).toBe('query.measure');
  expect(await ask({ group_by: ['day'], measures: ['event_count', 'max:unique_users', 'rows'] })).toBe('answered');
  expect(await ask({ group_by: ['day'], measures: ['event_cnt'] })).toBe('view.column_unknown');
  expect(await ask({ group_by: ['day', 'week'] })).toBe('query.group');
  expect(await ask({ group_by: ['brand'] })).toBe('query.group');
  expect(await ask({ group_by: ['is_final'] })).toBe('query.group');
  expect(await ask({ group_by: ['event_count'], measures: ['event_count'] })).toBe('query.group');
  expect(await ask({ group_by: ['event_count'], measures: ['sum:event_count'] })).toBe('answered');
  expect(await ask({ group_by: ['day'], columns: ['event_type'] })).toBe('cli.usage');
  expect(await ask({ measures: ['rows'] })).toBe('cli.usage');
  expect(await ask({ group_by: ['day'], compare: 'previous' })).toBe('query.compare');
  expect(await ask({ group_by: ['day'], from: '2019-10-01', to: '2019-10-02T05:00', compare: 'previous' })).toBe(
    'query.compare',
  );
  expect(await ask({ group_by: ['week'], from: '2019-10-01', to: '2019-10-04', compare: 'previous' })).toBe(
    'query.compare',
  );
  expect(await ask({ group_by: ['window_start'], from: '2019-10-01', to: '2019-10-02', compare: 'week' })).toBe(
    'query.compare',
  );
  expect(await ask({ group_by: ['day'], zone: 'Mars/Olympus' })).toBe('cli.usage');
  expect(await refusal(shop, { view: 'inventory_status', group_by: ['day'] })).toBe('query.group');
  await shop.close();
});

test('a measure that is grouped by is the key, and no measure beside it', async () => {
  const event = (id: string, time: string): CanonicalEvent => ({ event_id: id, event_time: time, event_type: 'view' });
  const shop = await shopOf([
    event('a', '2019-10-01T00:00:00Z'),
    event('b', '2019-10-01T01:00:00Z'),
    event('c', '2019-10-01T02:00:00Z'),
    event('d', '2019-10-01T02:01:00Z'),
  ]);
  const rows = await rowsOf(shop, { view: 'event_aggregations', group_by: ['event_count'] });
  expect(rows).toEqual([like({ event_count: 1, rows: 2 }), like({ event_count: 2, rows: 1 })]);
  const sums = { view: 'event_aggregations', group_by: ['event_count'], measures: ['sum:event_count'] };
  expect(await rowsOf(shop, sums)).toEqual([
    like({ event_count: 1, sum_event_count: 2 }),
    like({ event_count: 2, sum_event_count: 2 }),
  ]);
  await shop.close();
});

test('every view can be grouped into its total', async () => {
  const events =
    fc.sample(streams({ maxEvents: 24 }).filter(inOwnCurrency), { seed: SEED, numRuns: 1 })[0]?.events ?? [];
  const shop = await shopOf(events);
  for (const { name } of shop.views)
    expect([name, (await rowsOf(shop, { view: name, group_by: ['total'] })).length]).toEqual([name, 1]);
  await shop.close();
});
