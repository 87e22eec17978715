import type { Draft, FieldNames } from '../../../src/source/wire/draft.ts';
import type { WireForm, WireMessage } from '../../../src/source/wire/wire-form.ts';
import {
  isList,
  isObject,
  member,
  textOf,
  type WireObject,
  type WireValue,
} from '../../../src/source/wire/wire-value.ts';
import { campaignOfPage } from './landing.ts';
import { eachProduct } from './products.ts';

/** Standard events of web pixels. */
const TYPES = {
  page_viewed: 'page',
  search_submitted: 'search',
  collection_viewed: 'list_view',
  product_viewed: 'view',
  product_added_to_cart: 'cart_add',
  product_removed_from_cart: 'cart_remove',
  cart_viewed: 'cart_view',
  checkout_started: 'checkout',
  checkout_shipping_info_submitted: 'ship',
  payment_info_submitted: 'pay',
  checkout_completed: 'purchase',
} as const;

const ENVELOPE: ReadonlySet<string> = new Set([
  'id',
  'name',
  'timestamp',
  'clientId',
  'context',
  'data',
  'type',
  'seq',
]);
const MONEY = ['amount', 'currencyCode'] as const;

/**
 * Events of Shopify's web pixels, as a pixel is handed them: one, or a list of them. What a checkout says about its buyer
 * (name, address, e-mail, telephone) is not kept.
 */
export const shopify: WireForm = {
  name: 'shopify',
  label: 'Shopify web pixels',
  types: TYPES,
  estimatesTimes: false,
  messages: (body) => {
    if (isList(body)) return body.map((value, i) => ({ value, pointer: `/${i}` }));
    return isObject(body) ? [{ value: body, pointer: '' }] : null;
  },
  events,
};

function events({ value: event, pointer: at }: WireMessage): Iterable<Draft> {
  const name = textOf(member(event, 'name'));
  const type = name !== undefined && Object.hasOwn(TYPES, name) ? TYPES[name as keyof typeof TYPES] : name;
  const data = member(event, 'data');
  const [lines, place] = linesOf(data, `${at}/data`);
  return eachProduct(lines, at, place, textOf(member(event, 'id')), (draft, line, first) => {
    draft.set('event_type', type, `${at}/name`);
    draft.set('event_time', member(event, 'timestamp'), `${at}/timestamp`);
    draft.set('anonymous_id', member(event, 'clientId'), `${at}/clientId`);
    const document = member(member(event, 'context'), 'document');
    draft.set('page_url', member(member(document, 'location'), 'href'), `${at}/context/document/location/href`);
    draft.set('referrer', member(document, 'referrer'), `${at}/context/document/referrer`);
    draft.keep('title', member(document, 'title'));
    if (line !== null) ofLine(draft, line);
    ofCheckout(draft, member(data, 'checkout'), `${at}/data/checkout`, first, line === null && type === 'purchase');
    ofOthers(draft, data, name !== undefined && Object.hasOwn(TYPES, name));
    draft.take(event, at, [], ENVELOPE);
    campaignOfPage(draft);
  });
}

/** The lines of an event, each a variant or with one, and where the kth of them is. */
function linesOf(
  data: WireValue | undefined,
  at: string,
): readonly [lines: WireValue | undefined, place: (k: number) => string] {
  const lists: readonly (readonly string[])[] = [
    ['checkout', 'lineItems'],
    ['cart', 'lines'],
    ['collection', 'productVariants'],
  ];
  for (const path of lists) {
    const list = path.reduce<WireValue | undefined>(member, data);
    if (isList(list)) return [list, (k) => `${at}/${path.join('/')}/${k}`];
  }
  for (const name of ['cartLine', 'productVariant']) {
    const one = member(data, name);
    if (isObject(one)) return [[one], () => `${at}/${name}`];
  }
  return [undefined, () => at];
}

function ofLine(draft: Draft, line: WireObject): void {
  const at = draft.pointer;
  const inner = ['variant', 'merchandise'].find((name) => isObject(member(line, name)));
  const variant = inner === undefined ? line : (member(line, inner) as WireObject);
  const place = inner === undefined ? at : `${at}/${inner}`;
  const product = member(variant, 'product');
  draft.set('product_id', member(product, 'id') ?? member(variant, 'id'), `${place}/product/id`);
  draft.set('product_name', member(product, 'title') ?? member(variant, 'title'), `${place}/product/title`);
  draft.set('brand', member(product, 'vendor'), `${place}/product/vendor`);
  draft.set('category', member(product, 'type'), `${place}/product/type`);
  money(draft, 'price', member(variant, 'price'), `${place}/price`);
  if (inner !== undefined) draft.set('quantity', member(line, 'quantity'), `${at}/quantity`);
  money(draft, 'amount', member(line, 'finalLinePrice'), `${at}/finalLinePrice`);
  money(draft, 'amount', member(member(line, 'cost'), 'totalAmount'), `${at}/cost/totalAmount`);
  draft.keep('variant_id', member(variant, 'id'));
  draft.keep('variant', member(variant, 'title'));
  draft.keep('sku', member(variant, 'sku'));
}

const ORDER: FieldNames = [['currencyCode', 'currency']];

function ofCheckout(draft: Draft, checkout: WireValue | undefined, at: string, first: boolean, alone: boolean): void {
  if (!isObject(checkout)) return;
  draft.set('order_id', member(member(checkout, 'order'), 'id'), `${at}/order/id`);
  const customer = member(member(member(checkout, 'order'), 'customer'), 'id');
  draft.set('user_id', customer, `${at}/order/customer/id`);
  draft.fill(checkout, at, ORDER);
  const transactions = member(checkout, 'transactions');
  const payment = isList(transactions) ? transactions[0] : undefined;
  const method = member(payment, 'paymentMethod');
  draft.set('payment_method', textOf(member(method, 'name')) ?? member(payment, 'gateway'), `${at}/transactions/0`);
  draft.keep('checkout_token', member(checkout, 'token'));
  if (alone) money(draft, 'amount', member(checkout, 'subtotalPrice'), `${at}/subtotalPrice`);
  if (!first) return;
  money(draft, 'tax', member(checkout, 'totalTax'), `${at}/totalTax`);
  money(draft, 'shipping', member(member(checkout, 'shippingLine'), 'price'), `${at}/shippingLine/price`);
  const total = member(member(checkout, 'totalPrice'), 'amount');
  draft.keep('total_price', total);
}

/** What is left of the data: of standard events only what is known to be about the shop, of custom ones everything. */
function ofOthers(draft: Draft, data: WireValue | undefined, standard: boolean): void {
  draft.keep('query', member(member(data, 'searchResult'), 'query'));
  const collection = member(data, 'collection');
  draft.keep('collection_id', member(collection, 'id'));
  draft.keep('collection', member(collection, 'title'));
  draft.keep('cart_id', member(member(data, 'cart'), 'id'));
  if (!standard) draft.keep('data', data);
}

/** Money says its currency itself. */
function money(
  draft: Draft,
  field: 'price' | 'amount' | 'tax' | 'shipping',
  value: WireValue | undefined,
  at: string,
): void {
  const [amount, currency] = MONEY;
  draft.set(field, member(value, amount), `${at}/${amount}`);
  draft.set('currency', member(value, currency), `${at}/${currency}`);
}
