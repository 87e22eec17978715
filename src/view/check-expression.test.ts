import { expect, test } from 'vitest';
import { base, problems } from '../../test/view/own-view.ts';
import * as e from './expression.ts';

const compare = (left: e.Expression, op: '=' | '<' | '<>' | '>=', right: e.Expression): e.Expression => ({
  kind: 'compare',
  op,
  left,
  right,
});
const band = (of: e.Expression, ...bounds: [number, string][]): e.Expression => ({
  kind: 'band',
  of,
  bounds,
  above: 'z',
  missing: '?',
});

test.each<[string, e.Expression, string]>([
  ['< on a symbol', compare(e.event('brand'), '<', e.literal('m')), '< needs values with an order, not names'],
  ['>= on an id', compare(e.event('user_id'), '>=', e.literal('5')), '>= needs values with an order, not an id'],
  ['symbol = number', e.equals(e.event('product_id'), 5), '5 cannot be compared with text'],
  ['id = number', e.equals(e.event('visitor'), 5), '5 cannot be compared with an id'],
  ['money = text', e.equals(e.event('price'), '5'), '"5" cannot be compared with money'],
  ['money = NaN', e.equals(e.event('price'), Number.NaN), 'null cannot be compared with money'],
  ['time = word', e.equals(e.event('event_time'), 'yesterday'), '"yesterday" cannot be compared with a time'],
  ['time = no day', e.equals(e.event('event_time'), '2020-13-01'), '"2020-13-01" cannot be compared with a time'],
  ['time = number', e.equals(e.event('event_time'), 5), '5 cannot be compared with a time'],
  ['condition = text', e.equals(e.missing(e.event('brand')), 'yes'), '"yes" cannot be compared with a condition'],
  ['text = money', compare(e.event('order_id'), '=', e.event('price')), 'free text cannot be compared with money'],
  ['symbol = free text', compare(e.event('brand'), '=', e.event('order_id')), 'text cannot be compared with free text'],
  ['literal first', compare(e.literal(1), '=', e.event('price')), 'a comparison has its literal on the right'],
  ['among nothing', e.among(e.event('brand')), 'among() needs at least one value'],
  ['among numbers', e.among(e.event('brand'), 'a', 1), '1 cannot be compared with text'],
  ['all of nothing', e.all(), 'all() needs at least one condition'],
  ['any of nothing', e.any(), 'any() needs at least one condition'],
  ['any of text', e.any(e.event('brand')), 'a condition is needed, not text'],
  ['not a number', e.not(e.event('price')), 'a condition is needed, not money'],
  ['missing of nothing', e.missing(e.parent('brant')), 'there is no event column brant (did you mean "brand"?)'],
  ['hour of money', e.equals(e.hourOf(e.event('price')), 1), 'the hour cannot be made of money'],
  ['band on text', e.equals(band(e.event('brand'), [1, 'a']), 'a'), 'a band cannot be made of text'],
  ['band without bounds', e.equals(band(e.event('price')), 'a'), 'a band needs at least one bound'],
  [
    'band that falls',
    e.equals(band(e.event('price'), [2, 'a'], [2, 'b']), 'a'),
    'the bounds of a band rise from one to the next',
  ],
  [
    'band to infinity',
    e.equals(band(e.event('price'), [Number.POSITIVE_INFINITY, 'a']), 'a'),
    'the bounds of a band rise from one to the next',
  ],
  ['rename to nothing', e.equals(e.rename(e.event('brand'), {}), 'a'), 'rename() needs at least one name'],
  ['rename of ids', e.equals(e.rename(e.event('user_id'), { a: 'b' }), 'a'), 'a renamed value cannot be made of an id'],
  [
    'length from text',
    e.above(e.elapsed(e.event('brand'), e.event('event_time')), 1),
    'a length of time cannot be made of text',
  ],
  [
    'length to money',
    e.above(e.elapsed(e.event('event_time'), e.event('price')), 1),
    'a length of time cannot be made of money',
  ],
  ['literal condition', e.literal('x'), 'a condition is needed, not free text'],
  ['endless literal', e.all(e.literal(Number.POSITIVE_INFINITY)), 'Infinity is no number'],
])('where: %s is refused', (_, where, expected) => {
  expect(problems({ where, columns: base })).toContain(`where: ${expected}`);
});
