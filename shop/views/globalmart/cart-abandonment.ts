import { days, type Micros, minutes } from '../../../src/core/time.ts';
import { absence, absencePart, sessionPart, words } from '../../../src/view/columns.ts';
import { event, type } from '../../../src/view/expression.ts';
import { type ViewPlan, view } from '../../../src/view/view.ts';

export interface CartSettings {
  /** Cart events without a session id that are further apart are of two carts. */
  readonly gap: Micros;
  /** How long after its last event a cart is abandoned; default a minute. */
  readonly threshold?: Micros;
}

/** @example cartAbandonment({ gap: minutes(30), threshold: minutes(5) }) */
export const cartAbandonment = ({ gap, threshold = minutes(1) }: CartSettings): ViewPlan =>
  view({
    name: 'cart_abandonment',
    kit: 'globalmart',
    ...words('Abandoned carts', 'Carts that were left with something in them, and what was bought later after all.'),
    kind: absence({
      adds: type('cart_add'),
      removes: type('cart_remove'),
      recoveredBy: type('purchase'),
      item: event('product_id'),
      quantity: event('quantity'),
      price: event('price'),
      amount: event('amount'),
      gap,
      threshold,
      within: days(7),
    }),
    columns: {
      session_id: sessionPart(
        'id',
        words('Session', 'Session id as sent; for events without one, made from visitor and first event of the cart'),
      ),
      user_id: sessionPart('visitor', words('Visitor', 'User id, else anonymous id')),
      cart_value: absencePart('value', words('Value', 'Pieces left in the cart at their latest price', 'money')),
      items: absencePart('items', words('Pieces', 'Pieces left in the cart', 'pieces')),
      products: absencePart('contents', words('Products', 'Product, quantity and latest price of each that is left')),
      last_cart_event: absencePart(
        'last_event',
        words('Last cart event', 'When it was last filled or emptied', 'time'),
      ),
      status: absencePart('status', words('Status', 'open until it is abandoned, then abandoned or recovered')),
      abandoned_at: absencePart(
        'abandoned_at',
        words('Abandoned', 'When it had been left for as long as a cart may be', 'time'),
      ),
      recovered_at: absencePart('recovered_at', words('Recovered', 'The first purchase that recovered it', 'time')),
      recovered_amount: absencePart(
        'recovered_amount',
        words('Recovered amount', 'Amounts of the purchases that recovered it, within seven days', 'money'),
      ),
    },
  });
