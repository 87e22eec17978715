/** Microseconds since 1970 UTC as a plain number: exact until the year 2255. */
export type EpochMicros = number;

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;

/**
 * Reads ISO 8601 UTC with up to six decimals of a second.
 *
 * @example parseInstant('1970-01-01T00:00:01.000001Z') // 1000001
 * @throws Error for any other form
 */
export function parseInstant(text: string): EpochMicros {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z$/.exec(text);
  const millis = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
  if (match === null || Number.isNaN(millis)) throw new Error(`not an ISO 8601 UTC instant: ${text}`);
  return millis * 1000 + Number((match[2] ?? '').padEnd(6, '0'));
}

/** @example formatInstant(1000001) // '1970-01-01T00:00:01.000001Z' */
export function formatInstant(micros: EpochMicros): string {
  const seconds = Math.floor(micros / SECOND);
  const fraction = String(micros - seconds * SECOND).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
