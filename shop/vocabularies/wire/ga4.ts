import { formatInstant } from '../../../src/core/time.ts';
import type { Draft, FieldNames } from '../../../src/source/wire/draft.ts';
import type { WireForm, WireMessage, WireRequest } from '../../../src/source/wire/wire-form.ts';
import { isList, isObject, member, textOf, type WireObject } from '../../../src/source/wire/wire-value.ts';
import { campaignOfPage } from './landing.ts';
import { eachProduct } from './products.ts';

/** Names of the e-commerce events that are recommended. */
const TYPES = {
  page_view: 'page',
  screen_view: 'page',
  search: 'search',
  view_search_results: 'search',
  view_item_list: 'list_view',
  select_item: 'list_click',
  view_item: 'view',
  add_to_cart: 'cart_add',
  remove_from_cart: 'cart_remove',
  view_cart: 'cart_view',
  begin_checkout: 'checkout',
  add_shipping_info: 'ship',
  add_payment_info: 'pay',
  purchase: 'purchase',
  refund: 'refund',
  view_promotion: 'promo_view',
  select_promotion: 'promo_click',
} as const;

const ITEM: FieldNames = [
  ['item_id', 'product_id'],
  ['item_name', 'product_name'],
  ['item_brand', 'brand'],
  ['item_category', 'category'],
  ['price', 'price'],
  ['quantity', 'quantity'],
  ['coupon', 'coupon'],
];
const PARAMS: FieldNames = [
  ['event_id', 'event_id'],
  ['session_id', 'session_id'],
  ['ga_session_id', 'session_id'],
  ['transaction_id', 'order_id'],
  ['currency', 'currency'],
  ['coupon', 'coupon'],
  ['payment_type', 'payment_method'],
  ['page_location', 'page_url'],
  ['page_referrer', 'referrer'],
  ['source', 'utm_source'],
  ['campaign_source', 'utm_source'],
  ['medium', 'utm_medium'],
  ['campaign_medium', 'utm_medium'],
  ['campaign', 'utm_campaign'],
  ['campaign_name', 'utm_campaign'],
  ['term', 'utm_term'],
  ['campaign_term', 'utm_term'],
  ['content', 'utm_content'],
  ['campaign_content', 'utm_content'],
];
/** Of the whole order: said once, at its first item. */
const ORDER_MONEY: FieldNames = [
  ['shipping', 'shipping'],
  ['tax', 'tax'],
];
const VALUE: FieldNames = [['value', 'amount']];
const ONCE: ReadonlySet<string> = new Set(['shipping', 'tax', 'value']);
const DEVICE: FieldNames = [
  ['category', 'device'],
  ['browser', 'browser'],
];
const PLACE: FieldNames = [
  ['country_id', 'country'],
  ['region_id', 'region'],
  ['city', 'city'],
];

/**
 * The Measurement Protocol of Google Analytics 4: a body with who it was and up to 25 events, each with its parameters and
 * items. Its events have no ids of their own; a parameter `event_id` is taken for one.
 */
export const ga4: WireForm = {
  name: 'ga4',
  label: 'Google Analytics 4',
  types: TYPES,
  estimatesTimes: true,
  messages: (body) => {
    const events = member(body, 'events');
    return isList(events) ? events.map((value, i) => ({ value, pointer: `/events/${i}` })) : null;
  },
  events,
};

function events({ value: event, pointer: at, body }: WireMessage, { arrival }: WireRequest): Iterable<Draft> {
  const given = member(event, 'params');
  const params = isObject(given) ? given : {};
  const name = textOf(member(event, 'name'));
  const type = name !== undefined && Object.hasOwn(TYPES, name) ? TYPES[name as keyof typeof TYPES] : name;
  const time = member(event, 'timestamp_micros') ?? member(body, 'timestamp_micros') ?? formatInstant(arrival);
  const id = textOf(member(params, 'event_id'));
  return eachProduct(
    member(params, 'items'),
    at,
    (k) => `${at}/params/items/${k}`,
    id,
    (draft, item, first) => {
      draft.set('event_type', type, `${at}/name`);
      draft.set('event_time', time, `${at}/timestamp_micros`);
      draft.set('user_id', member(body, 'user_id'), '/user_id');
      draft.set('anonymous_id', member(body, 'client_id') ?? member(body, 'app_instance_id'), '/client_id');
      if (item !== null) draft.take(item, draft.pointer, ITEM);
      ofParams(draft, params, `${at}/params`, { alone: item === null, first, type: type ?? '' });
      ofBody(draft, body);
      campaignOfPage(draft);
      if (given !== undefined && !isObject(given)) draft.keep('params', given);
    },
  );
}

/** An event of a message: on its own or for an item, the first of them or another. */
interface Line {
  readonly alone: boolean;
  readonly first: boolean;
  readonly type: string;
}

function ofParams(draft: Draft, params: WireObject, at: string, { alone, first, type }: Line): void {
  const used = new Set<string>(['items']);
  const fill = (names: FieldNames): void => {
    for (const name of draft.fill(params, at, names)) used.add(name);
  };
  fill(PARAMS);
  // The id of further items is made from it.
  used.add('event_id');
  if (first) fill(ORDER_MONEY);
  if (alone && (type === 'purchase' || type === 'refund')) fill(VALUE);
  for (const [name, value] of Object.entries(params))
    if (!used.has(name) && (first || !ONCE.has(name))) draft.keep(name, value);
}

function ofBody(draft: Draft, body: WireObject): void {
  const [device, place] = [member(body, 'device'), member(body, 'user_location')];
  draft.keepRest('device', device, isObject(device) ? draft.fill(device, '/device', DEVICE) : new Set());
  draft.keepRest('user_location', place, isObject(place) ? draft.fill(place, '/user_location', PLACE) : new Set());
  draft.keep('user_properties', member(body, 'user_properties'));
}
