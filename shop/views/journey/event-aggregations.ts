import { minutes } from '../../../src/core/time.ts';
import { key, measure, window, windowEnd, windowStart, words } from '../../../src/view/columns.ts';
import { event } from '../../../src/view/expression.ts';
import { tumbling } from '../../../src/view/kind.ts';
import { avg, count, distinct, max, min, stddev, sum } from '../../../src/view/measure.ts';
import { view } from '../../../src/view/view.ts';
import { journeyEventType } from './event-type.ts';

export const eventAggregations = view({
  name: 'event_aggregations',
  kit: 'journey',
  ...words('Events by category', 'Activity in each category and event type, every five minutes.'),
  kind: window(tumbling(minutes(5))),
  columns: {
    window_start: windowStart(),
    window_end: windowEnd(),
    category_name: key(event('category_name'), words('Category', 'Category of the product')),
    event_type: key(journeyEventType, words('Event type', "Kind of event, in REES46's words")),
    event_count: measure(count(), words('Events', 'Events of this category and type', 'events')),
    unique_users: measure(distinct(event('visitor')), words('Visitors', 'Distinct visitors, exact', 'visitors')),
    unique_sessions: measure(
      distinct(event('session_id')),
      words('Sessions', 'Distinct session ids, exact', 'sessions'),
    ),
    avg_price: measure(avg(event('price')), words('Average price', 'Mean price of the events that have one', 'money')),
    total_revenue: measure(
      sum(event('amount')),
      words('Value', 'Sum of the amounts of these events, whatever their type', 'money'),
    ),
    max_price: measure(max(event('price')), words('Highest price', 'Highest price', 'money')),
    min_price: measure(min(event('price')), words('Lowest price', 'Lowest price', 'money')),
    price_stddev: measure(
      stddev(event('price')),
      words('Price spread', 'Sample standard deviation of the price', 'money'),
    ),
  },
});
