import { minutes } from '../../../src/core/time.ts';
import { key, measure, window, windowEnd, windowStart, words } from '../../../src/view/columns.ts';
import { event, missing, type } from '../../../src/view/expression.ts';
import { tumbling } from '../../../src/view/kind.ts';
import { count, distinct, plus, ratio, sum } from '../../../src/view/measure.ts';
import { view } from '../../../src/view/view.ts';

const revenue = sum(event('amount'));
/** Orders: distinct order ids; a purchase without one is an order of its own. */
const orders = plus(distinct(event('order_id')), count({ where: missing(event('order_id')) }));

export const categoryRevenue = view({
  name: 'category_revenue',
  kit: 'realtime',
  ...words('Revenue by category', 'Purchases of each category, every five minutes.'),
  kind: window(tumbling(minutes(5))),
  where: type('purchase'),
  columns: {
    window_start: windowStart(),
    window_end: windowEnd(),
    category: key(event('category_name'), words('Category', 'Category of the product')),
    transaction_count: measure(orders, words('Transactions', 'Distinct order ids, else purchase events', 'orders')),
    total_revenue: measure(revenue, words('Revenue', 'Sum of the amounts', 'money')),
    avg_transaction: measure(
      ratio(revenue, orders, 'transactions'),
      words('Average transaction', 'Revenue over transactions', 'money'),
    ),
  },
});
