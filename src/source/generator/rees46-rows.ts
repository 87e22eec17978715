import { categoryId } from './catalogue.ts';
import { CART_ADD, PURCHASE, VIEW } from './event-type.ts';
import { FragmentTable } from './fragment-table.ts';
import type { Described, RowEncoder } from './row-encoder.ts';
import { UUID } from './sessions.ts';
import { TimeText } from './time-text.ts';
import { CATEGORIES } from './words/categories.ts';

const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n';
const COMMA = 44;
const LINE = 10;
const TYPES = [VIEW, CART_ADD, PURCHASE];

/** REES46's columns and formats: whole seconds, no event ids, the words view, cart and purchase. */
export function rees46Rows({ catalogue, people, sessions }: Described): RowEncoder {
  const time = new TimeText();
  const types = new FragmentTable([',view,', ',cart,', ',purchase,']);
  const products = new FragmentTable(
    Array.from(catalogue.ids, (id, product) => {
      const category = catalogue.category[product] as number;
      return `${id},${categoryId(category)},${CATEGORIES[category]?.code},${catalogue.brands[product]},`;
    }),
  );
  return {
    files: ['events.csv'],
    header: HEADER,
    format: 'csv',
    ids: false,
    resolution: 1000,
    fileOf: () => 0,
    eventId: () => null,
    encode(event, row) {
      time.rees46(row, event.time);
      row.copy(types, TYPES.indexOf(event.type));
      row.copy(products, event.product);
      row.cents(event.price);
      row.byte(COMMA);
      row.number(people.userId(event.person));
      row.byte(COMMA);
      row.copyText(sessions.uuidView, event.session * UUID, 36);
      row.byte(LINE);
    },
  };
}
