import type { Vocabulary } from '../../src/source/shape/vocabulary.ts';

/** Transactions of the real-time specification: every line is a purchase, and `amount` is its total. */
export const b1Transactions: Vocabulary = {
  name: 'transactions',
  label: 'transactions',
  requires: ['transaction_id', 'user_id', 'session_id', 'product_id', 'amount', 'quantity', 'timestamp'],
  fields: {
    transaction_id: ['event_id', 'order_id'],
    user_id: 'user_id',
    session_id: 'session_id',
    product_id: 'product_id',
    category: 'category',
    amount: 'amount',
    quantity: 'quantity',
    timestamp: 'event_time',
    payment_method: 'payment_method',
  },
  type: 'purchase',
};
