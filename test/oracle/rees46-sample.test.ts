import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readRees46 } from './csv.ts';
import type { Row } from './input.ts';
import { formatInstant, parseInstant } from './instant.ts';
import { formatMoney, parseMoney } from './money.ts';
import { oracle } from './oracle.ts';

const DATA = new URL('../../../shared/data/', import.meta.url);
const SAMPLE = new URL('rees46_first1000.csv', DATA);
const EXPECTED = new URL('rees46_1000_expected.json', DATA);
const here = existsSync(SAMPLE) && existsSync(EXPECTED);

const Expected = z.object({
  events: z.number(),
  by_type: z.record(z.string(), z.number()),
  user_session_pairs: z.number(),
  revenue: z.string(),
  sessions_with: z.record(z.string(), z.number()),
  session_events: z.object({ max: z.number(), single_event: z.number() }),
  mean_session_minutes: z.number(),
  funnel_15min_by_session_start: z.array(
    z.object({ start: z.string(), sessions: z.number(), cart: z.number(), purchase: z.number(), avg_min: z.number() }),
  ),
  tumbling_5min: z.array(
    z.object({ start: z.string(), events: z.number(), purchase: z.number(), revenue: z.string() }),
  ),
  hop_10_5_samsung: z.array(z.object({ start: z.string(), events: z.number(), users: z.number() })),
});

const instant = (text: string) => formatInstant(parseInstant(`${text.replace(' ', 'T')}Z`));
const byStart = (a: Row, b: Row) => (String(a.window_start) < String(b.window_start) ? -1 : 1);
const count = (rows: readonly Row[], ...columns: string[]) => rows.filter((row) => columns.every((c) => row[c])).length;

test('the first 1000 events of REES46 give the published figures', (context) => {
  if (!here) {
    if (process.env.CI === 'true') throw new Error(`the REES46 sample is missing: ${SAMPLE.pathname}`);
    const reason = `did not run: the REES46 sample is not in ${DATA.pathname}`;
    console.warn(reason);
    context.skip(reason);
  }
  const expected = Expected.parse(JSON.parse(readFileSync(EXPECTED, 'utf8')));
  const rows = oracle(readRees46(readFileSync(SAMPLE, 'utf8')));
  const sessions = rows.user_session_analytics;
  const total = (list: readonly Row[], column: string) => list.reduce((n, row) => n + Number(row[column]), 0);
  const money = (list: readonly Row[], column: string) =>
    formatMoney(list.reduce((sum, row) => sum + parseMoney(String(row[column])), 0n));

  expect(rows.enriched_events).toHaveLength(expected.events);
  const types = Map.groupBy(rows.enriched_events, (row) => row.event_type);
  expect(Object.fromEntries([...types].map(([type, list]) => [type, list.length]))).toEqual(expected.by_type);

  expect(sessions).toHaveLength(expected.user_session_pairs);
  expect(money(sessions, 'total_purchase_value')).toBe(formatMoney(parseMoney(expected.revenue)));
  const [cart, purchase] = [count(sessions, 'has_cart'), count(sessions, 'has_purchase')];
  const both = count(sessions, 'has_cart', 'has_purchase');
  expect({
    view: count(sessions, 'has_view'),
    cart,
    purchase,
    cart_and_purchase: both,
    cart_no_purchase: cart - both,
    purchase_no_cart: purchase - both,
  }).toEqual(expected.sessions_with);
  expect(Math.max(...sessions.map((row) => Number(row.total_events)))).toBe(expected.session_events.max);
  expect(sessions.filter((row) => row.total_events === 1)).toHaveLength(expected.session_events.single_event);
  expect(total(sessions, 'session_duration_minutes') / sessions.length).toBeCloseTo(expected.mean_session_minutes, 6);

  const funnel = rows.conversion_funnel.toSorted(byStart);
  expect(funnel).toHaveLength(expected.funnel_15min_by_session_start.length);
  expected.funnel_15min_by_session_start.forEach((wanted, i) => {
    expect(funnel[i]).toMatchObject({
      window_start: instant(wanted.start),
      total_sessions: wanted.sessions,
      sessions_with_cart: wanted.cart,
      sessions_with_purchase: wanted.purchase,
    });
    expect(funnel[i]?.avg_session_duration).toBeCloseTo(wanted.avg_min, 4);
  });

  for (const wanted of expected.tumbling_5min) {
    const window = rows.event_aggregations.filter((row) => row.window_start === instant(wanted.start));
    const purchases = window.filter((row) => row.event_type === 'purchase');
    expect(total(window, 'event_count')).toBe(wanted.events);
    expect(total(purchases, 'event_count')).toBe(wanted.purchase);
    expect(money(purchases, 'total_revenue')).toBe(formatMoney(parseMoney(wanted.revenue)));
  }

  const samsung = rows.brand_activity.filter((row) => row.brand === 'samsung').toSorted(byStart);
  expect(samsung.map((row) => ({ start: row.window_start, events: row.event_count, users: row.unique_users }))).toEqual(
    expected.hop_10_5_samsung.map((wanted) => ({ ...wanted, start: instant(wanted.start) })),
  );
});
