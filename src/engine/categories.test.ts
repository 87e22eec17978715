import { expect, test } from 'vitest';
import { Categories } from './categories.ts';
import { Symbols } from './symbols.ts';

const setUp = () => {
  const symbols = new Symbols([]);
  const [product, named, later, own, code] = ['p1', 'Phones', 'Gadgets', 'own', 'electronics.phone'].map((text) =>
    symbols.idOf(text),
  ) as [number, number, number, number, number];
  const categories = new Categories(symbols);
  categories.set(product, [
    { from: Number.NEGATIVE_INFINITY, category: named },
    { from: 100, category: later },
  ]);
  return { symbols, categories, product, named, later, own, code };
};

test('the catalogue comes first, in the version of the time of the event', () => {
  const { categories, product, named, later, own, code } = setUp();
  expect([0, 99, 100, 101].map((at) => categories.resolve(product, own, code, at))).toEqual([
    named,
    named,
    later,
    later,
  ]);
});

test('without it the own category counts, then the first part of the code, then nothing', () => {
  const { symbols, categories, product, own, code } = setUp();
  const first = symbols.idOf('electronics');
  for (const unknown of [0, 99]) expect(categories.resolve(unknown, own, code, 0)).toBe(own);
  expect([categories.resolve(0, 0, code, 0), categories.resolve(0, 0, code, 0)]).toEqual([first, first]);
  expect(categories.resolve(0, 0, 0, 0)).toBe(0);
  expect(categories.resolve(0, 0, symbols.idOf('.phone'), 0)).toBe(0);
  expect(categories.resolve(0, 0, symbols.idOf('plain'), 0)).toBe(symbols.idOf('plain'));
  categories.set(product, [{ from: 0, category: 0 }]);
  expect(categories.resolve(product, own, code, 5)).toBe(own);
  categories.set(product, [{ from: 50, category: first }]);
  expect(categories.resolve(product, 0, 0, 49)).toBe(0);
});

test('one version from the beginning on holds for always, and may be replaced', () => {
  const { categories, named, later, own } = setUp();
  for (const product of [1023, 1024, 1025, 5000]) {
    categories.set(product, [{ from: 0, category: named }]);
    expect(categories.resolve(product, own, 0, 5)).toBe(named);
  }
  expect([1023, 1024, 4999].map((product) => categories.resolve(product, own, 0, 5))).toEqual([named, named, own]);
  categories.set(5000, [
    { from: 0, category: named },
    { from: 9, category: later },
  ]);
  expect([8, 9].map((at) => categories.resolve(5000, own, 0, at))).toEqual([named, later]);
  categories.set(5000, [{ from: 7, category: later }]);
  expect([6, 7].map((at) => categories.resolve(5000, own, 0, at))).toEqual([own, later]);
});
