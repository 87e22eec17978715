import fc from 'fast-check';
import { EVENT_COLUMNS } from '../../../src/core/event.ts';
import { HOSTILE_VALUES } from './hostile-values.ts';
import { almost } from './mutate.ts';

/** Fields of the canonical vocabulary, and of those of other systems' clients. */
const FIELDS = [
  ...EVENT_COLUMNS.map(({ name }) => name),
  ...['type', 'event', 'name', 'messageId', 'anonymousId', 'userId', 'timestamp', 'sentAt', 'properties', 'traits'],
  ...['client_id', 'timestamp_micros', 'params', 'items', 'products', 'context', 'data', 'checkout', 'e', 'eid', 'tv'],
  ...['ue_pr', 'ue_px', 'cx', 'dtm', 'stm', 'schema', 'clientId', 'lineItems', 'totalPrice', 'value', 'currency'],
];
/** Slices of years would be recomputed again and again. */
const DAYS = 2 * 86_400_000;
const HOLDERS = ['batch', 'events', 'data', 'messages'];

/** Bodies with events: one, several, one a line, within something else; right ones, and ones that are not. */
export function eventBodies(words: readonly string[]): fc.Arbitrary<unknown> {
  const value = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<unknown>(...words) },
    { weight: 3, arbitrary: fc.nat(100) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE_VALUES) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  const now = Date.now();
  const time = fc.integer({ min: now - DAYS, max: now }).map((at) => new Date(at).toISOString());
  const event = fc
    .tuple(
      fc.record({ event_time: time, event_type: fc.constantFrom('view', 'cart_add', 'purchase', 'x') }),
      fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 5 }),
    )
    .map(([needed, more]) => ({ ...needed, ...more }));
  const events = fc.array(event, { maxLength: 4 });
  return fc.oneof(
    event,
    events,
    events.map((each) => each.map((one) => JSON.stringify(one)).join('\n')),
    fc.tuple(fc.constantFrom(...HOLDERS), events).map(([holder, each]) => ({ [holder]: each })),
    almost(event),
    almost(events),
    fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 }),
    fc.constantFrom(...HOSTILE_VALUES),
  );
}
