import { expect, test } from 'vitest';
import { days, minutes, seconds } from '../core/time.ts';
import { parseDuration } from './duration.ts';

test.each([
  ['1us', 1],
  ['200ms', 200_000],
  ['30s', seconds(30)],
  ['10m', minutes(10)],
  [' 2 h ', minutes(120)],
  ['90d', days(90)],
  ['0ms', 0],
])('%j is a length of time', (text, length) => {
  expect(parseDuration(text)).toBe(length);
});

test.each(['', '10', 'm', '1.5h', '-1s', '10 minutes', '10M', '1h30m'])('%j is none', (text) => {
  expect(parseDuration(text)).toBeNull();
});
