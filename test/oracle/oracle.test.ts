import { describe, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { oracle } from './oracle.ts';

/** An event at `hh:mm:ss[.ffffff]` of 1 October 2019, a Tuesday. */
const at = (clock: string, event_type: string, fields: Partial<CanonicalEvent> = {}): CanonicalEvent => ({
  event_time: `2019-10-01T${clock}Z`,
  event_type,
  ...fields,
});
const iso = (clock: string) => `2019-10-01T${clock}.000000Z`;

describe('identity', () => {
  test('one id counts once and its first content stays; equal events without ids are distinct', () => {
    const rows = oracle([
      at('00:00:00', 'view', { event_id: 'a', brand: 'x' }),
      at('00:00:00', 'view', { event_id: 'a', brand: 'x' }),
      at('00:00:01', 'view', { event_id: 'a', brand: 'y' }),
      at('00:00:00', 'view'),
      at('00:00:00', 'view'),
    ]).enriched_events;
    expect(rows.map((row) => [row.event_id, row.brand])).toEqual([
      ['a', 'x'],
      [null, null],
      [null, null],
    ]);
  });
});

describe('windows', () => {
  test('tumbling five minutes: money is exact, deviation is the sample’s, null keys are one group', () => {
    const rows = oracle([
      at('00:00:00', 'purchase', { price: '0.1', quantity: 3, user_id: '1', session_id: 's' }),
      at('00:04:59.999999', 'purchase', { price: '0.2', anonymous_id: '1', session_id: 't' }),
      at('00:04:00', 'purchase', { amount: '1.0001' }),
      at('00:05:00', 'cart_add', { category_code: 'a.b' }),
    ]).event_aggregations;
    const deviation = rows[0]?.price_stddev;
    expect(deviation).toBeCloseTo(0.0707106781186548, 15);
    expect(rows).toEqual([
      {
        window_start: iso('00:00:00'),
        window_end: iso('00:05:00'),
        category_name: null,
        event_type: 'purchase',
        event_count: 3,
        unique_users: 1,
        unique_sessions: 2,
        avg_price: 0.15,
        total_revenue: '1.5001',
        max_price: '0.2000',
        min_price: '0.1000',
        price_stddev: deviation,
      },
      {
        window_start: iso('00:05:00'),
        window_end: iso('00:10:00'),
        category_name: 'a',
        event_type: 'cart',
        event_count: 1,
        unique_users: 0,
        unique_sessions: 0,
        avg_price: null,
        total_revenue: '0.0000',
        max_price: null,
        min_price: null,
        price_stddev: null,
      },
    ]);
  });

  test('sliding ten by five minutes: an event is in two windows', () => {
    const rows = oracle([at('00:05:00', 'view', { brand: 'x', price: '7' })]).brand_activity;
    expect(rows).toEqual([
      {
        window_start: iso('00:05:00'),
        window_end: iso('00:15:00'),
        brand: 'x',
        event_count: 1,
        unique_users: 0,
        avg_price: 7,
      },
      {
        window_start: iso('00:00:00'),
        window_end: iso('00:10:00'),
        brand: 'x',
        event_count: 1,
        unique_users: 0,
        avg_price: 7,
      },
    ]);
  });

  test('page views leave transactions out; revenue counts orders, and purchases without one', () => {
    const buy = (amount: string, order_id: string | null) =>
      at('00:01:00', 'purchase', { amount, order_id, category: 'c', product_id: 'p' });
    const rows = oracle([
      buy('10', 'o'),
      buy('5', 'o'),
      buy('1', null),
      buy('2', null),
      at('00:01:30', 'refund', { product_id: 'p', category: 'c' }),
      at('00:01:30', 'restock', { product_id: 'p', category: 'c' }),
      at('00:01:59', 'wishlist', { product_id: 'p', category: 'c', user_id: 'u' }),
    ]);
    const window_start = iso('00:01:00');
    expect(rows.product_page_views).toEqual([
      { window_start, window_end: iso('00:02:00'), product_id: 'p', category: 'c', view_count: 1, unique_users: 1 },
    ]);
    expect(rows.category_revenue).toEqual([
      {
        window_start: iso('00:00:00'),
        window_end: iso('00:05:00'),
        category: 'c',
        transaction_count: 3,
        total_revenue: '18.0000',
        avg_transaction: 6,
      },
    ]);
  });
});

describe('sessions', () => {
  const keys = (events: CanonicalEvent[]) =>
    oracle(events).user_session_analytics.map((row) => [row.user_session, row.user_id, row.total_events]);

  test('an event without user takes the only user of its session', () => {
    expect(
      keys([at('00:00:00', 'view', { session_id: 's' }), at('09:00:00', 'view', { session_id: 's', user_id: '1' })]),
    ).toEqual([['s', '1', 2]]);
  });

  test('two users in one session are two rows, and what has no user is a third', () => {
    const events = ['1', '2', null].map((user_id) => at('00:00:00', 'view', { session_id: 's', user_id }));
    expect(keys(events)).toEqual([
      ['s', '1', 1],
      ['s', '2', 1],
      ['s', null, 1],
    ]);
  });

  test('without session_id: a gap equal to the timeout joins, one microsecond more does not', () => {
    const by = (clock: string) => at(clock, 'view', { anonymous_id: 'v' });
    expect(keys([by('01:00:00.000001'), by('00:30:00'), by('00:00:00')])).toEqual([
      ['~v~1569888000000000', 'v', 2],
      ['~v~1569891600000001', 'v', 1],
    ]);
  });

  test('an event with neither session nor visitor is in no session', () => {
    const rows = oracle([at('00:00:00', 'view')]);
    expect([rows.user_session_analytics, rows.inactivity_sessions, rows.conversion_funnel]).toEqual([[], [], []]);
  });

  test('every column of a session, lists by their bytes', () => {
    const of = (clock: string, type: string, fields: Partial<CanonicalEvent>) =>
      at(clock, type, { session_id: 's', user_id: 'u', ...fields });
    const rows = oracle([
      of('00:00:30', 'purchase', { product_id: 'p', price: '3', quantity: 2, brand: '\u{1F600}', category: 'b' }),
      of('00:00:00', 'view', { product_id: 'p', price: '1', brand: '\uFF5E', category: 'B' }),
      of('00:01:30', 'page', {}),
    ]).user_session_analytics;
    expect(rows).toEqual([
      {
        user_session: 's',
        user_id: 'u',
        total_events: 3,
        unique_products_viewed: 1,
        view_count: 1,
        cart_count: 0,
        purchase_count: 1,
        total_purchase_value: '6.0000',
        avg_product_price: 2,
        categories_browsed: ['B', 'b'],
        brands_viewed: ['\uFF5E', '\u{1F600}'],
        session_start: iso('00:00:00'),
        session_end: iso('00:01:30'),
        session_duration_minutes: 1.5,
        has_view: true,
        has_cart: false,
        has_purchase: true,
        conversion_rate: 1 / 3,
      },
    ]);
  });

  test('inactivity splits a given session too, whoever is in it, and cuts its seconds off', () => {
    const of = (clock: string, user_id: string) => at(clock, 'view', { session_id: 's', user_id });
    const rows = oracle([of('00:00:00', '1'), of('00:29:59.999999', '2'), of('01:00:00', '1')]).inactivity_sessions;
    expect(rows).toEqual([
      { session_id: 's', session_start: iso('00:00:00'), event_count: 2, duration_seconds: 1799, status: 'completed' },
      { session_id: 's', session_start: iso('01:00:00'), event_count: 1, duration_seconds: 0, status: 'completed' },
    ]);
  });

  test('the funnel belongs to the start of the session; a purchase needs no cart', () => {
    const of = (session_id: string, clock: string, type: string, price?: string) =>
      at(clock, type, { session_id, user_id: 'u', ...(price === undefined ? {} : { price }) });
    const rows = oracle([
      of('a', '00:14:00', 'view'),
      of('a', '00:20:00', 'purchase', '10'),
      of('b', '00:00:00', 'view'),
      of('b', '00:00:00', 'cart_add'),
      of('c', '00:15:00', 'page'),
    ]).conversion_funnel;
    expect(rows).toEqual([
      {
        window_start: iso('00:00:00'),
        window_end: iso('00:15:00'),
        total_sessions: 2,
        sessions_with_view: 2,
        sessions_with_cart: 1,
        sessions_with_purchase: 1,
        avg_session_duration: 3,
        avg_purchase_value: 10,
        view_to_cart_rate: 0.5,
        cart_to_purchase_rate: 0,
        overall_conversion_rate: 0.5,
      },
      {
        window_start: iso('00:15:00'),
        window_end: iso('00:30:00'),
        total_sessions: 1,
        sessions_with_view: 0,
        sessions_with_cart: 0,
        sessions_with_purchase: 0,
        avg_session_duration: 0,
        avg_purchase_value: null,
        view_to_cart_rate: null,
        cart_to_purchase_rate: null,
        overall_conversion_rate: 0,
      },
    ]);
  });
});

describe('calendar', () => {
  test('a month with a change of clocks has its own length; a repeated hour is one hour of day', () => {
    const events = ['2019-10-27T00:30:00Z', '2019-10-27T01:30:00Z', '2019-10-31T23:00:00Z'].map((event_time) => ({
      event_time,
      event_type: 'purchase',
      price: '2',
      user_id: 'u',
    }));
    const rows = oracle(events, {}, { zone: 'Europe/Berlin' });
    const october = { window_start: '2019-09-30T22:00:00.000000Z', window_end: '2019-10-31T23:00:00.000000Z' };
    const november = { window_start: '2019-10-31T23:00:00.000000Z', window_end: '2019-11-30T23:00:00.000000Z' };
    const two = { event_count: 2, unique_users: 1, purchases: 2, avg_price: 2 };
    const one = { event_count: 1, unique_users: 1, purchases: 1, avg_price: 2 };
    expect(rows.hourly_patterns).toEqual([
      { month: '2019-10', hour_of_day: 2, ...october, ...two },
      { month: '2019-11', hour_of_day: 0, ...november, ...one },
    ]);
    expect(rows.daily_patterns).toEqual([
      { month: '2019-10', day_of_week: 1, ...october, ...two },
      { month: '2019-11', day_of_week: 6, ...november, ...one },
    ]);
  });
});

describe('dimensions and features', () => {
  test('the version of the event’s own time, with the event’s words where the catalogue has none', () => {
    const of = (clock: string, fields: Partial<CanonicalEvent>) => at(clock, 'view', { product_id: 'p', ...fields });
    const rows = oracle(
      [
        of('00:00:00', { category: 'own', user_id: 'u', price: '49.9999' }),
        of('00:01:00', { category: 'own', price: '50', product_name: 'Own' }),
        of('00:02:00', { category_code: 'x.y', price: '200' }),
      ],
      {
        products: [
          { product_id: 'p', product_name: 'First', category_name: 'Old' },
          { product_id: 'p', product_name: null, category_name: 'New', valid_from: iso('00:01:00') },
          { product_id: 'p', product_name: 'Last', category_name: null, valid_from: iso('00:02:00') },
        ],
        users: [{ user_id: 'u', tier: 'gold' }],
      },
    ).enriched_events;
    const columns = ['product_name', 'category_name', 'price_category', 'tier', 'event_hour', 'is_weekend'];
    expect(rows.map((row) => columns.map((column) => row[column]))).toEqual([
      ['First', 'Old', 'Budget', 'gold', 0, false],
      ['Own', 'New', 'Mid-Range', null, 0, false],
      ['Last', 'x', 'Premium', null, 0, false],
    ]);
  });
});
