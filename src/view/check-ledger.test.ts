import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { viewProblems } from './check.ts';
import { checkCatalog } from './check-catalog.ts';
import { episode, episodePart, field, key, ledger, ledgerValue, measure, words } from './columns.ts';
import * as e from './expression.ts';
import type { EpisodeKind, LedgerKind } from './kind.ts';
import * as m from './measure.ts';
import { type ViewDeclaration, type ViewPlan, view } from './view.ts';

const said = words('Label', 'Description');
const product = key(e.event('product_id'), said);
const kind = ledger({
  counts: 'stock',
  takes: e.type('purchase'),
  adds: e.equals(e.property('restocked'), 'true'),
  quantity: e.event('quantity'),
});

const planOf = (declaration: Partial<ViewDeclaration> & Pick<ViewDeclaration, 'kind' | 'columns'>): ViewPlan => ({
  name: 'own_stock',
  kit: 'shop',
  ...said,
  ...declaration,
  fingerprint: '',
  columns: Object.entries(declaration.columns).map(([name, column]) => ({ name, ...column })),
});
const withKind = (other: Partial<LedgerKind>) =>
  viewProblems(planOf({ kind: { ...kind, ...other }, columns: { product } }));
const withColumns = (columns: ViewDeclaration['columns']) => viewProblems(planOf({ kind, columns }));
const withColumn = (column: ViewDeclaration['columns'][string]) => withColumns({ product, own: column });

const episodes = (other: Partial<EpisodeKind> = {}, columns: ViewDeclaration['columns'] = {}): ViewDeclaration => ({
  name: 'own_alerts',
  kit: 'shop',
  ...said,
  kind: { ...episode({ parent: 'inventory_status', opensBelow: 5, closesAt: 5 }), ...other },
  columns: {
    product: key(e.parent('product_id'), said),
    opened_at: episodePart('opened_at', said),
    ...columns,
  },
});
const refusal = (declaration: ViewDeclaration): string => {
  try {
    checkCatalog([...catalog, view(declaration, 'here')], 'here');
  } catch (error) {
    return String(error);
  }
  return 'accepted';
};

test('what a ledger can say passes, and so do its episodes', () => {
  expect(
    withColumns({
      product,
      stock: ledgerValue(e.ledgerPart('balance'), said),
      plenty: ledgerValue(e.above(e.ledgerPart('balance'), 100), said),
      name: field(e.product('title', 'product_name'), said),
      revenue: measure(m.sum(e.event('amount')), said),
      typical: measure(m.ratio(m.sum(e.event('amount')), m.count(), 'movements'), said),
      newest: measure(m.last(e.event('brand')), said),
    }),
  ).toEqual([]);
  expect(refusal(episodes())).toBe('accepted');
});

test.each<[() => readonly string[], string]>([
  [() => withKind({ takes: e.event('brand') }), 'takes: a condition is needed, not text'],
  [() => withKind({ adds: e.event('price') }), 'adds: a condition is needed, not money'],
  [() => withKind({ quantity: e.event('price') }), 'quantity: a whole number is needed, not money'],
  [() => withKind({ quantity: e.literal(1) }), 'quantity: a literal is the same for every event'],
  [
    () => withKind({ adds: e.equals(e.property('"'), 'x') }),
    'adds: the name of a property is not empty and has no quotes, backslashes or control characters',
  ],
  [() => withColumns({ stock: ledgerValue(e.ledgerPart('balance'), said) }), 'a view of the kind ledger has one key'],
  [() => withColumns({ product, brand: key(e.event('brand'), said) }), 'a view of the kind ledger has one key'],
  [
    () => withColumns({ product: key(e.rename(e.event('brand'), { a: 'b' }), said) }),
    'the key of a view of the kind ledger is a column by itself',
  ],
  [
    () => withColumns({ person: key(e.event('visitor'), said) }),
    'column person: what is counted is known by text of few distinct values, not by an id',
  ],
  [() => withColumns({ balance: key(e.event('brand'), said) }), 'column balance: the name is reserved in a key'],
  [
    () => withColumn(ledgerValue(e.parent('balence'), said)),
    'column own: a ledger has no part balence (did you mean "balance"?)',
  ],
  [() => withColumn(ledgerValue(e.property('x'), said)), "column own: property('x') can only be read of an event"],
  [
    () => withColumn(field(e.event('brand'), said)),
    "column own: a field of a ledger is a column of its key's dimension: product('name')",
  ],
  [
    () => withColumn(field(e.product('price', 'price'), said)),
    'column own: price cannot stand in for text: it is money',
  ],
  [
    () => withColumn(measure(m.distinct(e.event('visitor')), said)),
    'column own: a ledger goes on from its rows, and distinct needs all events again',
  ],
  [
    () => withColumn(measure(m.ratio(m.count(), m.median(e.event('price')), 'x'), said)),
    'column own: a ledger goes on from its rows, and quantile needs all events again',
  ],
])('a ledger that cannot mean anything is refused: %#', (problems, problem) => {
  expect(problems()).toContain(problem);
});

test.each<[ViewDeclaration, string]>([
  [episodes({ opensBelow: 7 }), 'an episode would close at 5 and open below 7: both at once'],
  [episodes({ opensBelow: 1.5 }), 'opensBelow is not a whole number'],
  [episodes({ closesAt: Number.NaN }), 'closesAt is not a whole number'],
  [{ ...episodes(), where: e.type('purchase') }, 'its ledger says which events count: leave out where'],
  [
    { ...episodes(), columns: { product: key(e.parent('product_id'), said) } },
    'an episode view has a column with the start of the episode: opened_at',
  ],
  [episodes({ parent: 'inventory' }), 'it is made from inventory, and no such view comes before it'],
  [episodes({ parent: 'brand_activity' }), 'it is made from brand_activity, which is no ledger'],
  [
    episodes({}, { product: key(e.parent('category'), said) }),
    'column product: the key of episodes is that of their ledger: product_id',
  ],
  [
    episodes({}, { name: measure(m.count(), said) }),
    'column name: an episode view has columns of the roles key, episode, not measure',
  ],
])('episodes that cannot mean anything are refused: %#', (declaration, problem) => {
  expect(refusal(declaration)).toContain(problem);
});
