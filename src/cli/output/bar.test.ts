import { expect, test } from 'vitest';
import { bar, percent } from './bar.ts';

test('a bar is as long as its share, and never longer than its place', () => {
  expect(bar(1, 4)).toBe('████');
  expect(bar(0.5, 4)).toBe('██');
  expect(bar(0.53125, 4)).toBe('██▏');
  expect(bar(7, 4)).toBe('████');
});

test('little is still to be seen, nothing is not', () => {
  expect(bar(0.0001, 10)).toBe('▏');
  expect(bar(0, 10)).toBe('');
});

test('a rate of nothing is no rate', () => {
  expect([percent(0.0921), percent(1), percent(null)]).toEqual(['9.2 %', '100.0 %', '']);
});
