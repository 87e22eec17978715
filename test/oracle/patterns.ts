import type { Calendar, WallClock } from './calendar.ts';
import type { CountedEvent } from './counted-event.ts';
import type { Row } from './input.ts';
import { formatInstant } from './instant.ts';
import { average, distinct, ofType } from './measure.ts';

export const hourlyPatterns = (events: readonly CountedEvent[], calendar: Calendar): Row[] =>
  patternRows(events, calendar, 'hour_of_day', (clock) => clock.hour);

export const dailyPatterns = (events: readonly CountedEvent[], calendar: Calendar): Row[] =>
  patternRows(events, calendar, 'day_of_week', (clock) => clock.weekday);

function patternRows(
  events: readonly CountedEvent[],
  calendar: Calendar,
  column: 'hour_of_day' | 'day_of_week',
  value: (clock: WallClock) => number,
): Row[] {
  const groups = Map.groupBy(events, (event) => {
    return `${calendar.monthOf(event.time)} ${value(calendar.wallClock(event.time))}`;
  });
  return [...groups].map(([key, group]) => {
    const [month = '', number] = key.split(' ');
    const window = calendar.monthWindow(month);
    return {
      month,
      [column]: Number(number),
      window_start: formatInstant(window.start),
      window_end: formatInstant(window.end),
      event_count: group.length,
      unique_users: distinct(group.map((event) => event.visitor)),
      purchases: ofType(group, 'purchase').length,
      avg_price: average(group.map((event) => event.price)),
    };
  });
}
