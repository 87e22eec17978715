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
import { embeddedJson } from './embedded-json.ts';
import { campaignOfPage } from './landing.ts';
import { eachProduct } from './products.ts';

/** The `type` of e-commerce actions, and names of other events. */
const TYPES = {
  page_view: 'page',
  list_view: 'list_view',
  list_click: 'list_click',
  product_view: 'view',
  add_to_cart: 'cart_add',
  remove_from_cart: 'cart_remove',
  checkout_step: 'ship',
  transaction: 'purchase',
  refund: 'refund',
  promo_view: 'promo_view',
  promo_click: 'promo_click',
  site_search: 'search',
} as const;
/** What the tracker protocol calls the kinds of events. */
const KINDS: Readonly<Record<string, string>> = {
  pv: 'page_view',
  pp: 'page_ping',
  se: 'structured',
  tr: 'transaction',
  ti: 'transaction_item',
};

const PROTOCOL: FieldNames = [
  ['uid', 'user_id'],
  ['duid', 'anonymous_id'],
  ['sid', 'session_id'],
  ['url', 'page_url'],
  ['refr', 'referrer'],
];
/** Of the protocol: said in fields, or of its way here. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'e',
  'eid',
  'dtm',
  'stm',
  'ttm',
  'ue_pr',
  'ue_px',
  'co',
  'cx',
  'tv',
  'p',
]);
const PRODUCT: FieldNames = [
  ['id', 'product_id'],
  ['name', 'product_name'],
  ['category', 'category'],
  ['brand', 'brand'],
  ['price', 'price'],
  ['quantity', 'quantity'],
  ['currency', 'currency'],
];
/** What entities say of the whole order, by the name of their schema. */
const ORDER: Readonly<Record<string, FieldNames>> = {
  transaction: [
    ['transaction_id', 'order_id'],
    ['currency', 'currency'],
    ['payment_method', 'payment_method'],
    ['discount_code', 'coupon'],
  ],
  refund: [
    ['transaction_id', 'order_id'],
    ['currency', 'currency'],
  ],
  checkout_step: [
    ['payment_method', 'payment_method'],
    ['coupon_code', 'coupon'],
  ],
  cart: [['currency', 'currency']],
};
/** Of the whole order: said once, at its first product. */
const ORDER_MONEY: Readonly<Record<string, FieldNames>> = {
  transaction: [
    ['tax', 'tax'],
    ['shipping', 'shipping'],
    ['discount_amount', 'discount'],
  ],
};
/** What an order without products came to. */
const TOTAL: Readonly<Record<string, FieldNames>> = {
  transaction: [['revenue', 'amount']],
  refund: [['refund_amount', 'amount']],
};

/** A self-describing value: the name in its schema, and its data. */
interface Described {
  readonly name: string;
  readonly data: WireValue;
  readonly pointer: string;
}

/**
 * The Snowplow tracker protocol with the e-commerce schemas: the facts of products are in entities beside the event, and
 * one event with n product entities is about n products.
 */
export const snowplow: WireForm = {
  name: 'snowplow',
  label: 'Snowplow',
  types: TYPES,
  estimatesTimes: true,
  messages: (body) => {
    const data = member(body, 'data');
    return isList(data) ? data.map((value, i) => ({ value, pointer: `/data/${i}` })) : null;
  },
  events,
};

function events({ value: message, pointer: at }: WireMessage, { arrival }: WireRequest): Iterable<Draft> {
  const event = eventOf(message, at);
  const entities = entitiesOf(message, at);
  const products = entities.filter(({ name, data }) => name === 'product' && isObject(data));
  const type = typeOf(message, event, entities);
  const whenTrue = member(message, 'ttm');
  const time =
    whenTrue === undefined ? correctedTime(member(message, 'dtm'), member(message, 'stm'), arrival) : whenTrue;
  const id = textOf(member(message, 'eid'));
  const list = products.map(({ data }) => data);
  return eachProduct(
    list,
    at,
    (k) => products[k]?.pointer ?? at,
    id,
    (draft, product, first) => {
      draft.set('event_type', type, event?.pointer ?? `${at}/e`);
      draft.set('event_time', time, `${at}/${whenTrue === undefined ? 'dtm' : 'ttm'}`);
      if (product !== null) draft.take(product, draft.pointer, PRODUCT);
      const alone = product === null;
      for (const each of entities) if (each.name !== 'product') ofEntity(draft, each, alone, first);
      if (isObject(event?.data)) draft.take(event.data, event.pointer, [], new Set(['type']));
      draft.take(message, at, PROTOCOL, ENVELOPE);
      campaignOfPage(draft);
    },
  );
}

function ofEntity(draft: Draft, { name, data, pointer }: Described, alone: boolean, first: boolean): void {
  const used = new Set<string>();
  const fill = (table: Readonly<Record<string, FieldNames>>): void => {
    const names = Object.hasOwn(table, name) ? (table[name] as FieldNames) : [];
    if (isObject(data)) for (const each of draft.fill(data, pointer, names)) used.add(each);
  };
  fill(ORDER);
  if (first) fill(ORDER_MONEY);
  if (alone) fill(TOTAL);
  // Once is enough for what no field holds.
  if (first) draft.keepRest(name, data, used);
}

/** Unknown names of events are kept as they came. */
function typeOf(message: WireObject, event: Described | undefined, entities: readonly Described[]): string | undefined {
  const kind = textOf(member(message, 'e')) ?? '';
  const action = event?.name === 'snowplow_ecommerce_action' ? textOf(member(event.data, 'type')) : undefined;
  const name = action ?? event?.name ?? (Object.hasOwn(KINDS, kind) ? KINDS[kind] : kind);
  if (name === undefined || name === '') return undefined;
  if (name === 'checkout_step') return stepOf(entities.find((each) => each.name === 'checkout_step')?.data);
  return Object.hasOwn(TYPES, name) ? TYPES[name as keyof typeof TYPES] : name;
}

/** The first step begins a checkout; the one that says how is paid is the payment, others are about the delivery. */
function stepOf(step: WireValue | undefined): string {
  const number = textOf(member(step, 'step'));
  if (number === undefined || number === '1') return 'checkout';
  return textOf(member(step, 'payment_method')) === undefined ? 'ship' : 'pay';
}

function eventOf(message: WireObject, at: string): Described | undefined {
  const [name, json] = embeddedJson(message, 'ue_pr', 'ue_px');
  const inner = member(json, 'data');
  return inner === undefined ? undefined : described(inner, `${at}/${name}/data`);
}

function entitiesOf(message: WireObject, at: string): readonly Described[] {
  const [name, json] = embeddedJson(message, 'co', 'cx');
  const list = member(json, 'data');
  return isList(list) ? list.flatMap((each, i) => described(each, `${at}/${name}/data/${i}`) ?? []) : [];
}

/** `iglu:com.snowplowanalytics.snowplow.ecommerce/product/jsonschema/1-0-0` is a product. */
function described(value: WireValue, pointer: string): Described | undefined {
  const name = /^iglu:[^/]+\/([^/]+)\//.exec(textOf(member(value, 'schema')) ?? '')?.[1];
  const data = member(value, 'data');
  return name === undefined || data === undefined ? undefined : { name, data, pointer: `${pointer}/data` };
}
