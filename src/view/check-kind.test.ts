import { expect, test } from 'vitest';
import { base, problems } from '../../test/view/own-view.ts';
import { days, minutes, seconds } from '../core/time.ts';
import { window } from './columns.ts';
import { sliding, tumbling, type Windowing } from './kind.ts';

test.each<[string, Windowing, string]>([
  ['size 0', tumbling(0), 'the size of the windows is not above 0'],
  ['size below 0', sliding(-1, 1), 'the size of the windows is not above 0'],
  ['half a microsecond', tumbling(1_000_000.5), 'the size of the windows is not a whole number of microseconds'],
  ['step 0', sliding(minutes(1), 0), 'the step of the windows is not above 0'],
  ['broken step', sliding(minutes(1), 0.1), 'the step of the windows is not a whole number of microseconds'],
  [
    'no multiple',
    sliding(minutes(10), minutes(3)),
    'the size of the windows, 600000000 us, is no multiple of their step, 180000000 us',
  ],
  ['below a second', tumbling(999_999), 'windows begin at least a second apart'],
  ['too many panes', sliding(minutes(289), minutes(1)), 'an event would fall in 289 windows: at most 288 are possible'],
])('windows: %s is refused', (_, windowing, expected) => {
  expect(problems({ kind: window(windowing), columns: base })).toEqual([expected]);
});

test('the widest windows that are possible pass', () => {
  expect(problems({ kind: window(sliding(minutes(288), minutes(1))), columns: base })).toEqual([]);
  expect(problems({ kind: window(tumbling(seconds(1))), columns: base })).toEqual([]);
  expect(problems({ kind: window(tumbling(days(400))), columns: base })).toEqual([]);
});
