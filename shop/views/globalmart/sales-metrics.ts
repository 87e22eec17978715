import { minutes, seconds } from '../../../src/core/time.ts';
import { key, measure, window, windowEnd, windowStart, words } from '../../../src/view/columns.ts';
import { event, missing, type } from '../../../src/view/expression.ts';
import { sliding } from '../../../src/view/kind.ts';
import { count, distinct, plus, ratio, sum } from '../../../src/view/measure.ts';
import { view } from '../../../src/view/view.ts';

const revenue = sum(event('amount'));
/** Orders: distinct order ids; a purchase without one is an order of its own. */
const orders = plus(distinct(event('order_id')), count({ where: missing(event('order_id')) }));
/** No quantity means one. */
const units = plus(sum(event('quantity')), count({ where: missing(event('quantity')) }));

export const salesMetrics = view({
  name: 'sales_metrics',
  kit: 'globalmart',
  ...words('Sales', 'Purchases of the last minute by category and country, every ten seconds.'),
  kind: window(sliding(minutes(1), seconds(10))),
  where: type('purchase'),
  columns: {
    window_start: windowStart(),
    window_end: windowEnd(),
    category: key(event('category_name'), words('Category', 'Category of the product')),
    country: key(event('country'), words('Country', 'Country of the visitor')),
    transactions: measure(orders, words('Transactions', 'Distinct order ids, else purchase events', 'orders')),
    revenue: measure(revenue, words('Revenue', 'Sum of the amounts', 'money')),
    avg_transaction: measure(
      ratio(revenue, orders, 'transactions'),
      words('Average transaction', 'Revenue over transactions', 'money'),
    ),
    units: measure(units, words('Units', 'Sum of the quantities, one where none is given', 'pieces')),
    unique_users: measure(distinct(event('visitor')), words('Visitors', 'Distinct visitors, exact', 'visitors')),
  },
});
