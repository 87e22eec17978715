import { PAGE, REFERRER, type Step, timeOf } from './story.ts';

const BOOT = { product_id: 'p-1', sku: 'B-1', name: 'Boot', brand: 'Acme', category: 'Shoes', price: 79.99 };
const LACE = { product_id: 'p-2', sku: 'L-1', name: 'Lace', brand: 'Tie', category: 'Care', price: 2.5 };
const BASKET = [
  { ...BOOT, quantity: 1, position: 1 },
  { ...LACE, quantity: 2, position: 2 },
];

const track = (step: Step, event: string, properties: object): object => ({
  type: 'track',
  event,
  messageId: `m-${step}`,
  anonymousId: 'a-1',
  timestamp: timeOf(step),
  properties,
  context: {
    library: { name: 'analytics.js', version: 'next-1.84.3' },
    page: { path: '/shoes', referrer: REFERRER, search: '?utm_source=google', title: 'Shoes', url: PAGE },
    campaign: { source: 'google', medium: 'cpc', name: 'spring' },
    locale: 'en-US',
    userAgent: 'Mozilla/5.0',
  },
});

/** The story as https://segment.com/docs/connections/spec/ecommerce/v2/ tells it. */
export const segmentStory: Readonly<Record<Step, object>> = {
  page: { ...track('page', '', { path: '/shoes', title: 'Shoes', url: PAGE, referrer: REFERRER }), type: 'page' },
  search: track('search', 'Products Searched', { query: 'boots' }),
  list_view: track('list_view', 'Product List Viewed', {
    list_id: 'shoes',
    category: 'Deals',
    currency: 'USD',
    products: [BOOT, LACE],
  }),
  list_click: track('list_click', 'Product Clicked', { ...BOOT, currency: 'USD', position: 1 }),
  view: track('view', 'Product Viewed', { ...BOOT, currency: 'USD', value: 79.99 }),
  cart_add: track('cart_add', 'Product Added', { ...BOOT, cart_id: 'c-1', currency: 'USD', quantity: 2 }),
  cart_remove: track('cart_remove', 'Product Removed', { ...BOOT, cart_id: 'c-1', currency: 'USD', quantity: 1 }),
  cart_view: track('cart_view', 'Cart Viewed', {
    cart_id: 'c-1',
    currency: 'USD',
    products: [{ ...BOOT, quantity: 1 }],
  }),
  checkout: track('checkout', 'Checkout Started', { value: 84.99, currency: 'USD', products: BASKET }),
  ship: track('ship', 'Checkout Step Completed', {
    checkout_id: 'k-1',
    step: 2,
    shipping_method: 'Post',
    currency: 'USD',
    products: BASKET,
  }),
  pay: track('pay', 'Payment Info Entered', { checkout_id: 'k-1', currency: 'USD', products: BASKET }),
  purchase: track('purchase', 'Order Completed', {
    order_id: 'o-1',
    affiliation: 'Store',
    total: 98.09,
    subtotal: 84.99,
    revenue: 84.99,
    shipping: 5,
    tax: 8.1,
    currency: 'USD',
    products: BASKET,
  }),
  refund: track('refund', 'Order Refunded', { order_id: 'o-1', currency: 'USD', products: [{ ...LACE, quantity: 1 }] }),
  promo_view: track('promo_view', 'Promotion Viewed', { promotion_id: 'sale', name: 'Sale', position: 'top' }),
  promo_click: track('promo_click', 'Promotion Clicked', { promotion_id: 'sale', name: 'Sale', position: 'top' }),
};
