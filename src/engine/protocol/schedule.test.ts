import { expect, test } from 'vitest';
import { CATCH_UP, finalizeDue, LIVE } from './schedule.ts';

const pace = { events: 100, every: 1000 };

test.each<[number, number, boolean]>([
  [0, 0, false],
  [0, 1_000_000, false],
  [1, 999, false],
  [1, 1000, true],
  [99, 0, false],
  [100, 0, true],
])('after %i events and %i ms it is due: %s', (events, waited, due) => {
  expect(finalizeDue({ events, waited }, pace)).toBe(due);
});

test('rows appear within a second when live, and within the minute that closes a session in catch-up', () => {
  expect(LIVE.every).toBeLessThanOrEqual(1000);
  expect(CATCH_UP.every).toBeLessThan(60_000);
  expect(CATCH_UP.events).toBeGreaterThan(LIVE.events);
});
