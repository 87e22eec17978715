import { millisOf, PAGE, REFERRER, type Step } from './story.ts';

const ECOMMERCE = 'iglu:com.snowplowanalytics.snowplow.ecommerce';
const product = (data: object): object => ({ schema: `${ECOMMERCE}/product/jsonschema/1-0-0`, data });
const entity = (name: string, data: object): object => ({ schema: `${ECOMMERCE}/${name}/jsonschema/1-0-0`, data });
const BOOT = { id: 'p-1', name: 'Boot', brand: 'Acme', category: 'Shoes', price: 79.99, currency: 'USD' };
const LACE = { id: 'p-2', name: 'Lace', brand: 'Tie', category: 'Care', price: 2.5, currency: 'USD' };
const BASKET = [product({ ...BOOT, quantity: 1 }), product({ ...LACE, quantity: 2 })];

const payload = (event: object): object => ({
  schema: 'iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4',
  data: [event],
});
const common = (step: Step): object => ({
  eid: `00000000-0000-4000-8000-${step.padStart(12, '0')}`,
  duid: 'a-1',
  url: PAGE,
  refr: REFERRER,
  dtm: String(millisOf(step)),
  stm: String(Date.parse('2026-03-01T12:10:00Z')),
  tv: 'js-4.10.1',
  tna: 'sp',
  aid: 'shop',
  p: 'web',
});
const described = (step: Step, schema: string, data: object, entities: readonly object[], packed = false): object => {
  const event = {
    schema: 'iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0',
    data: { schema, data },
  };
  const contexts = { schema: 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0', data: entities };
  const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return payload({
    e: 'ue',
    ...common(step),
    ...(packed
      ? { ue_px: base64(event), cx: base64(contexts) }
      : { ue_pr: JSON.stringify(event), co: JSON.stringify(contexts) }),
  });
};
const action = (step: Step, type: string, entities: readonly object[], packed = false): object =>
  described(step, `${ECOMMERCE}/snowplow_ecommerce_action/jsonschema/1-0-2`, { type }, entities, packed);

/** The story as the e-commerce plugin of the browser tracker sends it; there is no view of the cart. */
export const snowplowStory: Readonly<Partial<Record<Step, object>>> = {
  page: payload({ e: 'pv', ...common('page'), page: 'Shoes' }),
  search: described(
    'search',
    'iglu:com.snowplowanalytics.snowplow/site_search/jsonschema/1-0-0',
    { terms: ['boots'] },
    [],
  ),
  list_view: action('list_view', 'list_view', [product(BOOT), product(LACE)], true),
  list_click: action('list_click', 'list_click', [product(BOOT)]),
  view: action('view', 'product_view', [product(BOOT)], true),
  cart_add: action('cart_add', 'add_to_cart', [
    product({ ...BOOT, quantity: 2 }),
    entity('cart', { cart_id: 'c-1', total_value: 159.98, currency: 'USD' }),
  ]),
  cart_remove: action('cart_remove', 'remove_from_cart', [product({ ...BOOT, quantity: 1 })]),
  checkout: action('checkout', 'checkout_step', [...BASKET, entity('checkout_step', { step: 1 })]),
  ship: action('ship', 'checkout_step', [...BASKET, entity('checkout_step', { step: 2, shipping_postcode: '12345' })]),
  pay: action('pay', 'checkout_step', [...BASKET, entity('checkout_step', { step: 3, payment_method: 'card' })]),
  purchase: action('purchase', 'transaction', [
    ...BASKET,
    entity('transaction', { transaction_id: 'o-1', revenue: 84.99, currency: 'USD', tax: 8.1, shipping: 5 }),
  ]),
  refund: action('refund', 'refund', [
    product({ ...LACE, quantity: 1 }),
    entity('refund', { transaction_id: 'o-1', refund_amount: 2.5, currency: 'USD' }),
  ]),
  promo_view: action('promo_view', 'promo_view', [entity('promotion', { id: 'sale', name: 'Sale' })]),
  promo_click: action('promo_click', 'promo_click', [entity('promotion', { id: 'sale', name: 'Sale' })]),
};
