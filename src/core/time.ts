/** Microseconds since 1970-01-01 UTC, as a plain number: exact to beyond the year 2200. */
export type EpochMicros = number;
/** A length of time in microseconds. */
export type Micros = number;
/** A length of wall-clock time in milliseconds. */
export type Millis = number;

/** 1990-01-01 and 2200-01-01: events are of a time between them. */
export const TIME_FROM: EpochMicros = 631_152_000_000_000;
export const TIME_UNTIL: EpochMicros = 7_258_118_400_000_000;

export const seconds = (n: number): Micros => n * 1_000_000;
export const minutes = (n: number): Micros => seconds(n * 60);
export const hours = (n: number): Micros => minutes(n * 60);
export const days = (n: number): Micros => hours(n * 24);

/**
 * Text of an instant, UTC with microseconds: the form of every time in results.
 * @example formatInstant(0) // '1970-01-01T00:00:00.000000Z'
 */
export const formatInstant = (at: EpochMicros): string => {
  const whole = Math.floor(at / 1000);
  const rest = at - whole * 1000;
  return `${new Date(whole).toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
};
