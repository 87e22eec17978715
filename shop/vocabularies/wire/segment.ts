import { correctedTime } from '../../../src/source/wire/corrected-time.ts';
import type { Draft, FieldNames } from '../../../src/source/wire/draft.ts';
import type { WireForm, WireMessage, WireRequest } from '../../../src/source/wire/wire-form.ts';
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

/** Names of the e-commerce specification, and those of its first version. */
const TYPES = {
  'Products Searched': 'search',
  'Product List Viewed': 'list_view',
  'Viewed Product Category': 'list_view',
  'Product Clicked': 'list_click',
  'Product Viewed': 'view',
  'Viewed Product': 'view',
  'Product Added': 'cart_add',
  'Added Product': 'cart_add',
  'Product Removed': 'cart_remove',
  'Removed Product': 'cart_remove',
  'Cart Viewed': 'cart_view',
  'Checkout Started': 'checkout',
  'Checkout Step Completed': 'ship',
  'Payment Info Entered': 'pay',
  'Order Completed': 'purchase',
  'Completed Order': 'purchase',
  'Order Refunded': 'refund',
  'Order Cancelled': 'refund',
  'Promotion Viewed': 'promo_view',
  'Promotion Clicked': 'promo_click',
} as const;

const PRODUCT: FieldNames = [
  ['product_id', 'product_id'],
  ['productId', 'product_id'],
  ['id', 'product_id'],
  ['sku', 'product_id'],
  ['name', 'product_name'],
  ['brand', 'brand'],
  ['category', 'category'],
  ['category_id', 'category_id'],
  ['price', 'price'],
  ['quantity', 'quantity'],
  ['coupon', 'coupon'],
];
const ORDER: FieldNames = [
  ['order_id', 'order_id'],
  ['orderId', 'order_id'],
  ['currency', 'currency'],
  ['coupon', 'coupon'],
  ['payment_method', 'payment_method'],
];
/** Of the whole order: said once, at its first product. */
const ORDER_MONEY: FieldNames = [
  ['shipping', 'shipping'],
  ['tax', 'tax'],
  ['discount', 'discount'],
];
/** What an order without products came to; the first that is given. */
const TOTAL: FieldNames = [
  ['revenue', 'amount'],
  ['subtotal', 'amount'],
  ['value', 'amount'],
  ['total', 'amount'],
];
const TOTALS: ReadonlySet<string> = new Set(TOTAL.map(([name]) => name));
const MONEY_NAMES: ReadonlySet<string> = new Set([...ORDER_MONEY.map(([name]) => name), ...TOTALS]);
const PAGE: FieldNames = [
  ['url', 'page_url'],
  ['referrer', 'referrer'],
];
const CAMPAIGN: FieldNames = [
  ['source', 'utm_source'],
  ['medium', 'utm_medium'],
  ['name', 'utm_campaign'],
  ['term', 'utm_term'],
  ['content', 'utm_content'],
];
const PLACE: FieldNames = [
  ['country', 'country'],
  ['region', 'region'],
  ['city', 'city'],
];
const SESSION: FieldNames = [
  ['sessionId', 'session_id'],
  ['session_id', 'session_id'],
];
/** Of the message itself: said in fields, or of its way here. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'type',
  'event',
  'messageId',
  'userId',
  'anonymousId',
  'timestamp',
  'originalTimestamp',
  'sentAt',
  'receivedAt',
  'properties',
  'context',
  'integrations',
  'writeKey',
  'channel',
  'version',
  '_metadata',
]);

/** Of the kinds of messages, those that say what happened in their own name. */
const KINDS: Readonly<Record<string, string>> = {
  page: 'page',
  screen: 'page',
  identify: 'identify',
  alias: 'alias',
  group: 'group',
  p: 'page',
  s: 'page',
  i: 'identify',
  a: 'alias',
  g: 'group',
};

/**
 * Messages of the Segment specification (version 2), as analytics.js, its server libraries, RudderStack and PostHog's
 * gateway send them: one message, or a batch of them. Times are put right by `sentAt`.
 */
export const segment: WireForm = {
  name: 'segment',
  label: 'Segment',
  types: TYPES,
  estimatesTimes: true,
  messages: (body) => {
    if (!isObject(body)) return null;
    const batch = member(body, 'batch');
    if (batch === undefined) return [{ value: body, pointer: '' }];
    return isList(batch) ? batch.map((value, i) => ({ value, pointer: `/batch/${i}` })) : null;
  },
  events,
};

function events({ value: message, pointer: at, body }: WireMessage, { arrival, kind }: WireRequest): Iterable<Draft> {
  const own = member(message, 'properties');
  const properties = isObject(own) ? own : {};
  const said = textOf(member(message, 'type')) ?? kind ?? '';
  const type = typeOf(message, said);
  const original = member(message, 'originalTimestamp');
  const time = correctedTime(
    original ?? member(message, 'timestamp'),
    member(message, 'sentAt') ?? member(body, 'sentAt'),
    arrival,
  );
  const id = textOf(member(message, 'messageId'));
  return eachProduct(
    member(properties, 'products'),
    at,
    (k) => `${at}/properties/products/${k}`,
    id,
    (draft, product, first) => {
      draft.set('event_type', type, `${at}/event`);
      draft.set('event_time', time, `${at}/${original === undefined ? 'timestamp' : 'originalTimestamp'}`);
      draft.set('user_id', member(message, 'userId'), `${at}/userId`);
      draft.set('anonymous_id', member(message, 'anonymousId'), `${at}/anonymousId`);
      if (product !== null) draft.take(product, draft.pointer, PRODUCT);
      ofProperties(draft, properties, `${at}/properties`, { alone: product === null, first, type: type ?? '' });
      ofContext(draft, member(message, 'context'), `${at}/context`);
      campaignOfPage(draft);
      // An own event that is called as a kind is, such as a track of "Signed Up" with a name: all of it is kept.
      for (const [name, each] of Object.entries(message)) if (!ENVELOPE.has(name)) draft.keep(name, each);
      if (own !== undefined && !isObject(own)) draft.keep('properties', own);
    },
  );
}

/** Unknown names of events are kept as they came. */
function typeOf(message: WireObject, kind: string): string | undefined {
  if (Object.hasOwn(KINDS, kind)) return KINDS[kind];
  const name = textOf(member(message, 'event'));
  if (name === undefined) return undefined;
  return Object.hasOwn(TYPES, name) ? TYPES[name as keyof typeof TYPES] : name;
}

/** An event of a message: on its own or for a product, the first of them or another. */
interface Line {
  readonly alone: boolean;
  readonly first: boolean;
  readonly type: string;
}

function ofProperties(draft: Draft, properties: WireObject, at: string, { alone, first, type }: Line): void {
  const used = new Set<string>(['products']);
  const fill = (names: FieldNames): void => {
    for (const name of draft.fill(properties, at, names)) used.add(name);
  };
  fill(ORDER);
  if (type === 'page') fill(PAGE);
  // Whatever has a name is not a product: a promotion, a plan, a page.
  if (alone && ['product_id', 'productId', 'sku'].some((name) => Object.hasOwn(properties, name))) fill(PRODUCT);
  if (first) fill(ORDER_MONEY);
  if (alone && (type === 'purchase' || type === 'refund') && !draft.has('price')) fill(TOTAL);
  const not = first ? used : new Set([...used, ...MONEY_NAMES]);
  for (const [name, value] of Object.entries(properties)) if (!not.has(name)) draft.keep(name, value);
}

function ofContext(draft: Draft, given: WireValue | undefined, at: string): void {
  if (!isObject(given)) {
    draft.keep('context', given);
    return;
  }
  const rest: [string, WireValue][] = [];
  const taken: Readonly<Record<string, FieldNames>> = { page: PAGE, campaign: CAMPAIGN, location: PLACE };
  const session = draft.fill(given, at, SESSION);
  for (const [name, value] of Object.entries(given)) {
    if (session.has(name)) continue;
    const names = Object.hasOwn(taken, name) ? taken[name] : undefined;
    if (names === undefined || !isObject(value)) {
      rest.push([name, value]);
      continue;
    }
    const used = draft.fill(value, `${at}/${name}`, names);
    const left = Object.entries(value).filter(([each]) => !used.has(each));
    if (left.length > 0) rest.push([name, Object.fromEntries(left)]);
  }
  draft.set('device', member(given['device'], 'type'), `${at}/device/type`);
  if (rest.length > 0) draft.keep('context', Object.fromEntries(rest));
}
