import { expect, test } from 'vitest';
import { cutTo, padEnd, textWidth, visible } from './width.ts';

test.each([
  ['abc', 3],
  ['東京', 4],
  ['e\u0301', 1],
  ['👩‍👩‍👧', 2],
  ['한국', 4],
  ['Ωmega', 5],
  ['', 0],
])('%s takes %i columns', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test('a cut text never takes more than it may, and never half a character', () => {
  expect(cutTo('東京都', 4)).toBe('東…');
  expect(cutTo('abcdef', 4)).toBe('abc…');
  expect(cutTo('abc', 3)).toBe('abc');
  expect(textWidth(padEnd('東', 5))).toBe(5);
});

test('control characters are shown, not sent', () => {
  expect(visible('a\u001b[2Jb\u202ec')).toBe('a\\x1b[2Jb\\u202ec');
});
