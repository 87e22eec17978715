/**
 * The views whose figures are compared from version to version: the seven that the comparator makes too, the two
 * pattern tables that both sides make, and the projection, which costs nothing.
 */
export const REFERENCE_SET = [
  'enriched_events',
  'event_aggregations',
  'brand_activity',
  'user_session_analytics',
  'conversion_funnel',
  'hourly_patterns',
  'daily_patterns',
  'product_page_views',
  'category_revenue',
  'inactivity_sessions',
] as const;
