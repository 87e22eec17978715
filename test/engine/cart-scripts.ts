import fc from 'fast-check';
import { days, minutes, seconds } from '../../src/core/time.ts';
import type { Stream } from '../oracle/arbitrary.ts';
import { formatInstant, MINUTE, parseInstant } from '../oracle/instant.ts';
import { journeyScript } from './journey.ts';
import type { Script, Step } from './script.ts';
import { journeys, scatter } from './scripts.ts';

const BEGINNING = parseInstant('2020-03-01T12:00:00Z');

/** Times meet, and lie a threshold, a gap and all that a cart waits for apart, again and again. */
const time = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 1, 6, 7, 7, 8, 14, 15),
    fc.constantFrom(0, 0, 30, 60, 90, 120, 1800, 1830, 1860, 3600),
    fc.constantFrom(0, 0, 0, 1, -1),
  )
  .map(([day, second, micros]) => BEGINNING + days(day) + seconds(second) + micros);

const step = fc.record({
  time,
  event_type: fc.constantFrom('cart_add', 'cart_add', 'cart_add', 'cart_remove', 'purchase', 'purchase', 'page'),
  user_id: fc.constantFrom('1', '1', '2', null),
  session_id: fc.constantFrom('a', 'b', 'c', null, null),
  product_id: fc.constantFrom('shoe', 'sock', 'hat', null),
  quantity: fc.constantFrom(null, null, 1, 2, 0),
  price: fc.constantFrom('1.25', '3', '999999999.9999', null),
  amount: fc.constantFrom('2.5', '7', null),
});

/** Few sessions, visitors and products within two weeks. */
export const cartStreams = (): fc.Arbitrary<Stream> =>
  fc.array(step, { minLength: 4, maxLength: 30, size: 'max' }).map((steps) => ({
    events: steps
      .map((each, i) => ({ ...each, event_id: `e${i}`, event_time: formatInstant(each.time) }))
      .sort((a, b) => a.time - b.time)
      .map(({ time: _, ...event }) => event),
    facts: {},
    settings: { zone: 'UTC', gapMicros: 30 * MINUTE },
  }));

/** Closed after every batch, so that what comes in any order comes late; half of them while time goes on. */
export const cartScripts = (): fc.Arbitrary<Script> =>
  fc
    .tuple(cartStreams(), journeys(), fc.boolean(), fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }))
    .map(([stream, journey, live, places]) => {
      // A wall clock that leaps by days forgets ids.
      const copies = live ? [] : journey.copies;
      const script = journeyScript(stream, { ...journey, copies, partitions: [], finalize: 1 });
      if (!live) return script;
      const ticks = [seconds(30), minutes(1), days(1), days(7)].map((by): Step => ({ do: 'tick', by }));
      return { ...scatter(script, ticks, places), live };
    });
