import { z } from 'zod';
import type { Micros, Millis } from '../core/time.ts';

const UNITS: Readonly<Record<string, Micros>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};
const EXAMPLE = 'a whole number with a unit us, ms, s, m, h or d, such as 10m';

/**
 * Length of time from text.
 * @returns null where the text is none
 * @example parseDuration('10m') // 600_000_000
 */
export const parseDuration = (text: string): Micros | null => {
  const [, digits = '', unit = ''] = /^\s*(\d{1,9})\s*([a-z]+)\s*$/.exec(text) ?? [];
  const size = UNITS[unit];
  return size === undefined ? null : Number(digits) * size;
};

const duration = z.string().transform((text, context) => {
  const length = parseDuration(text);
  if (length !== null) return length;
  context.addIssue({ code: 'custom', message: `is no length of time: write ${EXAMPLE}` });
  return z.NEVER;
});

/** A length of event time, in microseconds. */
export const micros = duration.transform((length): Micros => length);

/** A length of wall-clock time, in milliseconds. */
export const millis = duration.transform((length): Millis => length / 1000);
