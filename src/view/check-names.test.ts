import { expect, test } from 'vitest';
import { base, problems, said } from '../../test/view/own-view.ts';
import { key, measure } from './columns.ts';
import * as e from './expression.ts';
import * as m from './measure.ts';

test.each<[string, boolean]>([
  ['Total', true],
  ['total-value', true],
  ['1st', true],
  ['', true],
  ['a'.repeat(64), true],
  ['a'.repeat(63), false],
  ['total_2', false],
])('name %j refused: %s', (name, refused) => {
  const text = 'a name has small letters, digits and _, begins with a letter and is at most 63 long';
  expect(problems({ name, columns: base })).toEqual(refused ? [text] : []);
  expect(problems({ columns: { ...base, [name]: measure(m.count(), said) } })).toEqual(
    refused ? [`column ${name}: ${text}`] : [],
  );
});

test.each(['is_final', 'revision', 'late_events', 'epoch', 'op', 'until_epoch', 'cause'])(
  'no column is called %s',
  (name) => {
    const columns = { ...base, [name]: measure(m.count(), said) };
    expect(problems({ columns })).toEqual([`column ${name}: the name is reserved for where a row comes from`]);
  },
);

test('a key is not called like what is stored beside it', () => {
  for (const name of ['w', 'row', 'i0', 'i12', 'session_start', 'visitor', 'count', 'sum_amount', 'first_brand'])
    expect(problems({ columns: { ...base, [name]: key(e.event('brand'), said) } })).toEqual([
      `column ${name}: the name is reserved in a key`,
    ]);
  for (const name of ['brand', 'sum_of_it', 'counted', 'i', 'id1', 'category'])
    expect(problems({ columns: { ...base, [name]: key(e.event('brand'), said) } })).toEqual([]);
  expect(problems({ columns: { ...base, count: measure(m.count(), said) } })).toEqual([]);
});

test.each(['raw', 'epoch', 'order', 'result', 'session_chain'])('no view is called %s', (name) => {
  expect(problems({ name, columns: base })).toEqual(['the name is reserved']);
});

test.each(['live_sales', 'visible_sales', 'sales_history', 'sales_open'])('no view is called %s', (name) => {
  expect(problems({ name, columns: base })).toEqual([
    'names that begin with live_ or visible_, or end in _history or _open, are reserved',
  ]);
  expect(problems({ name: `a_${name}_b`, columns: base })).toEqual([]);
});
