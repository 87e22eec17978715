import fc from 'fast-check';
import { days, minutes, seconds } from '../../src/core/time.ts';
import type { Stream } from '../oracle/arbitrary.ts';
import { formatInstant, MINUTE, parseInstant } from '../oracle/instant.ts';
import { journeyScript } from './journey.ts';
import type { Script } from './script.ts';
import { journeys } from './scripts.ts';

const BEGINNING = parseInstant('2020-03-01T23:30:00Z');

const step = fc.record({
  /** Days at both ends of what a purchase is compared with, and minutes at both ends of what counts as often. */
  day: fc.constantFrom(0, 0, 0, 1, 28, 28, 29),
  time: fc.constantFrom(0, 0, minutes(5), minutes(10), minutes(10) + 1, minutes(29), minutes(31), seconds(1)),
  event_type: fc.constantFrom('purchase', 'purchase', 'purchase', 'purchase', 'purchase', 'purchase', 'view'),
  user_id: fc.constantFrom('1', '1', '1', '2', null),
  product_id: fc.constantFrom('shoe', 'shoe', 'sock', null),
  category: fc.constantFrom('wear', 'wear', 'wear', null),
  price: fc.constantFrom('5', '5', '5.5', '6', '80', '0.4', '0', null),
  quantity: fc.constantFrom(null, 1, 1, 2, 40, 0),
  order_id: fc.constantFrom(null, null, 'o1', 'o2'),
  country: fc.constantFrom('DE', 'DE', 'DE', 'BR', null),
});

/** Purchases of few visitors and products within a month, often several within minutes. */
export const anomalyStreams = (): fc.Arbitrary<Stream> =>
  fc
    .tuple(
      fc.array(step, { minLength: 24, maxLength: 50, size: 'max' }),
      fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns'),
    )
    .map(([steps, zone]) => ({
      events: steps
        .map(({ day, time, ...each }, i) => ({
          ...each,
          event_id: `e${i}`,
          event_time: formatInstant(BEGINNING + days(day) + time),
        }))
        .sort((a, b) => parseInstant(a.event_time) - parseInstant(b.event_time)),
      facts: {},
      settings: { zone, gapMicros: 30 * MINUTE },
    }));

/** Closed after every batch, so that what comes in any order comes late. */
export const anomalyScripts = (): fc.Arbitrary<Script> =>
  fc
    .tuple(anomalyStreams(), journeys())
    .map(([stream, journey]) => journeyScript(stream, { ...journey, partitions: [], finalize: 1 }));
