import { expect, test } from 'vitest';
import { minutes } from '../core/time.ts';
import { viewProblems } from './check.ts';
import { key, match, measure, windowEnd, windowStart, words } from './columns.ts';
import { above, all, event, literal, matched, parent, type } from './expression.ts';
import { type MatchKind, tumbling } from './kind.ts';
import { count, has, ratio, sum } from './measure.ts';
import type { ColumnPlan, ViewDeclaration } from './view.ts';

const said = words('Label', 'Description');
const kind = match({
  windowing: tumbling(minutes(5)),
  within: minutes(10),
  followedBy: type('purchase'),
  on: [event('visitor'), event('product_id')],
});
const columns: ViewDeclaration['columns'] = {
  window_start: windowStart(),
  window_end: windowEnd(),
  product: key(event('product_id'), said),
  followers: measure(sum(matched), said),
  share: measure(ratio(count({ where: above(matched, 0) }), count(), 'events'), said),
  any: measure(has(above(matched, 0)), said),
};

function problems(of: Partial<MatchKind> = {}, more: Partial<ViewDeclaration> = {}): readonly string[] {
  const declared = { name: 'own_view', kit: 'shop', ...said, kind: { ...kind, ...of }, columns, ...more } as const;
  const listed: ColumnPlan[] = Object.entries(declared.columns).map(([name, each]) => ({ name, ...each }));
  return viewProblems({ ...declared, columns: listed, fingerprint: '' });
}

test('a match that can mean something passes', () => {
  expect(problems()).toEqual([]);
  expect(problems({}, { where: type('view') })).toEqual([]);
});

test.each<[string, readonly string[], string]>([
  ['no length', problems({ within: 0 }), 'within is not above 0'],
  ['nothing in common', problems({ on: [] }), 'a match names in `on` what an event and its followers have in common'],
  [
    'unknown column',
    problems({ on: [parent('visitr')] }),
    'on: there is no event column visitr (did you mean "visitor"?)',
  ],
  ['literal in common', problems({ on: [literal('x')] }), 'on: a literal is the same for every event'],
  ['average in common', problems({ on: [literal(1.5)] }), 'on: nothing has an average or rate in common'],
  ['no condition', problems({ followedBy: event('price') }), 'followedBy: a condition is needed, not money'],
  ['wide condition', problems({ followedBy: all(above(event('tax'), 1)) }), 'followedBy: tax is kept apart'],
  ['windows', problems({ windowing: tumbling(0) }), 'the size of the windows is not above 0'],
  ['matched in where', problems({}, { where: above(matched, 0) }), 'where: there is no event column matched'],
  [
    'matched in a key',
    problems({}, { columns: { ...columns, often: key(matched, said) } }),
    'column often: matched is only known to measures',
  ],
  [
    'a key like a state',
    problems({}, { columns: { ...columns, sum_matched: key(event('brand'), said) } }),
    'column sum_matched: the name is reserved in a key',
  ],
])('%s is told', (_, found, problem) => {
  expect(found).toContainEqual(expect.stringContaining(problem));
});
