import { TIME_FROM, TIME_UNTIL } from '../../core/time.ts';

/** Results that are no time. Every time in range is positive. */
export const BAD_TIME_FORMAT = -1;
export const BAD_TIME_RANGE = -2;

const ZONED =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(?:([Zz]|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)?$/;

const micros = (fraction: string | undefined): number => Number((fraction ?? '').slice(0, 6).padEnd(6, '0'));

/** Microseconds since 1970 of midnight UTC of a day that exists, else NaN. */
const dayMicros = (year: number, month: number, day: number): number => {
  const millis = Date.UTC(year, month - 1, day);
  const date = new Date(millis);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? millis * 1000 : Number.NaN;
};

const inRange = (time: number): number => (time >= TIME_FROM && time < TIME_UNTIL ? time : BAD_TIME_RANGE);

/** Epoch seconds, milliseconds, microseconds or nanoseconds: their ranges of 1990 to 2200 do not touch. */
const fromEpoch = (text: string): number => {
  const value = Number(text);
  for (const unit of [1e6, 1e3, 1, 1e-3]) {
    const time = Math.floor(value * unit + (unit > 1 ? 0.5 : 0));
    if (time >= TIME_FROM && time < TIME_UNTIL) return time;
  }
  return BAD_TIME_RANGE;
};

/**
 * Microseconds since 1970 UTC of a time as text: `2019-10-01 00:00:00[.ffffff] UTC`, ISO 8601 with `Z`, an offset or
 * none (UTC is meant), a day alone, or an epoch in seconds, milliseconds, microseconds or nanoseconds.
 *
 * @returns BAD_TIME_FORMAT for a time that does not exist or cannot be read, BAD_TIME_RANGE outside 1990 to 2200
 * @example parseTimeText('2019-10-01 02:00:00+02:00') // 1569888000000000
 */
export const parseTimeText = (text: string): number => {
  if (/^-?\d+(\.\d+)?([eE]\+?\d+)?$/.test(text)) return fromEpoch(text);
  const match = ZONED.exec(text);
  if (match === null) return BAD_TIME_FORMAT;
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', fraction, , sign, zoneHours, zoneMinutes] =
    match;
  const midnight = dayMicros(Number(year), Number(month), Number(day));
  const offset = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0);
  if (Number.isNaN(midnight) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59)
    return BAD_TIME_FORMAT;
  if (offset > 18 * 60 || Number(zoneMinutes ?? 0) > 59) return BAD_TIME_FORMAT;
  const clock = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return inRange(midnight + clock * 1e6 + micros(fraction) - (sign === '-' ? -offset : offset) * 60e6);
};

const two = (bytes: Uint8Array, at: number): number => {
  const tens = (bytes[at] as number) - 0x30;
  const ones = (bytes[at + 1] as number) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 99;
};

/** Reads `YYYY-MM-DD[ T]HH:MM:SS` with ` UTC`, `Z` or a fraction before them, keeping the last day it has seen. */
export class TimeReader {
  /** One past the last byte of the time that `read` found. */
  end = 0;
  #year = 0;
  #month = 0;
  #day = 0;
  #midnight = Number.NaN;

  /**
   * Time that starts at `start`, in microseconds, or a negative number when it is not of the common form: then
   * `parseTimeText` decides. 32 bytes from `start` must be readable; the caller checks what follows `end`.
   */
  read(bytes: Uint8Array, view: DataView, start: number): number {
    const year = view.getInt32(start, true);
    const month = view.getInt32(start + 4, true);
    const day = view.getInt16(start + 8, true);
    if (year !== this.#year || month !== this.#month || day !== this.#day) {
      this.#midnight = this.#readDay(bytes, start);
      this.#year = year;
      this.#month = month;
      this.#day = day;
    }
    const separator = bytes[start + 10];
    if ((separator !== 0x20 && separator !== 0x54) || bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a)
      return -1;
    const hours = two(bytes, start + 11);
    const minutes = two(bytes, start + 14);
    const seconds = two(bytes, start + 17);
    if (hours > 23 || minutes > 59 || seconds > 59) return -1;
    let at = start + 19;
    let time = this.#midnight + ((hours * 60 + minutes) * 60 + seconds) * 1e6;
    if (bytes[at] === 0x2e) {
      let unit = 1e5;
      at += 1;
      const from = at;
      for (;;) {
        const digit = (bytes[at] as number) - 0x30;
        if (digit < 0 || digit > 9) break;
        time += digit * unit;
        unit /= 10;
        at += 1;
      }
      if (at === from || at - from > 6) return -1;
    }
    if (bytes[at] === 0x5a) this.end = at + 1;
    else if (view.getInt32(at, true) === UTC_SUFFIX) this.end = at + 4;
    else return -1;
    return time >= TIME_FROM && time < TIME_UNTIL ? time : -1;
  }

  #readDay(bytes: Uint8Array, start: number): number {
    if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return Number.NaN;
    const century = two(bytes, start);
    const year = two(bytes, start + 2);
    if (century === 99 || year > 99) return Number.NaN;
    return dayMicros(century * 100 + year, two(bytes, start + 5), two(bytes, start + 8));
  }
}

/** ` UTC`, read little-endian. */
const UTC_SUFFIX = 0x43545520;
