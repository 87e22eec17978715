import { expect, test } from 'vitest';
import { cellText, tableLines } from './table.ts';

test('columns are aligned by what is seen, numbers to the right', () => {
  const lines = tableLines(
    [
      { name: 'city', numeric: false },
      { name: 'n', numeric: true },
    ],
    [
      ['東京', 5],
      ['Oslo', 1234],
      [null, null],
    ],
    (text) => text,
  );
  expect(lines).toEqual(['city     n', '東京     5', 'Oslo  1234', '']);
});

test('times lose what says nothing', () => {
  expect(cellText('2019-10-01T00:00:00.000000Z')).toBe('2019-10-01 00:00:00');
  expect(cellText('2019-10-01T00:00:00.120000Z')).toBe('2019-10-01 00:00:00.120000');
  expect(cellText(['b', 'a'])).toBe('b, a');
});
