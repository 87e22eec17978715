import { field, key, ledger, ledgerValue, measure, words } from '../../../src/view/columns.ts';
import {
  all,
  any,
  type Expression,
  equals,
  event,
  ledgerPart,
  product,
  property,
  type,
} from '../../../src/view/expression.ts';
import { max } from '../../../src/view/measure.ts';
import { view } from '../../../src/view/view.ts';

const stock = ledgerPart('balance');
const status: Expression = {
  kind: 'band',
  of: stock,
  bounds: [
    [0, 'negative'],
    [1, 'out'],
    [10, 'low'],
  ],
  above: 'ok',
  missing: 'ok',
};

export const inventoryStatus = view({
  name: 'inventory_status',
  kit: 'globalmart',
  ...words('Stock', 'Pieces of each product that are there: the last count, and what was sold and restocked since.'),
  kind: ledger({
    counts: 'stock',
    takes: type('purchase'),
    adds: any(type('restock'), all(type('refund'), equals(property('restocked'), 'true'))),
    quantity: event('quantity'),
  }),
  columns: {
    product_id: key(event('product_id'), words('Product', 'Product id')),
    product_name: field(
      product('product_name', 'product_name'),
      words('Product name', 'From the catalogue, else as last sent'),
    ),
    category: field(
      product('category_name', 'category_name'),
      words('Category', 'From the catalogue, else of the last movement'),
    ),
    available_stock: ledgerValue(
      stock,
      words('In stock', 'Last count and movements since; from 0 where nothing was counted', 'pieces'),
    ),
    sold_total: ledgerValue(ledgerPart('taken'), words('Sold', 'Pieces ever bought', 'pieces')),
    restocked_total: ledgerValue(
      ledgerPart('added'),
      words('Restocked', 'Pieces ever restocked, and of refunds that say restocked: true', 'pieces'),
    ),
    last_movement: measure(max(event('event_time')), words('Last movement', 'Time of the last one', 'time')),
    counted_stock: ledgerValue(ledgerPart('counted'), words('Counted', 'What the last count found', 'pieces')),
    counted_at: ledgerValue(ledgerPart('counted_at'), words('Counted at', 'Time of the last count', 'time')),
    status: ledgerValue(status, words('Status', 'negative below 0, out at 0, low below 10, else ok')),
  },
});
