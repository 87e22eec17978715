import { type Micros, minutes } from '../../src/core/time.ts';
import type { ViewPlan } from '../../src/view/view.ts';
import { cartAbandonment } from './globalmart/cart-abandonment.ts';
import { inventoryStatus } from './globalmart/inventory-status.ts';
import { lowStockAlerts } from './globalmart/low-stock-alerts.ts';
import { salesMetrics } from './globalmart/sales-metrics.ts';
import { sessionMetrics } from './globalmart/session-metrics.ts';
import { transactionAnomalies } from './globalmart/transaction-anomalies.ts';
import { brandActivity } from './journey/brand-activity.ts';
import { conversionFunnel } from './journey/conversion-funnel.ts';
import { enrichedEvents } from './journey/enriched-events.ts';
import { eventAggregations } from './journey/event-aggregations.ts';
import { journeys } from './journey/journeys.ts';
import { dailyPatterns, hourlyPatterns } from './journey/patterns.ts';
import { userSessionAnalytics } from './journey/user-session-analytics.ts';
import { categoryRevenue } from './realtime/category-revenue.ts';
import { clickPurchaseConversion } from './realtime/click-purchase-conversion.ts';
import { inactivitySessions } from './realtime/inactivity-sessions.ts';
import { productPageViews } from './realtime/product-page-views.ts';

/**
 * The views that every shop has, parents before the views made from them.
 *
 * @param gap inactivity that ends a session (the setting `gap`); part of the fingerprint of the views that it changes
 * @example catalogFor(minutes(45))
 */
export const catalogFor = (gap: Micros): readonly ViewPlan[] => [
  enrichedEvents,
  eventAggregations,
  brandActivity,
  userSessionAnalytics(gap),
  conversionFunnel,
  journeys(gap),
  hourlyPatterns,
  dailyPatterns,
  productPageViews,
  categoryRevenue,
  clickPurchaseConversion,
  inactivitySessions(gap),
  salesMetrics,
  sessionMetrics,
  cartAbandonment({ gap }),
  inventoryStatus,
  lowStockAlerts,
  transactionAnomalies,
];

/** The catalog with the default gap of half an hour. */
export const catalog = catalogFor(minutes(30));
