import { FragmentTable } from './fragment-table.ts';
import type { RowBuffer } from './row-buffer.ts';

const DAY = 86_400_000;
const [COLON, DOT, Z] = [58, 46, 90] as const;
const UTC = new FragmentTable([' UTC']);

/** Writes event times (milliseconds since 1970 UTC) into rows; the calendar part is worked out once a day. */
export class TimeText {
  #day = Number.NaN;
  /** `2019-10-01 ` and `2019-10-01T`. */
  #date = new FragmentTable([]);

  /** `2019-10-01 00:00:00 UTC`, the form of REES46: whole seconds, cut. */
  rees46(row: RowBuffer, millis: number): void {
    const rest = this.#calendar(row, millis, 0);
    this.#clock(row, rest);
    row.copy(UTC, 0);
  }

  /** `2019-10-01T00:00:00.000Z` */
  iso(row: RowBuffer, millis: number): void {
    const rest = this.#calendar(row, millis, 1);
    this.#clock(row, rest);
    row.byte(DOT);
    row.padded(rest % 1000, 3);
    row.byte(Z);
  }

  #calendar(row: RowBuffer, millis: number, form: 0 | 1): number {
    const day = Math.floor(millis / DAY);
    if (day !== this.#day) {
      const date = new Date(day * DAY).toISOString().slice(0, 10);
      this.#day = day;
      this.#date = new FragmentTable([`${date} `, `${date}T`]);
    }
    row.copy(this.#date, form);
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
