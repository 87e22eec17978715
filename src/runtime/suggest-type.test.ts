import { expect, test } from 'vitest';
import { isKnownType, WORDS } from '../../shop/vocabularies/words.ts';
import { suggestType } from './suggest-type.ts';

test.each([
  ['product viewed', 'view'],
  ['Product-Viewd', 'view'],
  ['addToCart', 'cart_add'],
  ['ADD_TO_CART', 'cart_add'],
  ['order completed', 'purchase'],
  ['purchse', 'purchase'],
  ['checkout completed', 'purchase'],
  ['newsletter_signup', null],
  ['', null],
])('%s: %s', (name, type) => {
  expect(suggestType(name, WORDS)).toBe(type);
});

test('types with a meaning are known, those of people too, and nothing else', () => {
  expect(['view', 'restock', 'identify'].map(isKnownType)).toEqual([true, true, true]);
  expect(['View', 'constructor', ''].map(isKnownType)).toEqual([false, false, false]);
});
