import { expect, test } from 'vitest';
import { vocabularies } from '../../shop/vocabularies/vocabularies.ts';
import { batchRows } from '../../src/source/columns/batch-rows.ts';
import { JsonRequestParser } from '../../src/source/json-request.ts';
import { ARRIVAL, type Row, rowsOf, STEPS, type Step, timeOf } from './story.ts';

const BOOT = { product_id: 'p-1', category: 'Shoes', brand: 'Acme', price: 79.99 };
const rees46 = (step: Step, event_type: string): object => ({
  event_time: timeOf(step).replace('T', ' ').replace('.000Z', ' UTC'),
  event_type,
  product_id: 'p-1',
  category_id: null,
  category_code: null,
  brand: 'Acme',
  price: 79.99,
  user_id: null,
  user_session: null,
});
const clickstream = (step: Step, action: string): object => ({
  event_id: 'e',
  user_id: null,
  session_id: null,
  product_id: 'p-1',
  category: 'Shoes',
  action,
  timestamp: timeOf(step),
  page_url: null,
  referrer: null,
});
const globalmart = (step: Step, quantity: number | null, own: object): object => ({
  ...BOOT,
  product_name: 'Boot',
  currency: 'USD',
  quantity,
  timestamp: timeOf(step),
  user_id: null,
  session_id: null,
  ...own,
});

/** Vocabulary, what is told, how it is written, and the fields that it has no words for. */
const EVENTS: readonly (readonly [string, Step, object])[] = [
  ['rees46', 'view', rees46('view', 'view')],
  ['rees46', 'cart_add', rees46('cart_add', 'cart')],
  ['rees46', 'cart_remove', rees46('cart_remove', 'remove_from_cart')],
  ['rees46', 'purchase', rees46('purchase', 'purchase')],
  ['clickstream', 'view', clickstream('view', 'view')],
  ['clickstream', 'list_click', clickstream('list_click', 'click')],
  ['clickstream', 'cart_add', clickstream('cart_add', 'add_to_cart')],
  [
    'transactions',
    'purchase',
    {
      transaction_id: 'o-1',
      user_id: null,
      session_id: null,
      product_id: 'p-1',
      category: 'Shoes',
      amount: 79.99,
      quantity: 1,
      timestamp: timeOf('purchase'),
    },
  ],
  [
    'globalmart-transactions',
    'purchase',
    globalmart('purchase', 1, { transaction_id: 'o-1', amount: 79.99, tax: 8.1, shipping: 5 }),
  ],
  ['globalmart-product-views', 'view', globalmart('view', null, { event_id: 'e', event_type: 'product_view' })],
  ['globalmart-cart-events', 'cart_add', globalmart('cart_add', 2, { event_id: 'e', action: 'add' })],
  ['globalmart-cart-events', 'cart_remove', globalmart('cart_remove', 1, { event_id: 'e', action: 'remove' })],
  ['globalmart-cart-events', 'cart_view', globalmart('cart_view', 1, { event_id: 'e', action: 'view_cart' })],
];

function read(name: string, event: object): readonly Row[] {
  const vocabulary = vocabularies.find((each) => each.name === name);
  if (vocabulary === undefined) throw new Error(`no vocabulary ${name}`);
  const parsed = new JsonRequestParser(vocabulary, 'journal').parse(
    new TextEncoder().encode(JSON.stringify(event)),
    ARRIVAL,
  );
  if (parsed === null || parsed.batch.rejected.length > 0) throw new Error(JSON.stringify(parsed?.batch.rejected));
  return batchRows(parsed.batch, []);
}

test.each(EVENTS)('%s: %s says what the story says, as far as it has words', (name, step, event) => {
  const [row] = read(name, event);
  const [story] = rowsOf(step);
  const { event_id: _id, ...said } = row ?? {};
  const words = Object.entries(said).filter(([field]) => field !== 'amount' && field !== 'quantity');
  expect(story).toMatchObject(Object.fromEntries(words));
  expect(Object.keys(said)).toEqual(expect.arrayContaining(['event_type', 'event_time', 'product_id']));
  if (name !== 'rees46' && name !== 'clickstream')
    expect([said['quantity'], said['amount']]).toEqual([story?.['quantity'], story?.['amount']]);
});

test.each(STEPS)('canonical: %s stays as it is', (step) => {
  const money = ['price', 'amount', 'tax', 'shipping'];
  const times = timeOf(step);
  for (const row of rowsOf(step)) {
    const event = Object.entries(row).map(([field, value]) => [
      field,
      field === 'event_time' ? times : money.includes(field) ? (Number(value) / 1e4).toFixed(4) : value,
    ]);
    expect(read('canonical', Object.fromEntries(event))).toEqual([row]);
  }
});
