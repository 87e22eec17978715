import { expect, test } from 'vitest';
import { days } from '../../core/time.ts';
import { sealedBefore } from './seal.ts';

test.each([
  ['before the first event', null, days(90), Number.NEGATIVE_INFINITY],
  ['with all of history', days(100), null, Number.NEGATIVE_INFINITY],
  ['where nothing is said', days(100), undefined, Number.NEGATIVE_INFINITY],
  ['so long before the watermark', days(100), days(90), days(10)],
])('what is sealed: %s', (_, watermark, history, before) => expect(sealedBefore(watermark, history)).toBe(before));
