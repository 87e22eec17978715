import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalog, catalogFor } from '../../shop/views/catalog.ts';
import { isStored } from '../../src/compile/tables.ts';
import { minutes } from '../../src/core/time.ts';
import { Follower } from './follower.ts';
import { TestShop } from './test-shop.ts';

let folder: string;
let shop: TestShop;
let follower: Follower;

const path = (name: string) => join(folder, name);
const event = (clock: string, user: string) => ({
  event_id: `${clock}-${user}`,
  event_type: 'view',
  event_time: `2019-10-01T${clock}Z`,
  session_id: `session-${user}`,
  user_id: user,
  brand: `brand-${user}`,
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'footfall-generations-'));
  shop = await TestShop.at(folder);
  follower = new Follower();
  await take('00:00:00', 'a');
  await look();
});
afterEach(async () => {
  await shop.leave();
  rmSync(folder, { recursive: true, force: true });
});

const take = async (clock: string, user: string) => {
  await shop.give([event(clock, user)]);
  await shop.finalize(true);
};

/** Opens the shop anew, after something was done to its folder. */
async function openAfter(done: () => void): Promise<void> {
  await shop.leave();
  done();
  shop = await TestShop.at(folder);
}

/** What a look of the follower brings, one word for all views; its copies must equal the final rows. */
async function look(): Promise<string> {
  return shop.ask(async (reading) => {
    const kinds = new Set([...(await follower.look(reading)).values()].map(({ kind }) => kind));
    expect(await follower.differences(reading)).toEqual([]);
    return [...kinds].join(' and ');
  });
}

test('a shop that is opened anew goes on in its generation', async () => {
  await openAfter(() => undefined);
  await take('01:00:00', 'b');
  expect(shop.shop.generation).toBe(1);
  expect(await look()).toBe('changes');
});

test('a database that was deleted starts a generation, and readers take a snapshot', async () => {
  await openAfter(() => rmSync(path('footfall.duckdb')));
  expect(shop.shop.generation).toBe(2);
  expect(shop.shop.final.epoch).toBe(0);
  expect(await look()).toBe('snapshot');
  expect(follower.rows('brand_activity')).toEqual([]);
  await take('00:00:00', 'a');
  await take('01:00:00', 'b');
  expect(await look()).toBe('changes');
});

test('a database that was replaced by an older copy starts a generation', async () => {
  await openAfter(() => copyFileSync(path('footfall.duckdb'), path('older')));
  await take('01:00:00', 'b');
  expect(await look()).toBe('changes');
  await openAfter(() => copyFileSync(path('older'), path('footfall.duckdb')));
  expect(shop.shop.generation).toBe(2);
  // As many epochs as before, with other events.
  await take('02:00:00', 'c');
  expect(await look()).toBe('snapshot');
  expect(follower.rows('brand_activity').map(({ brand }) => brand)).not.toContain('brand-b');
  expect(await look()).toBe('changes');
});

test('without control.db the database keeps its generation, and is watched over again', async () => {
  await openAfter(() => {
    rmSync(path('control.db'));
    copyFileSync(path('footfall.duckdb'), path('older'));
  });
  await take('01:00:00', 'b');
  expect(shop.shop.generation).toBe(1);
  expect(await look()).toBe('changes');
  await openAfter(() => copyFileSync(path('older'), path('footfall.duckdb')));
  expect(shop.shop.generation).toBe(2);
});

test('a mark that the process died before noting changes nothing', async () => {
  await openAfter(() => copyFileSync(path('control.db'), path('mark')));
  await take('01:00:00', 'b');
  await openAfter(() => copyFileSync(path('mark'), path('control.db')));
  expect(shop.shop.generation).toBe(1);
  expect(await look()).toBe('changes');
});

test.each([
  ['before', async () => undefined],
  ['after', async () => void (await shop.finalize(true))],
])('readers of a view that is defined anew take a snapshot of it, %s its rows are made', async (_, then) => {
  const brought = () => shop.ask((reading) => follower.look(reading));
  shop.views = catalogFor(minutes(45));
  await shop.reopen();
  // The process may end before anything is closed by the new definition.
  await shop.reopen();
  await then();
  expect(shop.shop.generation).toBe(1);
  const kinds = [...(await brought())].filter(([, { kind }]) => kind === 'snapshot').map(([view]) => view);
  expect(kinds).toEqual([
    'user_session_analytics',
    'conversion_funnel',
    'journeys',
    'inactivity_sessions',
    'cart_abandonment',
  ]);
  await shop.finalize(true);
  expect(await look()).toBe('changes');
  expect(follower.rows('user_session_analytics')).toHaveLength(1);
});

test('until it is closed by its new definition, a view shows its rows live', async () => {
  shop.views = catalogFor(minutes(45));
  await shop.reopen();
  const rows = await shop.ask(async ({ database, prepare, views }) => {
    await prepare(views.filter(({ name }) => name === 'user_session_analytics'));
    return database.jsonRows('SELECT user_session, is_final FROM user_session_analytics');
  });
  expect(rows).toEqual([{ user_session: 'session-a', is_final: false }]);
});

test('a view that comes back is another view to its readers', async () => {
  const without = catalog.filter(({ name }) => name !== 'brand_activity');
  shop.views = without;
  await shop.reopen();
  await take('01:00:00', 'b');
  shop.views = catalog;
  await shop.reopen();
  await shop.finalize(true);
  const brought = await shop.ask((reading) => follower.look(reading));
  expect(brought.get('brand_activity')).toMatchObject({ kind: 'snapshot' });
  expect([...brought.values()].filter(({ kind }) => kind === 'changes')).toHaveLength(
    catalog.filter(isStored).length - 1,
  );
  expect(await look()).toBe('changes');
});

test('changes name what is new, what is other and what is gone, once each', async () => {
  // Two sessions of a visitor without session ids become one by an event between them.
  const bare = (clock: string) => ({
    event_id: clock,
    event_type: 'view',
    event_time: `2019-10-01T${clock}Z`,
    user_id: 'v',
  });
  await shop.give([bare('03:00:00'), bare('03:50:00')]);
  await shop.finalize(true);
  await look();
  await shop.give([bare('03:25:00')]);
  await shop.finalize(true);
  const brought = await shop.ask((reading) => follower.look(reading));
  expect(brought.get('inactivity_sessions')).toEqual({ kind: 'changes', upserts: 1, deletes: 1 });
  expect(brought.get('daily_patterns')).toEqual({ kind: 'changes', upserts: 1, deletes: 0 });
  expect(brought.get('brand_activity')).toMatchObject({ deletes: 0 });
  const nothing = { kind: 'changes', upserts: 0, deletes: 0 };
  const again = await shop.ask((reading) => follower.look(reading));
  expect([...again.values()]).toEqual(Array.from(again, () => nothing));
});
