import { expect, test } from 'vitest';
import { said, withColumn } from '../../test/view/own-view.ts';
import { key, measure } from './columns.ts';
import * as e from './expression.ts';
import * as m from './measure.ts';

const withMeasure = (of: m.Measure) => withColumn(measure(of, said));
const withKey = (of: e.Expression) => withColumn(key(of, said));

test.each<[string, () => readonly string[], string]>([
  [
    'unknown input of a measure',
    () => withMeasure(m.avg(e.event('prise' as 'price'))),
    'there is no event column prise (did you mean "price"?)',
  ],
  ['unknown input of a key', () => withKey(e.parent('zzzzzz')), 'there is no event column zzzzzz'],
  [
    'wide input',
    () => withKey(e.event('coupon')),
    'coupon is kept apart from what views count: it can only be a field of a projection, by itself',
  ],
  [
    'dimension in a key',
    () => withKey(e.product('name')),
    "product('name') can only be a field of a projection, by itself",
  ],
  ['sum of text', () => withMeasure(m.sum(e.event('brand'))), 'sum is made of money or whole numbers, not of text'],
  [
    'sum of free text',
    () => withMeasure(m.sum(e.event('order_id'))),
    'sum is made of money or whole numbers, not of free text',
  ],
  ['avg of ids', () => withMeasure(m.avg(e.event('user_id'))), 'avg is made of money or whole numbers, not of an id'],
  [
    'avg of a condition',
    () => withMeasure(m.avg(e.type('view'))),
    'avg is made of money or whole numbers, not of a condition',
  ],
  ['avg by 0', () => withMeasure(m.avg(e.event('price'), { unit: 0 })), 'an average cannot be divided by a unit of 0'],
  [
    'avg by infinity',
    () => withMeasure(m.avg(e.event('price'), { unit: Number.POSITIVE_INFINITY })),
    'an average cannot be divided by a unit of Infinity',
  ],
  [
    'stddev of times',
    () => withMeasure(m.stddev(e.event('event_time'))),
    'stddev is made of money or whole numbers, not of a time',
  ],
  [
    'min of text',
    () => withMeasure(m.min(e.event('country'))),
    'min is made of money, whole numbers or times, not of text',
  ],
  [
    'max of ids',
    () => withMeasure(m.max(e.event('visitor'))),
    'max is made of money, whole numbers or times, not of an id',
  ],
  [
    'median of text',
    () => withMeasure(m.median(e.event('brand'))),
    'quantile is made of money, whole numbers or times, not of text',
  ],
  [
    'sequence in a window',
    () => withMeasure(m.sequence(e.event('brand'))),
    'a sequence keeps every event: only a session view has one',
  ],
  [
    'sequence of ids',
    () => withMeasure(m.sequence(e.event('user_id'))),
    'sequence is made of texts of few distinct values, money, whole numbers or times, not of an id',
  ],
  ['quantile 0', () => withMeasure(m.quantile(e.event('price'), 0)), 'quantile 0 is not within 0 to 1'],
  ['quantile 95', () => withMeasure(m.quantile(e.event('price'), 95)), 'quantile 95 is not within 0 to 1'],
  [
    'list of ids',
    () => withMeasure(m.list(e.event('user_id'))),
    'list is made of texts of few distinct values, such as categories, not of an id',
  ],
  [
    'list of free text',
    () => withMeasure(m.list(e.event('order_id'))),
    'list is made of texts of few distinct values, such as categories, not of free text',
  ],
  [
    'distinct number literal',
    () => withMeasure(m.distinct(e.literal(1))),
    'distinct is made of anything but averages, rates and lists, not of an average or rate',
  ],
  ['literal', () => withMeasure(m.distinct(e.literal('x'))), 'distinct of a literal is the same for every row'],
  [
    'first literal',
    () => withMeasure(m.first(e.literal(1))),
    'first is made of anything but averages, rates and lists, not of an average or rate',
  ],
  [
    'last literal',
    () => withMeasure(m.last(e.literal(1))),
    'last is made of anything but averages, rates and lists, not of an average or rate',
  ],
  ['has without condition', () => withMeasure(m.has(e.event('price'))), 'a condition is needed, not money'],
  [
    'filter without condition',
    () => withMeasure(m.count({ where: e.event('quantity') })),
    'a condition is needed, not a whole number',
  ],
  [
    'ratio without per',
    () => withMeasure(m.ratio(m.count(), m.count(), ' ')),
    'a ratio says what it is a rate of: per is empty',
  ],
  [
    'ratio of a list',
    () => withMeasure(m.ratio(m.list(e.event('brand')), m.count(), 'events')),
    'the numerator is a list, not a number',
  ],
  [
    'ratio by a condition',
    () => withMeasure(m.ratio(m.count(), m.has(e.type('view')), 'events')),
    'the denominator is a condition, not a number',
  ],
  [
    'plus of a time',
    () => withMeasure(m.plus(m.min(e.event('event_time')), m.count())),
    'the left side of plus is a time, not a number',
  ],
  [
    'plus with a list',
    () => withMeasure(m.plus(m.count(), m.list(e.event('brand')))),
    'the right side of plus is a list, not a number',
  ],
  [
    'plus of unlike',
    () => withMeasure(m.plus(m.sum(e.event('price')), m.count())),
    'money and a whole number cannot be added',
  ],
  ['literal key', () => withKey(e.literal('x')), 'a key that is a literal is the same for every row'],
  ['number key', () => withKey(e.literal(1)), 'an average or rate cannot be a key'],
])('%s is refused', (_, found, expected) => {
  expect(found()).toContain(`column total: ${expected}`);
});
