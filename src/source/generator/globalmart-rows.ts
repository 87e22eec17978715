import { CART_ADD, PURCHASE, VIEW } from './event-type.ts';
import { FragmentTable } from './fragment-table.ts';
import { categoryName, JsonRows, piece, seedTag } from './json-rows.ts';
import type { Described, RowEncoder } from './row-encoder.ts';

/** GlobalMart's three streams: transactions, product_views and cart_events. */
export function globalmartRows(described: Described): RowEncoder {
  const { catalogue, seed } = described;
  const json = new JsonRows(described);
  const tag = seedTag(seed);
  const eventId = piece(`{"event_id":"evt-${tag}-`);
  const transactionId = piece(`{"transaction_id":"txn-${tag}-`);
  const time = piece(',"timestamp":"');
  const actions = new FragmentTable([',"action":"add_to_cart"', ',"action":"remove_from_cart"']);
  const viewed = piece(',"event_type":"product_view"');
  const products = json.products((product) => ({
    product_id: String(catalogue.ids[product]),
    product_name: catalogue.names[product] ?? '',
    category: categoryName(described, product),
    brand: catalogue.brands[product] ?? '',
  }));
  return {
    files: ['transactions.ndjson', 'product_views.ndjson', 'cart_events.ndjson'],
    header: '',
    format: 'ndjson',
    ids: true,
    resolution: 1,
    fileOf: (type) => (type === PURCHASE ? 0 : type === VIEW ? 1 : 2),
    eventId: (event) => (event.type === PURCHASE ? `txn-${tag}-${event.order}` : `evt-${tag}-${event.sequence}`),
    encode(event, row) {
      const { type } = event;
      if (type === PURCHASE) json.id(row, transactionId, event.order);
      else json.id(row, eventId, event.sequence);
      json.time(row, time, event.time);
      if (type === VIEW) row.copy(viewed, 0);
      else if (type !== PURCHASE) row.copy(actions, type === CART_ADD ? 0 : 1);
      json.user(row, event);
      json.session(row, event);
      row.copy(products, event.product);
      json.price(row, event);
      if (type !== VIEW) json.quantity(row, event);
      if (type === PURCHASE) {
        json.amount(row, event);
        json.payment(row, event);
      }
      json.country(row, event);
      json.city(row, event);
      json.device(row, event);
      json.channel(row, event);
      json.end(row);
    },
  };
}
