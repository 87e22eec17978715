/** What a comparison needs to know of a table: the columns that name a row, and those that hold doubles. */
export interface TableShape {
  readonly key: readonly string[];
  readonly doubles: readonly string[];
}

export const TABLES = {
  enriched_events: { key: ['event_id'], doubles: [] },
  event_aggregations: { key: ['window_start', 'category_name', 'event_type'], doubles: ['avg_price', 'price_stddev'] },
  brand_activity: { key: ['window_start', 'brand'], doubles: ['avg_price'] },
  user_session_analytics: {
    key: ['user_session', 'user_id'],
    doubles: ['avg_product_price', 'session_duration_minutes', 'conversion_rate'],
  },
  journeys: { key: ['session_id', 'visitor'], doubles: [] },
  conversion_funnel: {
    key: ['window_start'],
    doubles: [
      'avg_session_duration',
      'avg_purchase_value',
      'view_to_cart_rate',
      'cart_to_purchase_rate',
      'overall_conversion_rate',
    ],
  },
  hourly_patterns: { key: ['month', 'hour_of_day'], doubles: ['avg_price'] },
  daily_patterns: { key: ['month', 'day_of_week'], doubles: ['avg_price'] },
  product_page_views: { key: ['window_start', 'product_id', 'category'], doubles: [] },
  category_revenue: { key: ['window_start', 'category'], doubles: ['avg_transaction'] },
  click_purchase_conversion: { key: ['window_start', 'product_id'], doubles: ['conversion_rate'] },
  inactivity_sessions: { key: ['session_id', 'session_start'], doubles: [] },
  sales_metrics: { key: ['window_start', 'category', 'country'], doubles: ['avg_transaction'] },
  session_metrics: { key: ['session_id', 'user_id'], doubles: [] },
  cart_abandonment: { key: ['session_id', 'user_id'], doubles: [] },
  inventory_status: { key: ['product_id'], doubles: [] },
  low_stock_alerts: { key: ['product_id', 'opened_at'], doubles: [] },
  transaction_anomalies: { key: ['event_id'], doubles: ['anomaly_score'] },
} as const satisfies Record<string, TableShape>;

export type TableName = keyof typeof TABLES;

export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

/** Columns that say how a row came to be; they are outside every equality. */
export const PROVENANCE: ReadonlySet<string> = new Set([
  'is_final',
  'revision',
  'late_events',
  'epoch',
  'processing_timestamp',
]);
