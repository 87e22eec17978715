import { FootfallError } from '../core/errors/footfall-error.ts';
import type { EpochMicros } from '../core/time.ts';

const FORM = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,6}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/**
 * A time as a person gives it: a date, or a date and a time, in UTC unless it says otherwise.
 * @throws FootfallError `cli.usage` naming the option
 * @example parseInstant('2019-10-01', '--from') // 1569888000000000
 */
export function parseInstant(text: string, option: string): EpochMicros {
  const [, day, time = '00:00:00', fraction = '', zone = 'Z'] = FORM.exec(text.trim()) ?? [];
  const millis =
    day === undefined ? Number.NaN : Date.parse(`${day}T${time}${/^utc$/i.test(zone) ? 'Z' : zone.toUpperCase()}`);
  if (!Number.isFinite(millis)) {
    throw new FootfallError('cli.usage', {
      reason: `${option} is no time: ${text} (write 2019-10-01 or 2019-10-01T06:00:00Z)`,
    });
  }
  return millis * 1000 + Number(fraction.padEnd(6, '0'));
}
