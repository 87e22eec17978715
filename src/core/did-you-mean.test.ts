import { expect, test } from 'vitest';
import { closest, didYouMean } from './did-you-mean.ts';

test('a slip of a letter, a missing letter and swapped letters find the word', () => {
  const words = ['replay', 'generate', 'query', 'views', 'verify'];
  expect(closest('reply', words)).toBe('replay');
  expect(closest('gnerate', words)).toBe('generate');
  expect(closest('qurey', words)).toBe('query');
  expect(closest('VIEWS', words)).toBe('views');
});

test('the nearest of several wins', () => {
  expect(closest('late', ['lateness', 'late', 'rate'])).toBe('late');
});

test('nothing is suggested for a word that is like none', () => {
  expect(closest('kubernetes', ['replay', 'query'])).toBeNull();
  expect(didYouMean('kubernetes', ['replay', 'query'])).toBe('');
  expect(didYouMean('qurey', ['query'])).toBe(' (did you mean "query"?)');
});
