import { minutes } from '../../../src/core/time.ts';
import { key, measure, window, windowEnd, windowStart, words } from '../../../src/view/columns.ts';
import { event } from '../../../src/view/expression.ts';
import { sliding } from '../../../src/view/kind.ts';
import { avg, count, distinct } from '../../../src/view/measure.ts';
import { view } from '../../../src/view/view.ts';

export const brandActivity = view({
  name: 'brand_activity',
  kit: 'journey',
  ...words('Brand activity', 'Activity of each brand over ten minutes, moved on every five.'),
  kind: window(sliding(minutes(10), minutes(5))),
  columns: {
    window_start: windowStart(),
    window_end: windowEnd(),
    brand: key(event('brand'), words('Brand', 'Brand of the product')),
    event_count: measure(count(), words('Events', 'Events with this brand', 'events')),
    unique_users: measure(distinct(event('visitor')), words('Visitors', 'Distinct visitors, exact', 'visitors')),
    avg_price: measure(avg(event('price')), words('Average price', 'Mean price of the events that have one', 'money')),
  },
});
