import { event, rename } from '../../../src/view/expression.ts';

/** The event type in REES46's words, which the journey kit's tables have always used. */
export const journeyEventType = rename(event('event_type'), { cart_add: 'cart', cart_remove: 'remove_from_cart' });
