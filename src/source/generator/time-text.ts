import type { RowBuffer } from './row-buffer.ts';

const DAY = 86_400_000;
const [DASH, COLON, SPACE, DOT, T, U, C, Z] = [45, 58, 32, 46, 84, 85, 67, 90] as const;

/** Writes event times (milliseconds since 1970 UTC) into rows; the calendar part is worked out once a day. */
export class TimeText {
  #day = Number.NaN;
  #year = 0;
  #month = 0;
  #date = 0;

  /** `2019-10-01 00:00:00 UTC`, the form of REES46: whole seconds, cut. */
  rees46(row: RowBuffer, millis: number): void {
    const rest = this.#calendar(row, millis);
    row.byte(SPACE);
    this.#clock(row, rest);
    row.byte(SPACE);
    row.byte(U);
    row.byte(T);
    row.byte(C);
  }

  /** `2019-10-01T00:00:00.000Z` */
  iso(row: RowBuffer, millis: number): void {
    const rest = this.#calendar(row, millis);
    row.byte(T);
    this.#clock(row, rest);
    row.byte(DOT);
    row.padded(rest % 1000, 3);
    row.byte(Z);
  }

  #calendar(row: RowBuffer, millis: number): number {
    const day = Math.floor(millis / DAY);
    if (day !== this.#day) {
      const date = new Date(day * DAY);
      this.#day = day;
      this.#year = date.getUTCFullYear();
      this.#month = date.getUTCMonth() + 1;
      this.#date = date.getUTCDate();
    }
    row.padded(this.#year, 4);
    row.byte(DASH);
    row.padded(this.#month, 2);
    row.byte(DASH);
    row.padded(this.#date, 2);
    return (millis - day * DAY) | 0;
  }

  #clock(row: RowBuffer, millisOfDay: number): void {
    const seconds = (millisOfDay / 1000) | 0;
    const minutes = (seconds / 60) | 0;
    const hours = (minutes / 60) | 0;
    row.padded(hours, 2);
    row.byte(COLON);
    row.padded(minutes - hours * 60, 2);
    row.byte(COLON);
    row.padded(seconds - minutes * 60, 2);
  }
}
