import type { CanonicalEvent } from '../../src/core/event.ts';
import type { Stream } from './arbitrary.ts';
import { MINUTE } from './instant.ts';
import type { Picks } from './transform.ts';

/** A stream and the picks under which the real system and the oracle once disagreed, or nearly did. */
export interface Regression {
  readonly name: string;
  readonly stream: Stream;
  readonly picks: Picks;
}

const stream = (events: readonly CanonicalEvent[], zone = 'UTC'): Stream => ({
  events,
  facts: { products: [], users: [] },
  settings: { zone, gapMicros: 30 * MINUTE },
});

/**
 * Shrunk failing cases, kept for good: paste what fast-check prints, and say in `name` what it showed.
 *
 * @example fc.assert(property, { examples: REGRESSIONS.map(({ stream, picks }) => [stream, picks]) })
 */
export const REGRESSIONS: readonly Regression[] = [
  { name: 'no event at all', stream: stream([]), picks: [] },
  {
    name: 'an event without user is given up again when a second user arrives late in its session',
    stream: stream([
      { event_id: 'a', event_time: '2019-10-01T00:00:00.000000Z', event_type: 'view', user_id: '1', session_id: 's' },
      { event_id: 'b', event_time: '2019-10-01T00:01:00.000000Z', event_type: 'purchase', price: '5', session_id: 's' },
      { event_id: 'c', event_time: '2019-10-01T00:02:00.000000Z', event_type: 'view', user_id: '2', session_id: 's' },
    ]),
    picks: [0, 0],
  },
  {
    name: 'a late event joins two runs whose distance is twice the gap',
    stream: stream([
      { event_id: 'a', event_time: '2019-10-01T00:00:00.000000Z', event_type: 'view', user_id: '1' },
      { event_id: 'b', event_time: '2019-10-01T00:30:00.000000Z', event_type: 'view', user_id: '1' },
      { event_id: 'c', event_time: '2019-10-01T01:00:00.000000Z', event_type: 'view', user_id: '1' },
    ]),
    picks: [0, 1],
  },
  {
    name: 'both times the hour from 2 to 3 is shown are one hour of day, in a month of 31 days and one hour',
    stream: stream(
      [
        { event_id: 'a', event_time: '2019-10-27T00:30:00.000000Z', event_type: 'view' },
        { event_id: 'b', event_time: '2019-10-27T01:30:00.000000Z', event_type: 'view' },
      ],
      'Europe/Berlin',
    ),
    picks: [],
  },
];
