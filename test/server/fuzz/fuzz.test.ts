import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { ROLES } from '../../../src/core/role.ts';
import { until } from '../../cli/footfall-process.ts';
import { SEED, SOAK } from '../../engine/soak.ts';
import { serving } from '../serving.ts';
import {
  type Answer,
  type ApiDocument,
  type ApiRoute,
  problemOf,
  routesOf,
  undocumented,
  unlike,
} from './api-document.ts';
import { sendRaw } from './raw-request.ts';
import { type Case, requestsElsewhere, requestsTo } from './request-arbitrary.ts';

const shop = serving(ROLES);
let routes: readonly ApiRoute[] = [];
let words: readonly string[] = [];

beforeAll(async () => {
  routes = routesOf((await (await shop.fetch('/docs/json')).json()) as ApiDocument);
  const now = Date.now();
  const types = ['view', 'cart_add', 'purchase', 'search'];
  const events = Array.from({ length: 200 }, (_, i) => ({
    event_id: `e-${i}`,
    event_time: new Date(now - i * 97_000).toISOString(),
    event_type: types[i % types.length],
    user_id: `u-${i % 7}`,
    session_id: `s-${i % 11}`,
    product_id: `p-${i % 5}`,
    category_code: `a.b${i % 3}`,
    brand: `brand-${i % 4}`,
    price: (i % 50) + 0.99,
  }));
  expect(await (await shop.send(events)).json()).toMatchObject({ accepted: events.length });
  await until(async () => (await shop.get('/v1/status')).body['events'] === events.length);
  const views = (await (await shop.fetch('/v1/views', { as: 'read' })).json()) as { name: string }[];
  words = [
    ...views.map(({ name }) => name),
    ...types,
    ...[
      'u-1',
      's-1',
      'p-1',
      'brand-1',
      'e-1',
      'brand',
      'event_count',
      'window_start',
      '-window_start',
      'category_name',
    ],
    ...['1d', '2h', 'today', '2026-03-01', new Date(now).toISOString(), new Date(now - 3_600_000).toISOString()],
    ...['1:1', '1:2', 'UTC', 'Europe/Berlin', 'USD', 'SELECT 1', 'SELECT * FROM brand_activity', 'event.time_missing'],
  ];
});

const send = ({ as, headers, ...rest }: Case): Promise<Answer> =>
  sendRaw(shop.url, { ...rest, headers: { ...(as === undefined ? {} : shop.bearer(as)), ...headers } });

const metrics = async () => (await shop.fetch('/metrics', { as: 'read' })).text();

const refused: Case[] = [];
const tally = new Map<number, number>();

/** Why an answer is none that was to be expected; null when it is. */
function wrong({ route, method, path }: Case, answer: Answer): string | null {
  const { status, type, text } = answer;
  if (status >= 500 && status !== 503) return `${status}: ${text}`;
  if (route !== undefined) return undocumented(route, answer);
  // What the document keeps silent about: HEAD, preflights, the pages and scripts that are for browsers.
  if (method === 'HEAD') return text === '' ? null : 'HEAD has a body';
  if (status < 400) return method === 'OPTIONS' || HIDDEN.test(path) || isPage(type) ? null : `${status} ${type}`;
  if (!type.startsWith('application/problem+json')) return `${status} is ${type}: ${text.slice(0, 200)}`;
  const problem = problemOf(routes.find(({ responses }) => responses['401'] !== undefined));
  return problem === undefined ? 'no route documents its problems' : unlike(problem, text);
}

/** What takes seconds when it is right. */
const COSTLY = /erasures|verify|apply|rollback|session|users/;
const HIDDEN = /^\/(docs|footfall\.js|v1\/[tpsiagb]\b)/;
const isPage = (type: string): boolean => /^text\/(html|css|javascript)/.test(type);

async function holds(each: Case): Promise<void> {
  const answer = await send(each);
  tally.set(answer.status, (tally.get(answer.status) ?? 0) + 1);
  if (answer.status >= 400 && refused.length < 300) refused.push(each);
  const { as, method, path, headers, body } = each;
  const said = body === null ? '' : Buffer.from(body).toString().slice(0, 2_000);
  expect(wrong(each, answer), `${as} ${method} ${path} ${JSON.stringify(headers)} ${said}`).toBeNull();
}

test('whatever is sent to a documented route, the answer is a documented one', { timeout: 3_600_000 }, async () => {
  const requests = fc.oneof(
    ...routes.map((route) => ({ weight: COSTLY.test(route.path) ? 1 : 6, arbitrary: requestsTo(route, words) })),
  );
  await fc.assert(fc.asyncProperty(requests, holds), { numRuns: 500 * SOAK, seed: SEED });
  if (SOAK > 1) console.log(tally, 'event loop waited at most', /^nodejs_eventloop_lag_max_.*$/m.exec(await metrics()));
  expect(tally.get(200) ?? 0).toBeGreaterThan(50);
  expect(tally.get(400) ?? 0).toBeGreaterThan(50);
});

test('whatever is sent elsewhere is refused as a problem', { timeout: 3_600_000 }, async () => {
  await fc.assert(fc.asyncProperty(requestsElsewhere(routes), holds), { numRuns: 200 * SOAK, seed: SEED });
});

test('what was refused changed no number, and the server goes on', { timeout: 120_000 }, async () => {
  const counted = async () => {
    const { body } = await shop.get('/v1/status');
    const rows = await shop.rows('event_aggregations', 'columns=window_start,category_name,event_type,event_count');
    return { events: body['events'], rejected: body['rejected'], duplicates: body['duplicates'], rows };
  };
  const taken = async () => {
    await until(async () => /^footfall_journal_backlog_rows 0$/m.test(await metrics()));
    // Late ones are in the rows when the finalizer has come to them.
    let found = await counted();
    await until(async () => {
      found = await counted();
      return found.rows.reduce((total, row) => total + Number(row['event_count']), 0) === found.events;
    });
    return found;
  };
  const before = await taken();
  expect(refused.length).toBeGreaterThan(100);
  for (const each of refused) {
    const { status } = await send(each);
    // What could not be read then may be there by now.
    expect(status >= 400 || each.method === 'GET', `${each.as} ${each.method} ${each.path}`).toBe(true);
  }
  expect(await taken()).toEqual(before);
  const event = { event_time: new Date().toISOString(), event_type: 'view' };
  expect(await (await shop.send(event)).json()).toMatchObject({ accepted: 1 });
  await until(async () => (await counted()).events === Number(before.events) + 1);
});
