import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CanonicalEvent } from '../../src/core/event.ts';
import { TestShop } from './test-shop.ts';

/** Sessions enough that one close inserts and removes more than a row group of 122,880 rows at once. */
const SESSIONS = 130_000;
const START = Date.parse('2019-10-01T00:00:00Z');

const eventOf = (session: number, minutes: number): CanonicalEvent => ({
  event_time: new Date(START + minutes * 60_000 + (session % 1000)).toISOString(),
  event_type: 'view',
  session_id: `s${session}`,
  user_id: String(session),
});

let shop: TestShop;
beforeAll(async () => {
  shop = await TestShop.open();
  // So little that lists of events are made by shares of the sessions.
  shop.limits = { memoryLimit: '200MB', threads: 2 };
  await shop.reopen();
});
afterAll(async () => shop.close());

const count = async (table: string, condition = 'TRUE') =>
  Number((await shop.rows(`SELECT count(*) AS n FROM result.${table} WHERE ${condition}`))[0]?.['n']);

test('130,000 sessions that close at once, come back and close again lose no row', { timeout: 120_000 }, async () => {
  const all = Array.from({ length: SESSIONS }, (_, i) => i);
  await shop.give(all.map((session) => eventOf(session, 0)));
  await shop.give([eventOf(SESSIONS, 180)]);
  await shop.finalize();
  expect([await count('user_session_analytics'), await count('inactivity_sessions')]).toEqual([SESSIONS, SESSIONS]);

  await shop.give(all.map((session) => eventOf(session, 5)));
  await shop.finalize();
  expect(await count('user_session_analytics', 'revision = 1')).toBe(SESSIONS);
  expect(await count('user_session_analytics_history')).toBe(SESSIONS);

  await shop.give(all.slice(0, SESSIONS / 2).map((session) => eventOf(session, 400)));
  await shop.finalize(true);
  await shop.reopen();
  expect(await count('user_session_analytics')).toBe(SESSIONS + 1);
  expect(await count('user_session_analytics', 'session_end > session_start + INTERVAL 6 HOUR')).toBe(SESSIONS / 2);
  expect(await count('inactivity_sessions')).toBe(SESSIONS + 1 + SESSIONS / 2);
  expect(await shop.verify()).toMatchObject({ equal: true });
});
