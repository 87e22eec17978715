import { beforeAll, expect, test } from 'vitest';
import { generate } from './generate.ts';
import type { Manifest } from './manifest.ts';
import { MemorySink } from './memory-sink.ts';

const EVENTS = 120_000;
const sink = new MemorySink();
let manifest: Manifest;
let rows: string[][] = [];

beforeAll(async () => {
  manifest = await generate({ shape: 'rees46', events: EVENTS, days: 7, seed: 5 }, sink);
  rows = sink
    .lines('events.csv')
    .slice(1)
    .map((line) => line.split(','));
});

const within = (value: number, least: number, most: number): void => {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
};
const shareOf = (index: number, value: string): number =>
  rows.filter((row) => row[index] === value).length / rows.length;

test('people look far more than they buy, and many buy without a cart event', () => {
  within(shareOf(1, 'view'), 0.92, 0.965);
  within(shareOf(1, 'cart'), 0.02, 0.05);
  within(shareOf(1, 'purchase'), 0.013, 0.025);
  const { sessions, sessions_with_purchase, sessions_with_cart_and_purchase } = manifest.totals;
  within(EVENTS / sessions, 4, 5.2);
  within(sessions_with_cart_and_purchase / sessions_with_purchase, 0.2, 0.7);
});

test('a few products and brands get most of the looks, and people come again', () => {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row[2] ?? '', (counts.get(row[2] ?? '') ?? 0) + 1);
  const sorted = Array.from(counts.values()).sort((a, b) => b - a);
  const top = sorted.slice(0, Math.ceil(sorted.length / 100)).reduce((sum, count) => sum + count, 0);
  within(top / rows.length, 0.08, 0.5);
  within(manifest.totals.sessions / manifest.totals.users, 1.5, 5);
});

test('category codes and brands are missing as often as in real data', () => {
  within(shareOf(4, ''), 0.25, 0.45);
  within(shareOf(5, ''), 0.08, 0.25);
});

test('nights are quiet', () => {
  const hours = new Float64Array(24);
  for (const row of rows) {
    const hour = Number(row[0]?.slice(11, 13));
    hours[hour] = (hours[hour] ?? 0) + 1;
  }
  within((hours[1] ?? 0) / (hours[16] ?? 1), 0.15, 0.5);
});

test('without lateness rows are in time order', () => {
  const times = rows.map((row) => row[0] ?? '');
  expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? ''))).toBe(true);
  expect(manifest.planted.out_of_order).toBe(0);
});

test('sessions interleave, and some pause for more than half an hour', () => {
  const last = new Map<string, number>();
  let pauses = 0;
  let interleaved = 0;
  rows.forEach((row, index) => {
    const session = row[8] ?? '';
    const time = Date.parse(`${row[0]?.slice(0, 10)}T${row[0]?.slice(11, 19)}Z`);
    const before = last.get(session);
    if (before !== undefined && time - before > 1_800_000) pauses++;
    if (before !== undefined && rows[index - 1]?.[8] !== session) interleaved++;
    last.set(session, time);
  });
  within(pauses / manifest.totals.sessions, 0.005, 0.03);
  expect(interleaved).toBeGreaterThan(EVENTS / 3);
});

test.each([
  ['b1', { view: 0.8, purchase: 0.2 }],
  ['globalmart', { view: 0.6, purchase: 0.2 }],
] as const)('%s keeps the shares of its streams', async (shape, shares) => {
  const { totals } = await generate({ shape, events: 40_000 }, new MemorySink());
  const { purchase = 0, view = 0, list_click = 0, cart_add = 0 } = totals.by_type;
  within(purchase / 40_000, shares.purchase - 0.015, shares.purchase + 0.015);
  within((shape === 'b1' ? view + list_click + cart_add : view) / 40_000, shares.view - 0.015, shares.view + 0.015);
});

test('canonical rows know refunds, restocks and the steps of the checkout', async () => {
  const { totals } = await generate({ shape: 'canonical', events: 60_000, days: 20, products: 300 }, new MemorySink());
  for (const type of [
    'page',
    'search',
    'list_view',
    'list_click',
    'cart_view',
    'cart_remove',
    'checkout',
    'ship',
    'pay',
    'refund',
    'restock',
    'promo_view',
  ])
    expect(totals.by_type[type] ?? 0, type).toBeGreaterThan(0);
  expect(totals.visitors).toBeGreaterThan(totals.users);
  expect(totals.session_visitor_pairs).toBeGreaterThan(totals.sessions);
});
