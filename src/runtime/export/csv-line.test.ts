import { expect, test } from 'vitest';
import { csvLine, isText } from './csv-line.ts';

test('CSV quotes what has to be quoted, and tells nothing from an empty text', () => {
  const cells = ['a,b', 'say "x"', null, 2, ['p', 'q'], 'plain', '', 'two\nlines'];
  expect(csvLine(cells, [])).toBe('"a,b","say ""x""",,2,"[""p"",""q""]",plain,"","two\nlines"');
});

test('a text that a spreadsheet would run has an apostrophe in front, and a number has none', () => {
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', "'=1", "''@x", '＝1', '－1'])
    expect(csvLine([formula], [true])).toBe(`'${formula}`);
  for (const formula of ['\r=1', '\n=1', '=1,2']) expect(csvLine([formula], [true])).toBe(`"'${formula}"`);
  for (const text of ['a=1', "'quoted'", '1-1', ' =1', "'"]) expect(csvLine([text], [true])).toBe(text);
  expect(csvLine([-1.5, '-12.5000', '2019-10-01'], [false, false, false])).toBe('-1.5,-12.5000,2019-10-01');
});

test('numbers and times are no texts, and whatever is not known is one', () => {
  expect(['BIGINT', 'DECIMAL(18,4)', 'DOUBLE', 'TIMESTAMP', 'BOOLEAN'].map(isText)).toEqual(Array(5).fill(false));
  expect(['VARCHAR', 'VARCHAR[]', 'BLOB', 'JSON', 'BIGINT[]'].map(isText)).toEqual(Array(5).fill(true));
});
