import { EVENT_TYPES } from '../../core/event.ts';
import { categoryId } from './catalogue.ts';
import { CART_ADD, CART_REMOVE, LIST_VIEW, PAGE, PURCHASE, REFUND, RESTOCK, SEARCH } from './event-type.ts';
import { FragmentTable } from './fragment-table.ts';
import { categoryName, JsonRows, piece, seedTag } from './json-rows.ts';
import type { Described, RowEncoder } from './row-encoder.ts';
import { CATEGORIES } from './words/categories.ts';

const slug = (name: string): string => name.toLowerCase().replaceAll(' ', '-');
const pages = (kind: string): FragmentTable =>
  new FragmentTable(CATEGORIES.map(({ name }) => `,"page_url":"https://shop.example/${kind}${slug(name)}"`));

/** NDJSON in canonical fields. Context that a visit does not change comes with its first event and its purchases. */
export function canonicalRows(described: Described): RowEncoder {
  const { catalogue, seed } = described;
  const json = new JsonRows(described);
  const prefix = `evt-${seedTag(seed)}-`;
  const id = piece(`{"event_id":"${prefix}`);
  const time = piece(',"event_time":"');
  const order = piece(`,"order_id":"ord-${seedTag(seed)}-`);
  const currency = piece(',"currency":"USD"');
  const restocked = new FragmentTable([',"restocked":true', ',"restocked":false']);
  const types = new FragmentTable(EVENT_TYPES.map((type) => `,"event_type":"${type}"`));
  const lists = pages('c/');
  const searches = pages('search?q=');
  const home = piece(',"page_url":"https://shop.example/"');
  const products = json.products((product) => {
    const category = catalogue.category[product] as number;
    return {
      product_id: String(catalogue.ids[product]),
      category_id: categoryId(category),
      category_code: CATEGORIES[category]?.code ?? '',
      category: categoryName(described, product),
      brand: catalogue.brands[product] ?? '',
    };
  });
  return {
    files: ['events.ndjson'],
    header: '',
    format: 'ndjson',
    ids: true,
    resolution: 1,
    fileOf: () => 0,
    eventId: (event) => `${prefix}${event.sequence}`,
    encode(event, row) {
      const type = event.type;
      json.id(row, id, event.sequence);
      json.time(row, time, event.time);
      row.copy(types, type);
      if (event.product >= 0) {
        row.copy(products, event.product);
        json.price(row, event);
      }
      if (type === PURCHASE || type === REFUND || type === RESTOCK || type === CART_ADD || type === CART_REMOVE)
        json.quantity(row, event);
      if (type === PURCHASE || type === REFUND) {
        json.amount(row, event);
        row.copy(currency, 0);
        json.id(row, order, event.order);
      }
      if (type === REFUND) row.copy(restocked, event.order & 1);
      if (event.person >= 0) {
        if (event.anonymous === 0) json.user(row, event);
        json.cookie(row, event);
        json.country(row, event);
      }
      if (event.session >= 0) {
        json.session(row, event);
        json.channel(row, event);
        if (type === LIST_VIEW) row.copy(lists, event.category);
        else if (type === SEARCH) row.copy(searches, event.category);
        else if (type === PAGE) row.copy(home, 0);
        if (event.landing === 1) json.landing(row, event);
        if (event.landing === 1 || type === PURCHASE) {
          json.device(row, event);
          json.city(row, event);
        }
        if (type === PURCHASE) json.payment(row, event);
      }
      json.end(row);
    },
  };
}
