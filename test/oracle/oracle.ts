import type { CanonicalEvent } from '../../src/core/event.ts';
import { calendarOf } from './calendar.ts';
import { cartAbandonment } from './cart-abandonment.ts';
import { clickPurchaseConversion } from './click-purchase-conversion.ts';
import { conversionOf } from './conversion.ts';
import { conversionFunnel } from './conversion-funnel.ts';
import { countedEvents } from './counted-event.ts';
import { enrichedEvents } from './enriched-events.ts';
import type { OracleFacts, OracleSettings, Row } from './input.ts';
import { MINUTE } from './instant.ts';
import { journeys } from './journeys.ts';
import { dailyPatterns, hourlyPatterns } from './patterns.ts';
import { inactivitySessions, sessionMetrics, sessionsOf, userSessionAnalytics } from './sessions.ts';
import { inventoryStatus, lowStockAlerts } from './stock.ts';
import type { TableName } from './table.ts';
import { transactionAnomalies } from './transaction-anomalies.ts';
import {
  brandActivity,
  categoryRevenue,
  eventAggregations,
  productPageViews,
  salesMetrics,
} from './windowed-tables.ts';

/**
 * The final rows of every table once all slices are closed, by the written rules alone: plain arrays, BigInt money,
 * no SQL. Slow on purpose. Events must be valid; rows come in no order.
 *
 * @example oracle([{ event_time: '2019-10-01T00:00:00Z', event_type: 'view' }]).event_aggregations.length // 1
 * @throws Error on an instant or money in another form than `CanonicalEvent` allows
 */
export function oracle(
  events: readonly CanonicalEvent[],
  facts: OracleFacts = {},
  settings: OracleSettings = {},
): Record<TableName, Row[]> {
  const gap = settings.gapMicros ?? 30 * MINUTE;
  const calendar = calendarOf(settings.zone ?? 'UTC');
  const counted = countedEvents(events, facts, conversionOf(facts, calendar, settings.currency ?? 'USD'));
  const sessions = sessionsOf(counted, gap);
  return {
    enriched_events: enrichedEvents(counted, calendar, facts),
    event_aggregations: eventAggregations(counted),
    brand_activity: brandActivity(counted),
    user_session_analytics: userSessionAnalytics(sessions),
    journeys: journeys(sessions),
    conversion_funnel: conversionFunnel(sessions),
    hourly_patterns: hourlyPatterns(counted, calendar),
    daily_patterns: dailyPatterns(counted, calendar),
    product_page_views: productPageViews(counted),
    category_revenue: categoryRevenue(counted),
    click_purchase_conversion: clickPurchaseConversion(counted),
    inactivity_sessions: inactivitySessions(counted, gap),
    sales_metrics: salesMetrics(counted),
    session_metrics: sessionMetrics(sessionsOf(counted, 2 * MINUTE)),
    cart_abandonment: cartAbandonment(counted, gap),
    inventory_status: inventoryStatus(counted, facts),
    low_stock_alerts: lowStockAlerts(counted, facts),
    transaction_anomalies: transactionAnomalies(counted, calendar),
  };
}
