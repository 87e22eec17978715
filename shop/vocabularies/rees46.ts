import type { Vocabulary } from '../../src/source/shape/vocabulary.ts';

/** REES46 (Kaggle "eCommerce behavior data from multi category store"): CSV, times as `2019-10-01 00:00:00 UTC`. */
export const rees46: Vocabulary = {
  name: 'rees46',
  label: 'REES46',
  requires: [
    'event_time',
    'event_type',
    'product_id',
    'category_id',
    'category_code',
    'brand',
    'price',
    'user_id',
    'user_session',
  ],
  fields: {
    event_time: 'event_time',
    event_type: 'event_type',
    product_id: 'product_id',
    category_id: 'category_id',
    category_code: 'category_code',
    brand: 'brand',
    price: 'price',
    user_id: 'user_id',
    user_session: 'session_id',
  },
  types: { cart: 'cart_add', remove_from_cart: 'cart_remove' },
};
