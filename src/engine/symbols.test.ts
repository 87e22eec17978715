import { expect, test } from 'vitest';
import { Symbols } from './symbols.ts';

test('texts have numbers from 1, each its own, for good', () => {
  const symbols = new Symbols(['a', 'b']);
  expect([symbols.idOf('a'), symbols.idOf('b'), symbols.idOf('c'), symbols.idOf('c')]).toEqual([1, 2, 3, 3]);
  expect([symbols.textOf(1), symbols.textOf(3), symbols.textOf(4), symbols.textOf(0)]).toEqual(['a', 'c', '', '']);
});

test('what is new is told until it is saved', () => {
  const symbols = new Symbols(['a']);
  expect(symbols.unsaved()).toEqual({ first: 2, texts: [] });
  symbols.idOf('b');
  expect(symbols.unsaved()).toEqual({ first: 2, texts: ['b'] });
  symbols.markSaved();
  symbols.idOf('a');
  symbols.idOf('c');
  expect(symbols.unsaved()).toEqual({ first: 3, texts: ['c'] });
});
