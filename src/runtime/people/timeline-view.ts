import { field, project, words } from '../../view/columns.ts';
import { event, product } from '../../view/expression.ts';
import { view } from '../../view/view.ts';

const column = (name: Parameters<typeof event>[0], label: string) =>
  field(event(name), words(label, `${label}, as sent`));

/** What is told of an event in the story of a session or a person; no table of the shop. */
export const timelineView = view({
  name: 'timeline',
  kit: 'shop',
  ...words('Timeline', 'Events of a session or a person.'),
  kind: project(),
  columns: {
    event_id: column('event_id', 'Event'),
    event_time: column('event_time', 'Time'),
    event_type: column('event_type', 'Event type'),
    visitor: column('visitor', 'Visitor'),
    session_id: column('session_id', 'Session'),
    product_id: column('product_id', 'Product'),
    product_name: field(
      product('product_name', 'product_name'),
      words('Product name', 'From the catalogue, else as sent'),
    ),
    category_name: column('category_name', 'Category'),
    brand: column('brand', 'Brand'),
    price: column('price', 'Price'),
    quantity: column('quantity', 'Quantity'),
    amount: column('amount', 'Amount'),
    order_id: column('order_id', 'Order'),
    channel: column('channel', 'Channel'),
    country: column('country', 'Country'),
    device: column('device', 'Device'),
    page_url: column('page_url', 'Page'),
    referrer: column('referrer', 'Referrer'),
  },
});
