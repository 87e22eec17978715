import { minutes, seconds } from '../../../src/core/time.ts';
import { measure, rollup, windowEnd, windowStart, words } from '../../../src/view/columns.ts';
import { all, elapsed, parent } from '../../../src/view/expression.ts';
import { tumbling } from '../../../src/view/kind.ts';
import { avg, count, ratio, sum } from '../../../src/view/measure.ts';
import { view } from '../../../src/view/view.ts';

const withView = count({ where: parent('has_view') });
const withCart = count({ where: parent('has_cart') });
const withPurchase = count({ where: parent('has_purchase') });

export const conversionFunnel = view({
  name: 'conversion_funnel',
  kit: 'journey',
  ...words('Conversion funnel', 'How far the sessions came that began in each quarter of an hour.'),
  kind: rollup({ parent: 'user_session_analytics', windowing: tumbling(minutes(15)), on: 'session_start' }),
  columns: {
    window_start: windowStart(),
    window_end: windowEnd(),
    total_sessions: measure(count(), words('Sessions', 'Sessions that began in the window', 'sessions')),
    sessions_with_view: measure(withView, words('With a view', 'Sessions with a product view', 'sessions')),
    sessions_with_cart: measure(withCart, words('With a cart', 'Sessions with a cart add', 'sessions')),
    sessions_with_purchase: measure(withPurchase, words('With a purchase', 'Sessions with a purchase', 'sessions')),
    avg_session_duration: measure(
      avg(elapsed(parent('session_start'), parent('session_end')), { unit: seconds(60) }),
      words('Average duration', 'Mean length of the whole session', 'minutes'),
    ),
    avg_purchase_value: measure(
      ratio(sum(parent('total_purchase_value')), sum(parent('purchase_count')), 'purchases'),
      words('Average purchase', 'Revenue over purchase events', 'money'),
    ),
    view_to_cart_rate: measure(
      ratio(count({ where: all(parent('has_view'), parent('has_cart')) }), withView, 'sessions with a view'),
      words(
        'View to cart',
        'Share of sessions with a view that also put something in the cart',
        'rate of sessions with a view',
      ),
    ),
    cart_to_purchase_rate: measure(
      ratio(count({ where: all(parent('has_cart'), parent('has_purchase')) }), withCart, 'sessions with a cart'),
      words('Cart to purchase', 'Share of sessions with a cart that also bought', 'rate of sessions with a cart'),
    ),
    overall_conversion_rate: measure(
      ratio(withPurchase, count(), 'sessions'),
      words('Conversion', 'Share of all sessions that bought', 'rate of sessions'),
    ),
  },
});
