import type { Vocabulary } from '../../src/source/shape/vocabulary.ts';

const FIELDS = {
  timestamp: 'event_time',
  user_id: 'user_id',
  session_id: 'session_id',
  product_id: 'product_id',
  product_name: 'product_name',
  category: 'category',
  brand: 'brand',
  price: 'price',
  quantity: 'quantity',
  currency: 'currency',
  country: 'country',
  region: 'region',
  city: 'city',
  device: 'device',
  browser: 'browser',
  channel: 'channel',
  page_url: 'page_url',
  referrer: 'referrer',
} as const;

/** GlobalMart's transactions: every line is a purchase. */
export const globalmartTransactions: Vocabulary = {
  name: 'globalmart-transactions',
  label: 'GlobalMart transactions',
  requires: [
    'transaction_id',
    'user_id',
    'session_id',
    'product_id',
    'product_name',
    'price',
    'quantity',
    'amount',
    'timestamp',
  ],
  fields: {
    ...FIELDS,
    transaction_id: ['event_id', 'order_id'],
    amount: 'amount',
    payment_method: 'payment_method',
    discount: 'discount',
    tax: 'tax',
    shipping: 'shipping',
    coupon: 'coupon',
  },
  type: 'purchase',
};

/** GlobalMart's product views. */
export const globalmartProductViews: Vocabulary = {
  name: 'globalmart-product-views',
  label: 'GlobalMart product views',
  requires: ['event_id', 'event_type', 'user_id', 'session_id', 'product_id', 'product_name', 'timestamp'],
  fields: { ...FIELDS, event_id: 'event_id', event_type: 'event_type' },
  types: { product_view: 'view' },
};

/** GlobalMart's cart events. */
export const globalmartCartEvents: Vocabulary = {
  name: 'globalmart-cart-events',
  label: 'GlobalMart cart events',
  requires: ['event_id', 'action', 'user_id', 'session_id', 'product_id', 'product_name', 'quantity', 'timestamp'],
  fields: { ...FIELDS, event_id: 'event_id', action: 'event_type' },
  types: {
    add: 'cart_add',
    add_to_cart: 'cart_add',
    remove: 'cart_remove',
    remove_from_cart: 'cart_remove',
    view_cart: 'cart_view',
  },
};
