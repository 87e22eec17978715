import { expect, test } from 'vitest';
import { compareRows } from './compare-rows.ts';

const row = { window_start: 'w', brand: null, event_count: 2, unique_users: 1, avg_price: 0.1 };

test('equal rows in another order, with provenance and a last bit of difference', () => {
  const other = { ...row, brand: 'x' };
  expect(compareRows('brand_activity', [row, other], [other, { ...row, avg_price: 0.1 + 1e-16, revision: 3 }])).toEqual(
    [],
  );
});

test('a wrong value, a missing row, a row too many and a strange column are each said', () => {
  const lines = compareRows(
    'brand_activity',
    [row, { ...row, brand: 'missing' }],
    [
      { ...row, event_count: 3, colour: 'red' },
      { ...row, brand: 'more' },
    ],
  );
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe('brand_activity ["w",null] event_count: expected 2, got 3');
});

test('doubles differ beyond a relative 1e-12, counts by any amount, null is not 0', () => {
  expect(compareRows('brand_activity', [row], [{ ...row, avg_price: 0.1 + 1e-12 }])).toHaveLength(1);
  expect(compareRows('brand_activity', [row], [{ ...row, avg_price: null }])).toHaveLength(1);
  expect(compareRows('brand_activity', [row], [{ ...row, event_count: '2' }])).toHaveLength(1);
});

test('events without ids are matched by the rest of the row, as often as they occur', () => {
  const event = (event_id: string | null, brand: string) => ({ event_id, brand });
  const expected = [event(null, 'x'), event(null, 'x'), event('a', 'y')];
  expect(compareRows('enriched_events', expected, [event('a', 'y'), event('f:0:1', 'x'), event('f:0:2', 'x')])).toEqual(
    [],
  );
  expect(
    compareRows('enriched_events', expected, [event('a', 'y'), event('f:0:1', 'x'), event('f:0:2', 'z')]),
  ).toHaveLength(2);
});
