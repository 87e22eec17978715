import { EVENT_TYPES } from '../../core/event.ts';
import { CART_ADD, LIST_CLICK, PURCHASE, VIEW } from './event-type.ts';
import { FragmentTable } from './fragment-table.ts';
import { categoryName, JsonRows, piece, seedTag } from './json-rows.ts';
import type { Described, RowEncoder } from './row-encoder.ts';
import { CHANNELS } from './words/channels.ts';

const ACTIONS = new Map([
  [VIEW, 'view'],
  [LIST_CLICK, 'click'],
  [CART_ADD, 'add_to_cart'],
]);

/** The pair of streams of the real-time specification: clickstream (view, click, add_to_cart) and transactions. */
export function b1Rows(described: Described): RowEncoder {
  const { catalogue, sessions, seed } = described;
  const json = new JsonRows(described);
  const tag = seedTag(seed);
  const eventId = piece(`{"event_id":"evt-${tag}-`);
  const transactionId = piece(`{"transaction_id":"txn-${tag}-`);
  const time = piece(',"timestamp":"');
  const actions = new FragmentTable(EVENT_TYPES.map((_, type) => `,"action":"${ACTIONS.get(type) ?? ''}"`));
  const referrers = new FragmentTable(CHANNELS.map(({ referrer }) => `,"referrer":"${referrer}"`));
  const own = piece(',"referrer":"https://shop.example/"');
  const products = json.products((product) => ({
    product_id: String(catalogue.ids[product]),
    category: categoryName(described, product),
  }));
  const pages = json.products((product) => ({ page_url: `https://shop.example/product/${catalogue.ids[product]}` }));
  return {
    files: ['clickstream.ndjson', 'transactions.ndjson'],
    header: '',
    format: 'ndjson',
    ids: true,
    resolution: 1,
    fileOf: (type) => (type === PURCHASE ? 1 : 0),
    eventId: (event) => (event.type === PURCHASE ? `txn-${tag}-${event.order}` : `evt-${tag}-${event.sequence}`),
    encode(event, row) {
      const buys = event.type === PURCHASE;
      if (buys) json.id(row, transactionId, event.order);
      else json.id(row, eventId, event.sequence);
      json.user(row, event);
      json.session(row, event);
      row.copy(products, event.product);
      if (buys) {
        json.amount(row, event);
        json.quantity(row, event);
      } else row.copy(actions, event.type);
      json.time(row, time, event.time);
      if (buys) json.payment(row, event);
      else {
        row.copy(pages, event.product);
        if (event.landing === 1) row.copy(referrers, sessions.channel[event.session] as number);
        else row.copy(own, 0);
      }
      json.end(row);
    },
  };
}
