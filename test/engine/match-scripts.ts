import fc from 'fast-check';
import { minutes } from '../../src/core/time.ts';
import type { Stream } from '../oracle/arbitrary.ts';
import { formatInstant, MINUTE, parseInstant } from '../oracle/instant.ts';
import { journeyScript } from './journey.ts';
import type { Script } from './script.ts';
import { journeys } from './scripts.ts';

const BEGINNING = parseInstant('2020-03-01T12:00:00Z');

const step = fc.record({
  /** Times meet, and lie a match interval and a window apart, again and again. */
  time: fc.nat(24).map((n) => BEGINNING + n * minutes(5)),
  event_type: fc.constantFrom('view', 'list_click', 'cart_add', 'purchase', 'purchase'),
  user_id: fc.constantFrom('1', '2'),
  product_id: fc.constantFrom('shoe', 'sock'),
});

/** Two visitors and two products in two hours, closed after every batch: what comes in any order comes late. */
export const matchScripts = (): fc.Arbitrary<Script> =>
  fc.tuple(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), journeys()).map(([steps, journey]) => {
    const events = steps.map(({ time, ...rest }, i) => ({
      ...rest,
      event_id: `e${i}`,
      event_time: formatInstant(time),
    }));
    const stream: Stream = { events, facts: {}, settings: { zone: 'UTC', gapMicros: 30 * MINUTE } };
    return journeyScript(stream, { ...journey, partitions: [], finalize: 1 });
  });
