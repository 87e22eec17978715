/** How busy the shop is at a time: hour of day, day of week and a slow wave between days; mean 1 over a whole week. */
const HOUR = 3_600_000;
// Share of a day by UTC hour, as people shop: quiet nights, a rise at breakfast, a peak in the afternoon and evening.
const HOURS = [22, 20, 24, 34, 48, 56, 60, 62, 66, 66, 64, 62, 60, 62, 66, 70, 72, 70, 62, 54, 44, 36, 30, 26];
// Monday first.
const DAYS = [0.97, 0.96, 0.97, 0.99, 1.02, 1.07, 1.02];
const hourMean = HOURS.reduce((sum, value) => sum + value, 0) / HOURS.length;

/** Relative activity at `millis` since 1970 UTC, between hours by straight line. */
export function activity(millis: number): number {
  const hours = millis / HOUR;
  const hour = Math.floor(hours);
  const part = hours - hour;
  const from = HOURS[((hour % 24) + 24) % 24] as number;
  const to = HOURS[(((hour + 1) % 24) + 24) % 24] as number;
  const day = Math.floor(hours / 24);
  // 1 January 1970 was a Thursday, day 3 of a week that begins on Monday.
  const weekday = DAYS[(((day + 3) % 7) + 7) % 7] as number;
  const wave = 1 + 0.04 * Math.sin(day * 1.7) + 0.03 * Math.sin(day / 9);
  return ((from + (to - from) * part) / hourMean) * weekday * wave;
}

/** Mean activity between two times, so that a given number of events fits exactly between them. */
export function meanActivity(start: number, end: number): number {
  const steps = Math.max(16, Math.min(4000, Math.ceil((end - start) / (HOUR / 4))));
  let sum = 0;
  for (let i = 0; i < steps; i++) sum += activity(start + ((i + 0.5) * (end - start)) / steps);
  return sum / steps;
}
