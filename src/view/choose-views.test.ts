import { expect, test } from 'vitest';
import { catalog } from '../../shop/views/catalog.ts';
import { chooseViews } from './choose-views.ts';

const chosen = (...wanted: string[]): readonly string[] => chooseViews(catalog, wanted).map(({ name }) => name);

test('all is every view, in its order', () => {
  expect(chooseViews(catalog, ['all'])).toEqual(catalog);
});

test('a view comes with the one that it is made from, in the order of the catalogue', () => {
  expect(chosen('category_revenue', 'conversion_funnel')).toEqual([
    'user_session_analytics',
    'conversion_funnel',
    'category_revenue',
  ]);
  expect(chosen('realtime.category_revenue')).toEqual(['category_revenue']);
});

test('a kit stands for its views', () => {
  const realtime = catalog.filter(({ kit }) => kit === 'realtime').map(({ name }) => name);
  expect(chosen('realtime')).toEqual(realtime);
  expect(realtime.length).toBeGreaterThan(1);
});

test('a name that is neither view nor kit is refused, with what was meant', () => {
  expect(() => chosen('category_revenu', 'journey')).toThrow(
    'catalog: "category_revenu" is no view and no kit (did you mean "category_revenue"?)',
  );
});
