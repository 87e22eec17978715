import type { Vocabulary } from '../../src/source/shape/vocabulary.ts';

/** Clickstream of the real-time specification: what people look at. */
export const b1Clickstream: Vocabulary = {
  name: 'clickstream',
  label: 'clickstream',
  requires: ['event_id', 'user_id', 'session_id', 'product_id', 'action', 'timestamp', 'page_url'],
  fields: {
    event_id: 'event_id',
    user_id: 'user_id',
    session_id: 'session_id',
    product_id: 'product_id',
    category: 'category',
    action: 'event_type',
    timestamp: 'event_time',
    page_url: 'page_url',
    referrer: 'referrer',
  },
  types: {
    click: 'list_click',
    add_to_cart: 'cart_add',
    cart: 'cart_add',
    remove_from_cart: 'cart_remove',
    page_view: 'page',
    'page-views': 'page',
  },
};
