import { expect, test } from 'vitest';
import { days, minutes } from '../core/time.ts';
import { viewProblems } from './check.ts';
import { absence, absencePart, measure, sessionPart, words } from './columns.ts';
import { above, equals, event, literal, rename, type } from './expression.ts';
import { count } from './measure.ts';
import type { ViewDeclaration } from './view.ts';

const said = words('Label', 'Description');
const of = {
  adds: type('cart_add'),
  removes: type('cart_remove'),
  recoveredBy: type('purchase'),
  item: event('product_id'),
  quantity: event('quantity'),
  price: event('price'),
  amount: event('amount'),
  gap: minutes(30),
  threshold: minutes(1),
  within: days(7),
};
const base = { id: sessionPart('id', said), visitor: sessionPart('visitor', said), left: absencePart('items', said) };

function problems(kind: Partial<typeof of>, columns: ViewDeclaration['columns'] = base): readonly string[] {
  const plan = { name: 'x', kit: 'shop', ...said, kind: absence({ ...of, ...kind }), fingerprint: '' } as const;
  return viewProblems({ ...plan, columns: Object.entries(columns).map(([name, column]) => ({ name, ...column })) });
}

test('carts that can mean something pass', () => {
  expect(problems({})).toEqual([]);
  expect(problems({ item: event('brand'), price: event('amount'), threshold: days(7), gap: days(7) })).toEqual([]);
});

test.each<[string, Partial<typeof of>, string]>([
  ['adds', { adds: event('brand') }, 'adds: a condition is needed, not text'],
  ['removes', { removes: event('price') }, 'removes: a condition is needed, not money'],
  ['recoveredBy', { recoveredBy: above(event('brand'), 1) }, 'recoveredBy: > needs values with an order, not names'],
  ['item as id', { item: event('user_id') }, 'item: text is needed, not an id'],
  [
    'renamed item',
    { item: rename(event('brand'), { a: 'b' }) },
    'item: a column by itself is needed: the pieces are published under its name',
  ],
  ['quantity as money', { quantity: event('price') }, 'quantity: a whole number is needed, not money'],
  ['literal quantity', { quantity: literal(1) }, 'quantity: a literal is the same for every event'],
  ['price as number', { price: event('quantity') }, 'price: money is needed, not a whole number'],
  ['amount as text', { amount: event('brand') }, 'amount: money is needed, not text'],
  ['no gap', { gap: 0 }, 'the gap is not above 0'],
  ['no threshold', { threshold: -1 }, 'threshold is not above 0'],
  ['broken within', { within: 0.5 }, 'within is not a whole number of microseconds'],
  [
    'threshold beyond within',
    { threshold: days(8) },
    'a cart would be abandoned only after it can be recovered no more',
  ],
  ['gap beyond within', { gap: days(8) }, 'the gap is above within: a cart would be final while it goes on'],
])('%s is refused', (_, kind, expected) => {
  expect(problems(kind)).toContain(expected);
});

test('the columns by which a cart is found again are needed, and others of a session it has not', () => {
  expect(problems({}, { left: base.left })).toEqual([
    "an absence view has a column with the session's id",
    "an absence view has a column with the session's visitor",
  ]);
  for (const part of ['start', 'end', 'status'] as const)
    expect(problems({}, { ...base, more: sessionPart(part, said) })).toEqual([
      `column more: of a session an absence view has the id and the visitor, not the ${part}`,
    ]);
  expect(problems({}, { ...base, events: measure(count(), said) })).toEqual([
    'column events: an absence view has columns of the roles session, absence, not measure',
  ]);
});

test('which events count is a condition on events', () => {
  const plan = { name: 'x', kit: 'shop', ...said, kind: absence(of), fingerprint: '' } as const;
  const columns = Object.entries(base).map(([name, column]) => ({ name, ...column }));
  expect(viewProblems({ ...plan, where: equals(event('channel'), 'mail'), columns })).toEqual([]);
  expect(viewProblems({ ...plan, where: event('channel'), columns })).toEqual([
    'where: a condition is needed, not text',
  ]);
});
