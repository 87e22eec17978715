-- types
window_start time, window_end time, category_name symbol, event_type symbol, event_count integer, unique_users integer, unique_sessions integer, avg_price double, total_revenue money, max_price money, min_price money, price_stddev double

-- table 1
CREATE TABLE result.event_aggregations ("window_start" TIMESTAMP, "category_name" INTEGER, "event_type" INTEGER, "count" BIGINT, "distinct_visitor" BIGINT, "distinct_session_id" BIGINT, "sum_price" DECIMAL(18,4), "present_price" BIGINT, "sum_amount" DECIMAL(18,4), "max_price" DECIMAL(18,4), "min_price" DECIMAL(18,4), "squares_price" HUGEINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.event_aggregations_history ("window_start" TIMESTAMP, "category_name" INTEGER, "event_type" INTEGER, "count" BIGINT, "distinct_visitor" BIGINT, "distinct_session_id" BIGINT, "sum_price" DECIMAL(18,4), "present_price" BIGINT, "sum_amount" DECIMAL(18,4), "max_price" DECIMAL(18,4), "min_price" DECIMAL(18,4), "squares_price" HUGEINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of a range
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "category_name", "event_type", "count", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", CASE WHEN len(distinct_session_id) = 1 THEN (distinct_session_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_session_id)::BIGINT END AS "distinct_session_id", "sum_price", "present_price", "sum_amount", "max_price", "min_price", "squares_price", late_events
FROM (
  SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, category_name AS "category_name", CASE event_type WHEN 6 THEN 5176 WHEN 7 THEN 3786 ELSE event_type END AS "event_type", count(*) AS "count", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", list(session_id) AS "distinct_session_id", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", max(price) AS "max_price", min(price) AS "min_price", coalesce(sum((price * 10000)::BIGINT::HUGEINT * (price * 10000)::BIGINT), 0)::HUGEINT AS "squares_price", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND TRUE
  GROUP BY ALL
)

-- rows from a start on
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "category_name", "event_type", "count", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", CASE WHEN len(distinct_session_id) = 1 THEN (distinct_session_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_session_id)::BIGINT END AS "distinct_session_id", "sum_price", "present_price", "sum_amount", "max_price", "min_price", "squares_price", late_events
FROM (
  SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, category_name AS "category_name", CASE event_type WHEN 6 THEN 5176 WHEN 7 THEN 3786 ELSE event_type END AS "event_type", count(*) AS "count", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", list(session_id) AS "distinct_session_id", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", max(price) AS "max_price", min(price) AS "min_price", coalesce(sum((price * 10000)::BIGINT::HUGEINT * (price * 10000)::BIGINT), 0)::HUGEINT AS "squares_price", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND TRUE
  GROUP BY ALL
)

-- rows of listed windows
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "category_name", "event_type", "count", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", CASE WHEN len(distinct_session_id) = 1 THEN (distinct_session_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_session_id)::BIGINT END AS "distinct_session_id", "sum_price", "present_price", "sum_amount", "max_price", "min_price", "squares_price", late_events
FROM (
  SELECT w, category_name AS "category_name", CASE event_type WHEN 6 THEN 5176 WHEN 7 THEN 3786 ELSE event_type END AS "event_type", count(*) AS "count", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", list(session_id) AS "distinct_session_id", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", max(price) AS "max_price", min(price) AS "min_price", coalesce(sum((price * 10000)::BIGINT::HUGEINT * (price * 10000)::BIGINT), 0)::HUGEINT AS "squares_price", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:25:00.000000' AND TRUE
  )
  WHERE w IN (5260752, 5260756)
  GROUP BY ALL
)

-- first close
INSERT INTO result.event_aggregations
SELECT "window_start", "category_name", "event_type", "count", "distinct_visitor", "distinct_session_id", "sum_price", "present_price", "sum_amount", "max_price", "min_price", "squares_price", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "category_name", "event_type", "count", "distinct_visitor", "distinct_session_id", "sum_price", "present_price", "sum_amount", "max_price", "min_price", "squares_price", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0, "category_name" AS i1, "event_type" AS i2
    FROM result.event_aggregations
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0, "category_name" AS i1, "event_type" AS i2
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1 AND o.i2 IS NOT DISTINCT
  FROM n.i2
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."category_name" IS DISTINCT
  FROM n."category_name" OR o."event_type" IS DISTINCT
  FROM n."event_type" OR o."count" IS DISTINCT
  FROM n."count" OR o."distinct_visitor" IS DISTINCT
  FROM n."distinct_visitor" OR o."distinct_session_id" IS DISTINCT
  FROM n."distinct_session_id" OR o."sum_price" IS DISTINCT
  FROM n."sum_price" OR o."present_price" IS DISTINCT
  FROM n."present_price" OR o."sum_amount" IS DISTINCT
  FROM n."sum_amount" OR o."max_price" IS DISTINCT
  FROM n."max_price" OR o."min_price" IS DISTINCT
  FROM n."min_price" OR o."squares_price" IS DISTINCT
  FROM n."squares_price"
)

-- restate 3
INSERT INTO result.event_aggregations_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.event_aggregations t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.event_aggregations
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.event_aggregations
SELECT n."window_start", n."category_name", n."event_type", n."count", n."distinct_visitor", n."distinct_session_id", n."sum_price", n."present_price", n."sum_amount", n."max_price", n."min_price", n."squares_price", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND category_name = (
  SELECT id
  FROM symbol
  WHERE text = 'x''y'
) AND CASE event_type WHEN 6 THEN 5176 WHEN 7 THEN 3786 ELSE event_type END = (
  SELECT id
  FROM symbol
  WHERE text = 'x''y'
) AND TRUE

-- events of a row without keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND category_name IS NULL AND CASE event_type WHEN 6 THEN 5176 WHEN 7 THEN 3786 ELSE event_type END IS NULL AND TRUE

-- present
SELECT window_start AS "window_start", window_start + to_microseconds(300000000) AS "window_end", "s_category_name".text AS "category_name", "s_event_type".text AS "event_type", count AS "event_count", distinct_visitor AS "unique_users", distinct_session_id AS "unique_sessions", CASE WHEN present_price > 0 THEN sum_price::DOUBLE / present_price::DOUBLE END AS "avg_price", sum_amount AS "total_revenue", max_price AS "max_price", min_price AS "min_price", CASE WHEN present_price > 1 THEN sqrt(coalesce(TRY(present_price::HUGEINT * squares_price - (sum_price * 10000)::HUGEINT * (sum_price * 10000)::HUGEINT)::DOUBLE, greatest(0, present_price::DOUBLE * squares_price::DOUBLE - (sum_price * 10000)::HUGEINT::DOUBLE * (sum_price * 10000)::HUGEINT::DOUBLE)) / (present_price::DOUBLE * (present_price - 1))) / 10000 END AS "price_stddev", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.event_aggregations
) r
LEFT
JOIN symbol "s_category_name" ON "s_category_name".id = r."category_name"
LEFT
JOIN symbol "s_event_type" ON "s_event_type".id = r."event_type"

-- stored rows
SELECT "window_start", "category_name", "event_type", "count", "distinct_visitor", "distinct_session_id", "sum_price", "present_price", "sum_amount", "max_price", "min_price", "squares_price", late_events, TRUE AS is_final, revision, epoch
FROM result.event_aggregations t
WHERE TRUE

-- live rows
SELECT "window_start", "category_name", "event_type", "count", "distinct_visitor", "distinct_session_id", "sum_price", "present_price", "sum_amount", "max_price", "min_price", "squares_price", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.event_aggregations

-- drop 2
DROP TABLE IF EXISTS result.event_aggregations_history

-- drop 3
DROP TABLE IF EXISTS result.event_aggregations_open

-- id columns

