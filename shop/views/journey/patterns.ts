import { key, measure, window, windowEnd, windowMonth, windowStart, words } from '../../../src/view/columns.ts';
import { type Expression, event, hourOf, type, weekdayOf } from '../../../src/view/expression.ts';
import { calendar } from '../../../src/view/kind.ts';
import { avg, count, distinct } from '../../../src/view/measure.ts';
import { type ViewPlan, view, type Wording } from '../../../src/view/view.ts';

/** Both pattern tables are one shape: a calendar month by one part of the local time. */
const pattern = (name: string, wording: Wording, part: string, of: Expression, partWording: Wording): ViewPlan =>
  view({
    name,
    kit: 'journey',
    ...wording,
    kind: window(calendar('month')),
    columns: {
      window_start: windowStart(),
      window_end: windowEnd(),
      month: windowMonth(words('Month', "Calendar month in the shop's zone, as 2019-10")),
      [part]: key(of, partWording),
      event_count: measure(count(), words('Events', 'Events', 'events')),
      unique_users: measure(distinct(event('visitor')), words('Visitors', 'Distinct visitors, exact', 'visitors')),
      purchases: measure(count({ where: type('purchase') }), words('Purchases', 'Purchase events', 'events')),
      avg_price: measure(
        avg(event('price')),
        words('Average price', 'Mean price of the events that have one', 'money'),
      ),
    },
  });

export const hourlyPatterns = pattern(
  'hourly_patterns',
  words('Hourly patterns', 'When in the day a shop is busy, month by month.'),
  'hour_of_day',
  hourOf(event('event_time')),
  words('Hour', "Hour of the day in the shop's zone, 0 to 23"),
);

export const dailyPatterns = pattern(
  'daily_patterns',
  words('Daily patterns', 'On which days of the week a shop is busy, month by month.'),
  'day_of_week',
  weekdayOf(event('event_time')),
  words('Weekday', "Day of the week in the shop's zone, 1 = Sunday"),
);
