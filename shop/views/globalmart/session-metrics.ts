import { minutes, seconds } from '../../../src/core/time.ts';
import { duration, measure, session, sessionPart, words } from '../../../src/view/columns.ts';
import { event, type } from '../../../src/view/expression.ts';
import { count, has, sum } from '../../../src/view/measure.ts';
import { view } from '../../../src/view/view.ts';

/** The kit's own timeout, whatever the shop's gap is: its dashboards show who is active right now. */
const TIMEOUT = minutes(2);

export const sessionMetrics = view({
  name: 'session_metrics',
  kit: 'globalmart',
  ...words('Session metrics', 'One row for each session and visitor, completed two minutes after the last event.'),
  kind: session({ gap: TIMEOUT, split: false, byVisitor: true }),
  columns: {
    session_id: sessionPart(
      'id',
      words('Session', 'Session id as sent; for events without one, made from visitor and start'),
    ),
    user_id: sessionPart('visitor', words('Visitor', 'User id, else anonymous id')),
    session_start: sessionPart('start', words('Start', 'Time of the first event', 'time')),
    session_end: sessionPart('end', words('End', 'Time of the last event', 'time')),
    duration_seconds: duration(
      seconds(1),
      true,
      words('Duration', 'From first to last event, whole seconds', 'seconds'),
    ),
    page_views: measure(count({ where: type('page') }), words('Page views', 'Pages shown', 'events')),
    product_views: measure(count({ where: type('view') }), words('Product views', 'Products shown', 'events')),
    cart_adds: measure(count({ where: type('cart_add') }), words('Cart adds', 'Products put in the cart', 'events')),
    purchases: measure(count({ where: type('purchase') }), words('Purchases', 'Purchase events', 'events')),
    revenue: measure(
      sum(event('amount'), { where: type('purchase') }),
      words('Revenue', 'Sum of the amounts of purchases', 'money'),
    ),
    converted: measure(has(type('purchase')), words('Converted', 'Any purchase')),
    status: sessionPart('status', words('Status', 'active while it may go on, then completed')),
  },
});
