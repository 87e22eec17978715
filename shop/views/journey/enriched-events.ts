import { arrival, field, project, words } from '../../../src/view/columns.ts';
import { among, type Expression, event, hourOf, product, user, weekdayOf } from '../../../src/view/expression.ts';
import { view } from '../../../src/view/view.ts';
import { journeyEventType } from './event-type.ts';

const priceCategory: Expression = {
  kind: 'band',
  of: event('price'),
  bounds: [
    [50, 'Budget'],
    [200, 'Mid-Range'],
  ],
  above: 'Premium',
  missing: 'Unknown',
};

export const enrichedEvents = view({
  name: 'enriched_events',
  kit: 'journey',
  ...words('Events', 'Every event with its product, its visitor and the features made from it.'),
  kind: project(),
  columns: {
    event_id: field(event('event_id'), words('Event', 'Event id as sent, else made from file and position')),
    event_timestamp: field(event('event_time'), words('Time', 'When it happened, UTC', 'time')),
    event_type: field(journeyEventType, words('Event type', "Kind of event, in REES46's words")),
    product_id: field(event('product_id'), words('Product', 'Product id')),
    product_name: field(
      product('product_name', 'product_name'),
      words('Product name', 'From the catalogue, else as sent'),
    ),
    category_id: field(event('category_id'), words('Category id', 'Category id as sent')),
    category_code: field(event('category_code'), words('Category code', 'Category path as sent')),
    category_name: field(event('category_name'), words('Category', 'Catalogue category, else as sent')),
    brand: field(event('brand'), words('Brand', 'Brand as sent')),
    price: field(event('price'), words('Price', 'Price of one piece', 'money')),
    price_category: field(priceCategory, words('Price band', 'Budget below 50, Mid-Range below 200, else Premium')),
    user_id: field(event('visitor'), words('Visitor', 'User id, else anonymous id')),
    user_session: field(event('session_id'), words('Session', 'Session id as sent')),
    event_hour: field(hourOf(event('event_time')), words('Hour', "Hour of the day in the shop's zone")),
    is_weekend: field(
      among(weekdayOf(event('event_time')), 1, 7),
      words('Weekend', "Saturday or Sunday in the shop's zone"),
    ),
    processing_timestamp: arrival(words('Arrival', 'When it was read', 'time')),
    user_name: field(user('name'), words('Name', 'From the user dimension')),
    user_country: field(user('country'), words('Country', 'From the user dimension')),
    user_region: field(user('region'), words('Region', 'From the user dimension')),
    user_city: field(user('city'), words('City', 'From the user dimension')),
    user_segment: field(user('segment'), words('Segment', 'From the user dimension')),
  },
});
