import { expect, test } from 'vitest';
import * as e from './expression.ts';

test('the columns that an expression reads, at any depth', () => {
  const time = e.event('event_time');
  const of = e.all(
    e.equals(e.event('brand'), 'x'),
    { kind: 'compare', op: '=', left: e.event('user_id'), right: e.event('order_id') },
    e.any(e.not(e.missing(e.event('channel'))), e.among(e.hourOf(time), 1)),
    e.above(e.elapsed(time, e.parent('session_end')), 1),
    e.equals(e.product('x'), 'y'),
  );
  expect(e.columnsRead(of)).toEqual([
    'brand',
    'user_id',
    'order_id',
    'channel',
    'event_time',
    'event_time',
    'session_end',
  ]);
  expect(e.columnsRead(e.literal('x'))).toEqual([]);
});

test.each<[e.Expression, unknown]>([
  [e.event('price'), { kind: 'column', name: 'price' }],
  [e.parent('session_start'), { kind: 'column', name: 'session_start' }],
  [e.equals(e.event('price'), 1), { kind: 'compare', op: '=', left: e.event('price'), right: e.literal(1) }],
  [e.above(e.event('price'), 1), { kind: 'compare', op: '>', left: e.event('price'), right: e.literal(1) }],
  [e.weekdayOf(e.event('event_time')), { kind: 'calendar', part: 'weekday', of: e.event('event_time') }],
  [e.type('view', 'page'), { kind: 'among', of: e.event('event_type'), values: ['view', 'page'] }],
  [e.user('name'), { kind: 'dimension', dimension: 'user', name: 'name' }],
])('%#: a builder makes plain data', (built, data) => {
  expect(built).toEqual(data);
});
