import { expect, test } from 'vitest';
import { parseInstant } from './parse-instant.ts';

test.each([
  ['2019-10-01', '2019-10-01T00:00:00.000Z', 0],
  ['2019-10-01 06:30', '2019-10-01T06:30:00.000Z', 0],
  ['2019-10-01T06:30:15.25Z', '2019-10-01T06:30:15.000Z', 250_000],
  ['2019-10-01 06:30:15 UTC', '2019-10-01T06:30:15.000Z', 0],
  ['2019-10-01T06:30:00+02:00', '2019-10-01T04:30:00.000Z', 0],
])('%s', (text, instant, micros) => {
  expect(parseInstant(text, '--from')).toBe(Date.parse(instant) * 1000 + micros);
});

test.each(['yesterday', '2019-13-01', '', '2019'])('%s is no time', (text) => {
  expect(() => parseInstant(text, '--from')).toThrowError(/--from is no time/);
});
