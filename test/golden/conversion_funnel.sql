-- types
window_start time, window_end time, total_sessions integer, sessions_with_view integer, sessions_with_cart integer, sessions_with_purchase integer, avg_session_duration double, avg_purchase_value double, view_to_cart_rate double, cart_to_purchase_rate double, overall_conversion_rate double

-- table 1
CREATE TABLE result.conversion_funnel ("window_start" TIMESTAMP, "count" BIGINT, "count_5270a5" BIGINT, "count_06dd19" BIGINT, "count_42330a" BIGINT, "sum_session_start_session_end_d70e26" BIGINT, "present_session_start_session_end_d70e26" BIGINT, "sum_total_purchase_value" DECIMAL(18,4), "sum_purchase_count" BIGINT, "count_5397bc" BIGINT, "count_054660" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.conversion_funnel_history ("window_start" TIMESTAMP, "count" BIGINT, "count_5270a5" BIGINT, "count_06dd19" BIGINT, "count_42330a" BIGINT, "sum_session_start_session_end_d70e26" BIGINT, "present_session_start_session_end_d70e26" BIGINT, "sum_total_purchase_value" DECIMAL(18,4), "sum_purchase_count" BIGINT, "count_5397bc" BIGINT, "count_054660" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of a range
SELECT make_timestamp(w::BIGINT * 900000000) AS window_start, "count", "count_5270a5", "count_06dd19", "count_42330a", "sum_session_start_session_end_d70e26", "present_session_start_session_end_d70e26", "sum_total_purchase_value", "sum_purchase_count", "count_5397bc", "count_054660", late_events
FROM (
  SELECT (epoch_us(session_start) // 900000000)::INTEGER AS w, count(*) AS "count", count_if((count_eed7c4 > 0))::BIGINT AS "count_5270a5", count_if((count_11149d > 0))::BIGINT AS "count_06dd19", count_if((count_7d1290 > 0))::BIGINT AS "count_42330a", coalesce(sum((epoch_us(session_end) - epoch_us(session_start))), 0)::BIGINT AS "sum_session_start_session_end_d70e26", count((epoch_us(session_end) - epoch_us(session_start))) AS "present_session_start_session_end_d70e26", coalesce(sum(sum_amount_fa3295), 0)::DECIMAL(18,4) AS "sum_total_purchase_value", coalesce(sum(count_7d1290), 0)::BIGINT AS "sum_purchase_count", count_if(((count_eed7c4 > 0) AND (count_11149d > 0)))::BIGINT AS "count_5397bc", count_if(((count_11149d > 0) AND (count_7d1290 > 0)))::BIGINT AS "count_054660", coalesce(sum(late_events), 0)::BIGINT AS late_events
  FROM result.user_session_analytics
  WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 13:00:00.000000' AND TRUE
  GROUP BY ALL
)

-- rows from a start on
SELECT make_timestamp(w::BIGINT * 900000000) AS window_start, "count", "count_5270a5", "count_06dd19", "count_42330a", "sum_session_start_session_end_d70e26", "present_session_start_session_end_d70e26", "sum_total_purchase_value", "sum_purchase_count", "count_5397bc", "count_054660", late_events
FROM (
  SELECT (epoch_us(session_start) // 900000000)::INTEGER AS w, count(*) AS "count", count_if((count_eed7c4 > 0))::BIGINT AS "count_5270a5", count_if((count_11149d > 0))::BIGINT AS "count_06dd19", count_if((count_7d1290 > 0))::BIGINT AS "count_42330a", coalesce(sum((epoch_us(session_end) - epoch_us(session_start))), 0)::BIGINT AS "sum_session_start_session_end_d70e26", count((epoch_us(session_end) - epoch_us(session_start))) AS "present_session_start_session_end_d70e26", coalesce(sum(sum_amount_fa3295), 0)::DECIMAL(18,4) AS "sum_total_purchase_value", coalesce(sum(count_7d1290), 0)::BIGINT AS "sum_purchase_count", count_if(((count_eed7c4 > 0) AND (count_11149d > 0)))::BIGINT AS "count_5397bc", count_if(((count_11149d > 0) AND (count_7d1290 > 0)))::BIGINT AS "count_054660", coalesce(sum(late_events), 0)::BIGINT AS late_events
  FROM result.user_session_analytics
  WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND TRUE
  GROUP BY ALL
)

-- rows of listed windows
SELECT make_timestamp(w::BIGINT * 900000000) AS window_start, "count", "count_5270a5", "count_06dd19", "count_42330a", "sum_session_start_session_end_d70e26", "present_session_start_session_end_d70e26", "sum_total_purchase_value", "sum_purchase_count", "count_5397bc", "count_054660", late_events
FROM (
  SELECT w, count(*) AS "count", count_if((count_eed7c4 > 0))::BIGINT AS "count_5270a5", count_if((count_11149d > 0))::BIGINT AS "count_06dd19", count_if((count_7d1290 > 0))::BIGINT AS "count_42330a", coalesce(sum((epoch_us(session_end) - epoch_us(session_start))), 0)::BIGINT AS "sum_session_start_session_end_d70e26", count((epoch_us(session_end) - epoch_us(session_start))) AS "present_session_start_session_end_d70e26", coalesce(sum(sum_amount_fa3295), 0)::DECIMAL(18,4) AS "sum_total_purchase_value", coalesce(sum(count_7d1290), 0)::BIGINT AS "sum_purchase_count", count_if(((count_eed7c4 > 0) AND (count_11149d > 0)))::BIGINT AS "count_5397bc", count_if(((count_11149d > 0) AND (count_7d1290 > 0)))::BIGINT AS "count_054660", coalesce(sum(late_events), 0)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(session_start) // 900000000)::INTEGER AS w, *
    FROM result.user_session_analytics
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 13:15:00.000000' AND TRUE
  )
  WHERE w IN (1753584, 1753588)
  GROUP BY ALL
)

-- first close
INSERT INTO result.conversion_funnel
SELECT "window_start", "count", "count_5270a5", "count_06dd19", "count_42330a", "sum_session_start_session_end_d70e26", "present_session_start_session_end_d70e26", "sum_total_purchase_value", "sum_purchase_count", "count_5397bc", "count_054660", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "count", "count_5270a5", "count_06dd19", "count_42330a", "sum_session_start_session_end_d70e26", "present_session_start_session_end_d70e26", "sum_total_purchase_value", "sum_purchase_count", "count_5397bc", "count_054660", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0
    FROM result.conversion_funnel
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."count" IS DISTINCT
  FROM n."count" OR o."count_5270a5" IS DISTINCT
  FROM n."count_5270a5" OR o."count_06dd19" IS DISTINCT
  FROM n."count_06dd19" OR o."count_42330a" IS DISTINCT
  FROM n."count_42330a" OR o."sum_session_start_session_end_d70e26" IS DISTINCT
  FROM n."sum_session_start_session_end_d70e26" OR o."present_session_start_session_end_d70e26" IS DISTINCT
  FROM n."present_session_start_session_end_d70e26" OR o."sum_total_purchase_value" IS DISTINCT
  FROM n."sum_total_purchase_value" OR o."sum_purchase_count" IS DISTINCT
  FROM n."sum_purchase_count" OR o."count_5397bc" IS DISTINCT
  FROM n."count_5397bc" OR o."count_054660" IS DISTINCT
  FROM n."count_054660"
)

-- restate 3
INSERT INTO result.conversion_funnel_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.conversion_funnel t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.conversion_funnel
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.conversion_funnel
SELECT n."window_start", n."count", n."count_5270a5", n."count_06dd19", n."count_42330a", n."sum_session_start_session_end_d70e26", n."present_session_start_session_end_d70e26", n."sum_total_purchase_value", n."sum_purchase_count", n."count_5397bc", n."count_054660", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
EXISTS (
  SELECT 1
  FROM (
    SELECT session_id, visitor, session_start, session_end
    FROM parents
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 12:05:00.000000' AND TRUE
  ) p
  WHERE raw.event_time BETWEEN p.session_start AND p.session_end AND ((p.session_id = raw.session_id AND (coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT DISTINCT FROM p.visitor OR (coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NULL AND (
    SELECT count(DISTINCT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR))
    FROM raw
    WHERE session_id = p.session_id AND TRUE
  ) = 1))) OR (p.session_id IS NULL AND raw.session_id IS NULL AND p.visitor = coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)))
) AND TRUE

-- events of a row without keys
EXISTS (
  SELECT 1
  FROM (
    SELECT session_id, visitor, session_start, session_end
    FROM parents
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 12:05:00.000000' AND TRUE
  ) p
  WHERE raw.event_time BETWEEN p.session_start AND p.session_end AND ((p.session_id = raw.session_id AND (coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT DISTINCT FROM p.visitor OR (coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NULL AND (
    SELECT count(DISTINCT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR))
    FROM raw
    WHERE session_id = p.session_id AND TRUE
  ) = 1))) OR (p.session_id IS NULL AND raw.session_id IS NULL AND p.visitor = coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)))
) AND TRUE

-- present
SELECT window_start AS "window_start", window_start + to_microseconds(900000000) AS "window_end", count AS "total_sessions", count_5270a5 AS "sessions_with_view", count_06dd19 AS "sessions_with_cart", count_42330a AS "sessions_with_purchase", CASE WHEN present_session_start_session_end_d70e26 > 0 THEN sum_session_start_session_end_d70e26::DOUBLE / (present_session_start_session_end_d70e26::DOUBLE * 60000000) END AS "avg_session_duration", CASE WHEN sum_purchase_count <> 0 THEN sum_total_purchase_value::DOUBLE / sum_purchase_count::DOUBLE END AS "avg_purchase_value", CASE WHEN count_5270a5 <> 0 THEN count_5397bc::DOUBLE / count_5270a5::DOUBLE END AS "view_to_cart_rate", CASE WHEN count_06dd19 <> 0 THEN count_054660::DOUBLE / count_06dd19::DOUBLE END AS "cart_to_purchase_rate", CASE WHEN count <> 0 THEN count_42330a::DOUBLE / count::DOUBLE END AS "overall_conversion_rate", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.conversion_funnel
) r

-- stored rows
SELECT "window_start", "count", "count_5270a5", "count_06dd19", "count_42330a", "sum_session_start_session_end_d70e26", "present_session_start_session_end_d70e26", "sum_total_purchase_value", "sum_purchase_count", "count_5397bc", "count_054660", late_events, TRUE AS is_final, revision, epoch
FROM result.conversion_funnel t
WHERE TRUE

-- live rows
SELECT "window_start", "count", "count_5270a5", "count_06dd19", "count_42330a", "sum_session_start_session_end_d70e26", "present_session_start_session_end_d70e26", "sum_total_purchase_value", "sum_purchase_count", "count_5397bc", "count_054660", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.conversion_funnel

-- drop 2
DROP TABLE IF EXISTS result.conversion_funnel_history

-- drop 3
DROP TABLE IF EXISTS result.conversion_funnel_open

-- id columns

