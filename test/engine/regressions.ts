import type { CanonicalEvent } from '../../src/core/event.ts';
import type { Script, Step } from './script.ts';

/** A script after which the shop once said something wrong, as `performAll` prints it. */
export interface Regression {
  /** What it showed. */
  readonly name: string;
  readonly script: Script;
}

const at = (clock: string, fields: Partial<CanonicalEvent> = {}): CanonicalEvent => ({
  event_type: 'view',
  ...fields,
  event_time: `2019-10-01T${clock}Z`,
});
const give = (...events: readonly CanonicalEvent[]): Step => ({ do: 'give', events });
const script = (...steps: readonly Step[]): Script => ({ settings: {}, steps });

export const REGRESSIONS: readonly Regression[] = [
  {
    name: 'a period that was closed by end was written anew when an earlier one of its id came late',
    script: script(
      give(
        at('10:00:00', { session_id: 's', user_id: '1', event_id: 'a' }),
        at('13:00:00', { session_id: 's', user_id: '1', event_id: 'b' }),
      ),
      { do: 'end' },
      give(
        at('12:15:00', { session_id: 's', user_id: '1', event_id: 'c' }),
        at('12:25:00', { session_id: 's', user_id: '1', event_id: 'd' }),
        at('13:30:00', { session_id: 'x', user_id: '2', event_id: 'e' }),
      ),
      { do: 'end' },
    ),
  },
  {
    name: 'ids that become text no longer fitted the hash noted of them as numbers',
    script: script(
      give(at('00:00:00', { user_id: '7' })),
      { do: 'finalize' },
      { do: 'end' },
      give(at('00:00:01', { user_id: 'x' })),
      { do: 'finalize' },
    ),
  },
  {
    name: 'a session id that goes on held only the funnel window of its first visitor',
    script: script(
      give(
        at('00:06:07', { session_id: 's', user_id: '1' }),
        at('01:31:07', { session_id: 's', user_id: '2' }),
        at('03:37:00', { session_id: 's', user_id: '3' }),
      ),
      { do: 'finalize' },
    ),
  },
  {
    name: 'events of a load marked nothing, and closed slices stayed as they were',
    script: script(
      give(at('05:36:00', { session_id: 'a' })),
      { do: 'end' },
      {
        do: 'give',
        events: [at('01:07:07', { session_id: 'b' }), at('01:31:07', { user_id: 'u' })],
        partitions: ['history', 'history'],
        ended: ['history'],
        load: 1,
      },
    ),
  },
  {
    name: 'after a close by end, a session across the watermark less the gap lost its beginning',
    script: script(
      give(
        at('00:30:07', { session_id: 's' }),
        at('01:00:00', { session_id: 's' }),
        at('01:30:00', { session_id: 's' }),
        at('02:02:00', { session_id: 't' }),
      ),
      { do: 'end' },
      { do: 'end' },
    ),
  },
  {
    name: 'a version that an earlier load had said was left out, though another of its own load came between',
    script: script(
      { do: 'products', rows: [{ product_id: 'p', category_name: 'A' }] },
      give(at('02:00:00', { product_id: 'p' })),
      {
        do: 'products',
        rows: [
          { product_id: 'p', category_name: 'A' },
          { product_id: 'p', category_name: 'B', valid_from: '2019-10-01T01:00:00Z' },
        ],
      },
    ),
  },
  {
    name: 'an hour that came again after midnight of the first was in the window of the new month, named after the old',
    script: {
      settings: { zone: 'America/St_Johns' },
      steps: [
        give(
          { event_type: 'view', event_time: '2009-11-01T02:29:59Z' },
          { event_type: 'view', event_time: '2009-11-01T02:30:30Z' },
          { event_type: 'view', event_time: '2009-11-01T03:00:00Z' },
          { event_type: 'view', event_time: '2009-11-01T03:30:00Z' },
        ),
      ],
    },
  },
  {
    name: 'after a close by end, a funnel window whose session goes on was no longer held, and had no row',
    script: script(
      give(at('00:05:00', { user_id: '1' }), at('00:30:00', { user_id: '1' }), at('00:55:00', { user_id: '1' })),
      { do: 'finalize' },
      { do: 'end' },
      give(at('01:15:00', { user_id: '1' })),
      { do: 'finalize' },
    ),
  },
];
