import { type Micros, seconds } from '../../../src/core/time.ts';
import { duration, measure, session, sessionPart, words } from '../../../src/view/columns.ts';
import { count } from '../../../src/view/measure.ts';
import { type ViewPlan, view } from '../../../src/view/view.ts';

/** `gap`: inactivity that ends a period. */
export const inactivitySessions = (gap: Micros): ViewPlan =>
  view({
    name: 'inactivity_sessions',
    kit: 'realtime',
    ...words('Active periods', 'Session ids cut wherever nothing happened for more than the session gap.'),
    kind: session({ gap, split: true, byVisitor: false }),
    columns: {
      session_id: sessionPart(
        'id',
        words('Session', 'Session id as sent; for events without one, made from visitor and start'),
      ),
      session_start: sessionPart('start', words('Start', 'Time of the first event', 'time')),
      event_count: measure(count(), words('Events', 'Events of the period', 'events')),
      duration_seconds: duration(
        seconds(1),
        true,
        words('Duration', 'From first to last event, whole seconds', 'seconds'),
      ),
      status: sessionPart('status', words('Status', 'active while it may go on, then completed')),
    },
  });
