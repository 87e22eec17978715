import { expect, test } from 'vitest';
import { CATCH_UP, finalizeDue, LIVE } from './schedule.ts';

const pace = { events: 100, every: 1000 };

test.each<[number, boolean, number, boolean]>([
  [0, false, 0, false],
  [0, false, 1_000_000, false],
  [0, true, 999, false],
  [0, true, 1000, true],
  [1, false, 999, false],
  [1, false, 1000, true],
  [99, false, 0, false],
  [100, false, 0, true],
])('after %i events, a tick: %s, and %i ms it is due: %s', (events, ticked, waited, due) => {
  expect(finalizeDue({ events, ticked, waited }, pace)).toBe(due);
});

test('rows appear within a second when live, and within the minute that closes a session in catch-up', () => {
  expect(LIVE.every).toBeLessThanOrEqual(1000);
  expect(CATCH_UP.every).toBeLessThan(60_000);
  expect(CATCH_UP.events).toBeGreaterThan(LIVE.events);
});
