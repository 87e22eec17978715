/**
 * The canonical event: what every source's events become before anything counts them.
 *
 * One table, `EVENT_COLUMNS`, says for each field how it is held; the parser's column writers, the `raw` and
 * `raw_extra` tables, the readable views over them and the integrity hash are all derived from it, so a field is
 * added in one place.
 */

/** How a field is held in a batch and in DuckDB. */
export type ColumnStore =
  /** microseconds since 1970 UTC; DuckDB TIMESTAMP */
  | 'time'
  /** decimal(18,4) as an integer count of 1/10,000; DuckDB DECIMAL(18,4) */
  | 'money'
  /** whole number; DuckDB INTEGER */
  | 'count'
  /** text of few distinct values, held as an id of the shop's symbol table; DuckDB INTEGER */
  | 'symbol'
  /** text of many distinct values: BIGINT or UUID while every value round-trips, else VARCHAR */
  | 'id'
  /** free text; DuckDB VARCHAR */
  | 'text';

export interface EventColumn {
  readonly name: string;
  readonly store: ColumnStore;
  /** `raw` is narrow and read by every view; `raw_extra` has a row only for events that carry one of its fields. */
  readonly table: 'raw' | 'raw_extra';
}

const column = <N extends string, S extends ColumnStore>(name: N, store: S, table: 'raw' | 'raw_extra' = 'raw') =>
  ({ name, store, table }) as const;

/** Fields that come with an event, in the order in which they are stored. */
export const EVENT_COLUMNS = [
  column('event_id', 'text'),
  column('event_time', 'time'),
  column('event_type', 'symbol'),
  column('product_id', 'symbol'),
  column('category_id', 'symbol'),
  column('category_code', 'symbol'),
  column('category', 'symbol'),
  column('brand', 'symbol'),
  column('price', 'money'),
  column('quantity', 'count'),
  column('amount', 'money'),
  column('currency', 'symbol'),
  column('order_id', 'text'),
  column('user_id', 'id'),
  column('anonymous_id', 'id'),
  column('session_id', 'id'),
  column('country', 'symbol'),
  column('channel', 'symbol'),
  column('product_name', 'text', 'raw_extra'),
  column('coupon', 'symbol', 'raw_extra'),
  column('discount', 'money', 'raw_extra'),
  column('tax', 'money', 'raw_extra'),
  column('shipping', 'money', 'raw_extra'),
  column('payment_method', 'symbol', 'raw_extra'),
  column('page_url', 'text', 'raw_extra'),
  column('referrer', 'text', 'raw_extra'),
  column('utm_source', 'symbol'),
  column('utm_medium', 'symbol', 'raw_extra'),
  column('utm_campaign', 'symbol', 'raw_extra'),
  column('utm_term', 'text', 'raw_extra'),
  column('utm_content', 'text', 'raw_extra'),
  column('device', 'symbol'),
  column('browser', 'symbol', 'raw_extra'),
  column('region', 'symbol', 'raw_extra'),
  column('city', 'symbol', 'raw_extra'),
  column('properties', 'text', 'raw_extra'),
] as const satisfies readonly EventColumn[];

export type EventField = (typeof EVENT_COLUMNS)[number]['name'];

/** Fields that a batch holds as ids of a symbol table. */
export const SYMBOL_FIELDS: readonly EventField[] = EVENT_COLUMNS.filter(({ store }) => store === 'symbol').map(
  ({ name }) => name,
);

/**
 * One event as plain values: the form of samples, receipts, fixtures and the test oracle. Never the hot path.
 * Absent and null mean the same. Times are ISO 8601 UTC with microseconds, money is decimal text (`"33.20"`),
 * `properties` is the text of a JSON object with every field that has no canonical name.
 *
 * @example { event_id: 'e1', event_time: '2019-10-01T00:00:00.000000Z', event_type: 'view', price: '33.20' }
 */
export type CanonicalEvent = { readonly event_time: string; readonly event_type: string } & {
  readonly [F in Exclude<EventField, 'event_time' | 'event_type'>]?: F extends 'quantity'
    ? number | null
    : string | null;
};

/** Event types with a meaning of their own; any other name is kept as it came. */
export const EVENT_TYPES = [
  'page',
  'search',
  'list_view',
  'list_click',
  'view',
  'cart_add',
  'cart_remove',
  'cart_view',
  'checkout',
  'ship',
  'pay',
  'purchase',
  'refund',
  'restock',
  'promo_view',
  'promo_click',
] as const;
