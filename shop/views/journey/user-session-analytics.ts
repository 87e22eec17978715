import { type Micros, seconds } from '../../../src/core/time.ts';
import { duration, measure, session, sessionPart, words } from '../../../src/view/columns.ts';
import { event, type } from '../../../src/view/expression.ts';
import { avg, count, distinct, has, list, ratio, sum } from '../../../src/view/measure.ts';
import { type ViewPlan, view } from '../../../src/view/view.ts';

const purchases = count({ where: type('purchase') });

/** `gap`: inactivity that ends the sessions of events without a session id, and after which any session is final. */
export const userSessionAnalytics = (gap: Micros): ViewPlan =>
  view({
    name: 'user_session_analytics',
    kit: 'journey',
    ...words('Sessions', 'One row for each session and visitor: what was seen, put in the cart and bought.'),
    kind: session({ gap, split: false, byVisitor: true }),
    columns: {
      user_session: sessionPart(
        'id',
        words('Session', 'Session id as sent; for events without one, made from visitor and start'),
      ),
      user_id: sessionPart('visitor', words('Visitor', 'User id, else anonymous id')),
      total_events: measure(count(), words('Events', 'Events of the session', 'events')),
      unique_products_viewed: measure(
        distinct(event('product_id')),
        words('Products', 'Distinct products in all events of the session', 'products'),
      ),
      view_count: measure(count({ where: type('view') }), words('Views', 'Product views', 'events')),
      cart_count: measure(count({ where: type('cart_add') }), words('Cart adds', 'Products put in the cart', 'events')),
      purchase_count: measure(purchases, words('Purchases', 'Purchase events', 'events')),
      total_purchase_value: measure(
        sum(event('amount'), { where: type('purchase') }),
        words('Revenue', 'Sum of the amounts of purchases', 'money'),
      ),
      avg_product_price: measure(
        avg(event('price')),
        words('Average price', 'Mean price over all events that have one', 'money'),
      ),
      categories_browsed: measure(list(event('category_name')), words('Categories', 'Distinct categories, sorted')),
      brands_viewed: measure(list(event('brand')), words('Brands', 'Distinct brands, sorted')),
      session_start: sessionPart('start', words('Start', 'Time of the first event', 'time')),
      session_end: sessionPart('end', words('End', 'Time of the last event', 'time')),
      session_duration_minutes: duration(seconds(60), false, words('Duration', 'From first to last event', 'minutes')),
      has_view: measure(has(type('view')), words('Viewed', 'Any product view')),
      has_cart: measure(has(type('cart_add')), words('Put in cart', 'Any cart add')),
      has_purchase: measure(has(type('purchase')), words('Bought', 'Any purchase')),
      conversion_rate: measure(
        ratio(purchases, count(), 'events'),
        words('Purchase share', 'Purchase events over all events of the session', 'rate of events'),
      ),
    },
  });
