import { episode, episodePart, key, words } from '../../../src/view/columns.ts';
import { parent } from '../../../src/view/expression.ts';
import { view } from '../../../src/view/view.ts';

export const lowStockAlerts = view({
  name: 'low_stock_alerts',
  kit: 'globalmart',
  ...words('Low stock', 'Each time that the stock of a product fell below 10, until it reached 12 again.'),
  kind: episode({ parent: 'inventory_status', opensBelow: 10, closesAt: 12 }),
  columns: {
    product_id: key(parent('product_id'), words('Product', 'Product id')),
    opened_at: episodePart('opened_at', words('Opened', 'When the stock fell below the threshold', 'time')),
    available_stock: episodePart('balance', words('In stock', 'Now, or when the alert closed', 'pieces')),
    threshold: episodePart('threshold', words('Threshold', 'Below this many pieces an alert opens', 'pieces')),
    closed_at: episodePart('closed_at', words('Closed', 'When there was enough again; empty while open', 'time')),
    status: episodePart('status', words('Status', 'open or closed')),
  },
});
