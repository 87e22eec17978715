import type { Micros } from '../../../src/core/time.ts';
import { measure, session, sessionPart, words } from '../../../src/view/columns.ts';
import { event } from '../../../src/view/expression.ts';
import { first, last, sequence } from '../../../src/view/measure.ts';
import { type ViewPlan, view } from '../../../src/view/view.ts';

/** What the counting kernel reads: funnels, paths, retention and trends agree because they count the same rows. */
export const journeys = (gap: Micros): ViewPlan =>
  view({
    name: 'journeys',
    kit: 'journey',
    ...words(
      'Journeys',
      'One row for each session and visitor: every event in order, and where the visitor came from.',
    ),
    kind: session({ gap, split: false, byVisitor: true }),
    columns: {
      session_id: sessionPart(
        'id',
        words('Session', 'Session id as sent; for events without one, made from visitor and start'),
      ),
      visitor: sessionPart('visitor', words('Visitor', 'User id, else anonymous id')),
      session_start: sessionPart('start', words('Start', 'Time of the first event', 'time')),
      session_end: sessionPart('end', words('End', 'Time of the last event', 'time')),
      event_times: measure(sequence(event('event_time')), words('Times', 'Time of each event, in order')),
      event_types: measure(sequence(event('event_type')), words('Types', 'Type of each event')),
      products: measure(
        sequence(event('product_id')),
        words('Products', 'Product of each event, null where it has none'),
      ),
      categories: measure(sequence(event('category_name')), words('Categories', 'Category of each event')),
      brands: measure(sequence(event('brand')), words('Brands', 'Brand of each event')),
      amounts: measure(sequence(event('amount')), words('Amounts', 'Amount of each event', 'money')),
      first_channel: measure(
        first(event('channel')),
        words('First channel', 'Channel of the first event that has one'),
      ),
      last_channel: measure(last(event('channel')), words('Last channel', 'Channel of the last event that has one')),
      first_utm_source: measure(
        first(event('utm_source')),
        words('First campaign source', 'utm_source of the first event that has one'),
      ),
      last_utm_source: measure(
        last(event('utm_source')),
        words('Last campaign source', 'utm_source of the last event that has one'),
      ),
      first_device: measure(first(event('device')), words('First device', 'Device of the first event that has one')),
      last_device: measure(last(event('device')), words('Last device', 'Device of the last event that has one')),
      first_country: measure(
        first(event('country')),
        words('First country', 'Country of the first event that has one'),
      ),
      last_country: measure(last(event('country')), words('Last country', 'Country of the last event that has one')),
    },
  });
