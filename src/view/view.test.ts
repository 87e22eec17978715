import { expect, test } from 'vitest';
import { hours } from '../core/time.ts';
import { key, measure, window, windowEnd, windowStart, words } from './columns.ts';
import { event, type } from './expression.ts';
import { tumbling } from './kind.ts';
import { count, sum } from './measure.ts';
import { isPlan, type ViewDeclaration, view } from './view.ts';

const declaration: ViewDeclaration = {
  name: 'own_view',
  kit: 'shop',
  ...words('Label', 'Description'),
  kind: window(tumbling(hours(1))),
  columns: {
    window_start: windowStart(),
    window_end: windowEnd(),
    brand: key(event('brand'), words('Brand', 'Brand')),
    events: measure(count(), words('Events', 'Events')),
  },
};
const { columns } = declaration;
const fingerprint = (change: Partial<ViewDeclaration>) => view({ ...declaration, ...change }).fingerprint;

test('a fingerprint follows what a view means, and not its words', () => {
  const same = fingerprint({});
  expect(same).toMatch(/^[0-9a-f]{16}$/);
  expect(fingerprint({ label: 'Other', description: 'Other', unit: 'x', kit: 'lake' })).toBe(same);
  expect(fingerprint({ columns: { ...columns, events: measure(count(), words('Other', 'Other', 'x')) } })).toBe(same);
  const others = [
    fingerprint({ name: 'other' }),
    fingerprint({ kind: window(tumbling(hours(2))) }),
    fingerprint({ where: type('view') }),
    fingerprint({ where: type('page') }),
    fingerprint({ columns: { ...columns, events: measure(sum(event('price')), words('Events', 'Events')) } }),
    fingerprint({ columns: { ...columns, more: measure(count(), words('Events', 'Events')) } }),
  ];
  expect(new Set([same, ...others]).size).toBe(7);
});

test('fingerprints are stored with results: a change of how they are made would compute every view again', () => {
  expect(fingerprint({})).toMatchInlineSnapshot(`"49a88fefd0da37d3"`);
});

test('a plan is frozen through and through, with its columns in order', () => {
  const plan = view({ ...declaration, where: type('view') });
  expect(plan.columns.map(({ name }) => name)).toEqual(['window_start', 'window_end', 'brand', 'events']);
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(plan)).toBe(true);
  expect([isPlan(plan), isPlan({ ...plan }), isPlan(null), isPlan('own_view')]).toEqual([true, false, false, false]);
});
