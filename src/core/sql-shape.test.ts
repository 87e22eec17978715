import { expect, test } from 'vitest';
import { sqlShape } from './sql-shape.ts';

test.each([
  [
    "SELECT brand, sum(x) FROM a.b WHERE c = 'ann' AND d > 4711.5",
    'SELECT brand, sum(x) FROM a.b WHERE c = ? AND d > ?',
  ],
  ["SELECT 'it''s ann'", 'SELECT ?'],
  ["SELECT E'it\\'s ann' , 1", 'SELECT ? , ?'],
  ['SELECT $$ann$$, $tag$ ann $$ $tag$', 'SELECT ?, ?'],
  ['SELECT 1 AS "ann"', 'SELECT ? AS ?'],
  ['SELECT 1 -- ann\n, 2 /* ann \n ann */', 'SELECT ? , ?'],
  ['SELECT x AS user_541312140', 'SELECT x AS ?'],
  ["SELECT 'ann", 'SELECT ?'],
  ['SELECT "ann', 'SELECT ?'],
  ['SELECT /* ann', 'SELECT'],
  ['SELECT $$ ann', 'SELECT ?'],
  ['SELECT änn', 'SELECT ?nn'],
  ['SELECT 0x616e6e, 1e5', 'SELECT ?, ?'],
])('%s', (sql, shape) => {
  expect(sqlShape(sql)).toBe(shape);
});
