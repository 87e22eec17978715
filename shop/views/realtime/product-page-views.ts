import { minutes } from '../../../src/core/time.ts';
import { key, measure, window, windowEnd, windowStart, words } from '../../../src/view/columns.ts';
import { event, not, type } from '../../../src/view/expression.ts';
import { tumbling } from '../../../src/view/kind.ts';
import { count, distinct } from '../../../src/view/measure.ts';
import { view } from '../../../src/view/view.ts';

export const productPageViews = view({
  name: 'product_page_views',
  kit: 'realtime',
  ...words('Product activity', 'Clickstream events of each product, every minute.'),
  kind: window(tumbling(minutes(1))),
  where: not(type('purchase', 'refund', 'restock')),
  columns: {
    window_start: windowStart(),
    window_end: windowEnd(),
    product_id: key(event('product_id'), words('Product', 'Product id')),
    category: key(event('category_name'), words('Category', 'Category of the product')),
    view_count: measure(count(), words('Views', 'All clickstream events of the product', 'events')),
    unique_users: measure(distinct(event('visitor')), words('Visitors', 'Distinct visitors, exact', 'visitors')),
  },
});
