import { expect, test } from 'vitest';
import { hasState } from './etag.ts';

test.each([
  ['W/"1:2:3:4"', true],
  ['"1:2:3:4"', true],
  ['*', true],
  ['"a,b", W/"1:2:3:4"', true],
  ['W/"x",W/"1:2:3:4" ,"y"', true],
  ['W/"1:2:3"', false],
  ['"x 1:2:3:4"', false],
  ['1:2:3:4', false],
  ['', false],
  [undefined, false],
])('whoever sends %j has the state: %s', (header, has) => {
  expect(hasState(header, 'W/"1:2:3:4"')).toBe(has);
});
