import { FootfallError } from '../../core/errors/footfall-error.ts';
import { days, type EpochMicros, formatInstant, minutes } from '../../core/time.ts';
import { localMicros } from '../../engine/protocol/calendar.ts';
import type { Json } from '../../store/value.ts';
import { parseInstant } from '../parse-instant.ts';

const NAMES_ITS_ZONE = /(Z|UTC|[+-]\d{2}:?\d{2})\s*$/i;

/** @throws FootfallError `cli.usage` for a zone that is none */
export function checkZone(zone: string): void {
  try {
    if (!/^[+-]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '')
      return;
  } catch {
    // Told below.
  }
  throw new FootfallError('cli.usage', { reason: `"${zone}" is no IANA time zone such as Europe/Athens` });
}

/**
 * A time as a person gives it: one that does not say otherwise is of the zone. Of an hour that the clock repeats the
 * first is meant, and a time that the clock leaves out is that of the clock which was not set.
 * @throws FootfallError `cli.usage` naming the option
 */
export function instantIn(text: string, option: string, zone: string): EpochMicros {
  const given = parseInstant(text, option);
  return NAMES_ITS_ZONE.test(text.trim().slice(10)) ? given : fromLocal(given, zone);
}

/** The instant of a local wall time that is given as microseconds of an imaginary UTC clock. */
export function fromLocal(local: EpochMicros, zone: string): EpochMicros {
  const offset = (at: EpochMicros): number => localMicros(at, zone) - at;
  const [before, after] = [local - offset(local - days(1)), local - offset(local + days(1))];
  const fitting = [before, after].filter((at) => localMicros(at, zone) === local);
  return fitting.length === 0 ? before : Math.min(...fitting);
}

/** Says times of answers in a zone: with microseconds and offset, as 2019-10-01T03:00:00.000000+03:00. */
export class ZonedTimes {
  private readonly zone: string;
  /** By minute: clocks are set at whole ones, and many rows are of the same. */
  private readonly offsets = new Map<number, string>();

  constructor(zone: string) {
    this.zone = zone;
  }

  say(text: string): string {
    const at = Date.parse(text) * 1000 + Number(text.slice(23, 26));
    const minute = Math.floor(at / minutes(1));
    let offset = this.offsets.get(minute);
    if (offset === undefined) {
      offset = offsetText(localMicros(minute * minutes(1), this.zone) - minute * minutes(1));
      this.offsets.set(minute, offset);
    }
    return `${formatInstant(at + offsetMicros(offset)).slice(0, -1)}${offset}`;
  }

  /** A cell of a column of times, or of lists of them. */
  cell(value: Json): Json {
    if (typeof value === 'string') return this.say(value);
    return Array.isArray(value) ? value.map((each) => this.cell(each)) : value;
  }
}

/** @example offsetText(hours(-2.5)) // '-02:30' */
function offsetText(offset: number): string {
  const whole = Math.abs(Math.round(offset / minutes(1)));
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(whole / 60))}:${two(whole % 60)}`;
}

function offsetMicros(text: string): number {
  const [hours = 0, rest = 0] = text.slice(1).split(':').map(Number);
  return (text.startsWith('-') ? -1 : 1) * minutes(hours * 60 + rest);
}

/** Columns whose cells are times, or lists of them. */
export const isTime = (type: string): boolean => /^TIMESTAMP/.test(type);
