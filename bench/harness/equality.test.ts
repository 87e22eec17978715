import { expect, test } from 'vitest';
import { differences, digestSql } from './equality.ts';

test('equal digests have no differences; sums of doubles may differ in the last digits', () => {
  const theirs = { row_count: 3n, digest: '17', near_0: 0.30000000000000004 };
  expect(differences({ row_count: '3', digest: '17', near_0: 0.3 }, theirs)).toEqual([]);
});

test('a count, a hash, a sum and a null that differ are found', () => {
  const theirs = { row_count: 3n, digest: '17', near_0: 0.3, near_1: null };
  expect(differences({ row_count: 4, digest: '18', near_0: 0.3001, near_1: 1 }, theirs)).toEqual([
    'row_count',
    'digest',
    'near_0',
    'near_1',
  ]);
});

test('a digest covers nulls: a null column does not hide the row', () => {
  expect(digestSql({ table: 't', exact: ['a'], near: [] })).toContain("coalesce(a::VARCHAR, 'null')");
});
