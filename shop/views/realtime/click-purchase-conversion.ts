import { minutes } from '../../../src/core/time.ts';
import { key, match, measure, windowEnd, windowStart, words } from '../../../src/view/columns.ts';
import { above, event, matched, type } from '../../../src/view/expression.ts';
import { tumbling } from '../../../src/view/kind.ts';
import { count, ratio, sum } from '../../../src/view/measure.ts';
import { view } from '../../../src/view/view.ts';

/** A click is whatever shows interest in one product; a purchase goes to the latest one before it. */
export const clickPurchaseConversion = view({
  name: 'click_purchase_conversion',
  kit: 'realtime',
  ...words(
    'Clicks to purchases',
    'Clicks on each product, every five minutes, and the purchases that followed within ten.',
  ),
  kind: match({
    windowing: tumbling(minutes(5)),
    within: minutes(10),
    followedBy: type('purchase'),
    on: [event('visitor'), event('product_id')],
  }),
  where: type('view', 'list_click', 'cart_add'),
  columns: {
    window_start: windowStart(),
    window_end: windowEnd(),
    product_id: key(event('product_id'), words('Product', 'Product id')),
    clicks: measure(count(), words('Clicks', 'Views, clicks in lists and cart adds of the product', 'events')),
    purchases: measure(
      sum(matched),
      words(
        'Purchases',
        'Purchases of the product by the same visitor at most ten minutes later, each counted at its latest click',
        'events',
      ),
    ),
    conversion_rate: measure(
      ratio(count({ where: above(matched, 0) }), count(), 'clicks'),
      words('Conversion', 'Share of the clicks that a purchase followed', 'rate of clicks'),
    ),
  },
});
