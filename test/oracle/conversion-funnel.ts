import type { Row } from './input.ts';
import { formatInstant, MINUTE } from './instant.ts';
import { ofType, ratio, sum } from './measure.ts';
import type { Session } from './sessions.ts';
import { windowStarts } from './window.ts';

const QUARTER = 15 * MINUTE;

/** One row a quarter of an hour in which a session started; a session's whole life counts there. */
export function conversionFunnel(sessions: readonly Session[]): Row[] {
  const windows = Map.groupBy(sessions, (session) => windowStarts(session.start, QUARTER, QUARTER)[0] ?? session.start);
  return [...windows].map(([start, members]) => {
    const steps = members.map(({ events, purchases }) => ({
      view: ofType(events, 'view').length > 0,
      cart: ofType(events, 'cart_add').length > 0,
      purchase: purchases > 0,
    }));
    const count = (wanted: (step: (typeof steps)[number]) => boolean) => steps.filter(wanted).length;
    const [view, cart, purchase] = [count((s) => s.view), count((s) => s.cart), count((s) => s.purchase)];
    const micros = members.reduce((total, session) => total + session.end - session.start, 0);
    const purchases = members.reduce((total, session) => total + session.purchases, 0);
    return {
      window_start: formatInstant(start),
      window_end: formatInstant(start + QUARTER),
      total_sessions: members.length,
      sessions_with_view: view,
      sessions_with_cart: cart,
      sessions_with_purchase: purchase,
      avg_session_duration: micros / MINUTE / members.length,
      avg_purchase_value: ratio(Number(sum(members.map((session) => session.revenue))) / 10_000, purchases),
      view_to_cart_rate: ratio(
        count((s) => s.view && s.cart),
        view,
      ),
      cart_to_purchase_rate: ratio(
        count((s) => s.cart && s.purchase),
        cart,
      ),
      overall_conversion_rate: ratio(purchase, members.length),
    };
  });
}
