import { canonical } from '../../shop/vocabularies/canonical.ts';
import { batchRows } from '../../src/source/columns/batch-rows.ts';
import type { WireForm } from '../../src/source/wire/wire-form.ts';
import { WireParser } from '../../src/source/wire/wire-parser.ts';

/** A row as the parser of events makes it: money in 1/10,000, times in microseconds. */
export type Row = Readonly<Record<string, string>>;

/** What happened in a shop, step by step: the same in every vocabulary. */
export type Step =
  | 'page'
  | 'search'
  | 'list_view'
  | 'list_click'
  | 'view'
  | 'cart_add'
  | 'cart_remove'
  | 'cart_view'
  | 'checkout'
  | 'ship'
  | 'pay'
  | 'purchase'
  | 'refund'
  | 'promo_view'
  | 'promo_click';

export const STEPS = [
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
  'promo_view',
  'promo_click',
] as const satisfies readonly Step[];

export const ARRIVAL = Date.parse('2026-03-01T12:10:00Z') * 1000;
/** Steps are ten seconds apart. */
export const millisOf = (step: Step): number => Date.parse('2026-03-01T12:00:00Z') + 10_000 * STEPS.indexOf(step);
export const timeOf = (step: Step): string => new Date(millisOf(step)).toISOString();

export const PAGE = 'https://shop.example/shoes?utm_source=google&utm_medium=cpc&utm_campaign=spring';
export const REFERRER = 'https://www.google.com/';

const BOOT: Row = { product_id: 'p-1', product_name: 'Boot', brand: 'Acme', category: 'Shoes', price: '799900' };
const LACE: Row = { product_id: 'p-2', product_name: 'Lace', brand: 'Tie', category: 'Care', price: '25000' };
const PRICES: Readonly<Record<string, number>> = { 'p-1': 799_900, 'p-2': 25_000 };

const line = (product: Row, quantity: number | null, more: Row = {}): Row => ({
  ...product,
  ...(quantity === null ? {} : { quantity: String(quantity) }),
  amount: String((PRICES[product['product_id'] as string] as number) * (quantity ?? 1)),
  currency: 'USD',
  ...more,
});

const ROWS: Readonly<Record<Step, readonly Row[]>> = {
  page: [{}],
  search: [{}],
  list_view: [line(BOOT, null), line(LACE, null)],
  list_click: [line(BOOT, null)],
  view: [line(BOOT, null)],
  cart_add: [line(BOOT, 2)],
  cart_remove: [line(BOOT, 1)],
  cart_view: [line(BOOT, 1)],
  checkout: [line(BOOT, 1), line(LACE, 2)],
  ship: [line(BOOT, 1), line(LACE, 2)],
  pay: [line(BOOT, 1), line(LACE, 2)],
  purchase: [line(BOOT, 1, { order_id: 'o-1', tax: '81000', shipping: '50000' }), line(LACE, 2, { order_id: 'o-1' })],
  refund: [line(LACE, 1, { order_id: 'o-1' })],
  promo_view: [{}],
  promo_click: [{}],
};

/** The canonical rows of a step, without ids and properties. */
export const rowsOf = (step: Step): readonly Row[] =>
  ROWS[step].map((row) => ({
    event_type: step,
    event_time: String(millisOf(step) * 1000),
    anonymous_id: 'a-1',
    page_url: PAGE,
    referrer: REFERRER,
    utm_source: 'google',
    utm_medium: 'cpc',
    utm_campaign: 'spring',
    ...row,
  }));

/** The rows that a form makes of a body. @throws where it refuses any */
export function readAs(form: WireForm, body: unknown, kind: string | null = null): readonly Row[] {
  const parser = new WireParser(form, canonical, 'journal');
  const bytes = typeof body === 'string' ? body : JSON.stringify(body);
  const parsed = parser.parse(new TextEncoder().encode(bytes), ARRIVAL, kind);
  if (parsed === null) throw new Error('no request');
  if (parsed.batch.rejected.length > 0) throw new Error(JSON.stringify(parsed.batch.rejected));
  return batchRows(parsed.batch, []);
}

/** A row without some of its fields. */
export const without = (row: Row, fields: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !fields.includes(name)));
