import type { Json } from '../store/value.ts';
import { findView } from './find-view.ts';
import type { OpenShop } from './open-shop.ts';
import { type StatusReport, statusOf } from './operations/status.ts';

/** What the demo shows of a shop at one moment. */
export interface DemoSnapshot {
  readonly status: StatusReport;
  /** Sessions that began in the last hour of event time: how far they came. Live rows included. */
  readonly funnel: {
    readonly sessions: number;
    readonly view: number;
    readonly cart: number;
    readonly purchase: number;
  };
  /** Newest windows that are final, with what they say. */
  readonly windows: readonly Readonly<Record<string, Json>>[];
  readonly sessions: { readonly active: number; readonly newest: readonly Readonly<Record<string, Json>>[] };
}

const FUNNEL = `SELECT coalesce(sum(total_sessions), 0)::BIGINT AS sessions, coalesce(sum(sessions_with_view), 0)::BIGINT AS view, coalesce(sum(sessions_with_cart), 0)::BIGINT AS cart, coalesce(sum(sessions_with_purchase), 0)::BIGINT AS purchase FROM conversion_funnel WHERE window_start > (SELECT max(window_start) FROM conversion_funnel) - INTERVAL 1 HOUR`;
const WINDOWS = `SELECT window_start, window_end, sum(event_count)::BIGINT AS events, sum(total_revenue) FILTER (event_type = 'purchase') AS revenue FROM event_aggregations WHERE is_final GROUP BY ALL ORDER BY window_start DESC LIMIT 5`;
const NEWEST = `SELECT user_session, session_start, session_duration_minutes, total_events, has_cart, has_purchase, total_purchase_value FROM user_session_analytics WHERE has_cart ORDER BY session_end DESC, user_session LIMIT 5`;
const ACTIVE = 'SELECT count(*) AS n FROM user_session_analytics WHERE NOT is_final';

/** Reads it at the committed batch. */
export function demoSnapshot({ shop, reader }: OpenShop): Promise<DemoSnapshot> {
  const views = ['event_aggregations', 'user_session_analytics', 'conversion_funnel'].map((name) =>
    findView(shop, name),
  );
  return reader.ask(views, async ({ database }) => {
    const funnel = await database.one(FUNNEL);
    return {
      status: statusOf(shop),
      funnel: {
        sessions: Number(funnel?.['sessions']),
        view: Number(funnel?.['view']),
        cart: Number(funnel?.['cart']),
        purchase: Number(funnel?.['purchase']),
      },
      windows: await database.jsonRows(WINDOWS),
      sessions: { active: Number((await database.one(ACTIVE))?.['n']), newest: await database.jsonRows(NEWEST) },
    };
  });
}
