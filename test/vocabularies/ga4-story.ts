import { millisOf, PAGE, REFERRER, type Step } from './story.ts';

const BOOT = { item_id: 'p-1', item_name: 'Boot', item_brand: 'Acme', item_category: 'Shoes', price: 79.99 };
const LACE = { item_id: 'p-2', item_name: 'Lace', item_brand: 'Tie', item_category: 'Care', price: 2.5 };
const BASKET = [
  { ...BOOT, quantity: 1, index: 0 },
  { ...LACE, quantity: 2, index: 1 },
];

const event = (step: Step, name: string, params: object): object => ({
  client_id: 'a-1',
  timestamp_micros: millisOf(step) * 1000,
  events: [
    {
      name,
      params: { engagement_time_msec: 100, page_location: PAGE, page_referrer: REFERRER, ...params },
    },
  ],
});

/** The story as the reference of the Measurement Protocol tells it. */
export const ga4Story: Readonly<Record<Step, object>> = {
  page: event('page', 'page_view', { page_title: 'Shoes' }),
  search: event('search', 'search', { search_term: 'boots' }),
  list_view: event('list_view', 'view_item_list', { item_list_id: 'shoes', currency: 'USD', items: [BOOT, LACE] }),
  list_click: event('list_click', 'select_item', { item_list_id: 'shoes', currency: 'USD', items: [BOOT] }),
  view: event('view', 'view_item', { currency: 'USD', value: 79.99, items: [BOOT] }),
  cart_add: event('cart_add', 'add_to_cart', { currency: 'USD', value: 159.98, items: [{ ...BOOT, quantity: 2 }] }),
  cart_remove: event('cart_remove', 'remove_from_cart', { currency: 'USD', items: [{ ...BOOT, quantity: 1 }] }),
  cart_view: event('cart_view', 'view_cart', { currency: 'USD', value: 79.99, items: [{ ...BOOT, quantity: 1 }] }),
  checkout: event('checkout', 'begin_checkout', { currency: 'USD', value: 84.99, items: BASKET }),
  ship: event('ship', 'add_shipping_info', { currency: 'USD', shipping_tier: 'Post', items: BASKET }),
  pay: event('pay', 'add_payment_info', { currency: 'USD', items: BASKET }),
  purchase: event('purchase', 'purchase', {
    currency: 'USD',
    transaction_id: 'o-1',
    value: 84.99,
    shipping: 5,
    tax: 8.1,
    items: BASKET,
  }),
  refund: event('refund', 'refund', { currency: 'USD', transaction_id: 'o-1', items: [{ ...LACE, quantity: 1 }] }),
  promo_view: event('promo_view', 'view_promotion', { promotion_id: 'sale', promotion_name: 'Sale' }),
  promo_click: event('promo_click', 'select_promotion', { promotion_id: 'sale', promotion_name: 'Sale' }),
};
