-- types
window_start time, window_end time, category symbol, transaction_count integer, total_revenue money, avg_transaction double

-- table 1
CREATE TABLE result.category_revenue ("window_start" TIMESTAMP, "category" INTEGER, "distinct_order_id" BIGINT, "count_d121d4" BIGINT, "sum_amount" DECIMAL(18,4), late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.category_revenue_history ("window_start" TIMESTAMP, "category" INTEGER, "distinct_order_id" BIGINT, "count_d121d4" BIGINT, "sum_amount" DECIMAL(18,4), late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of a range
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "category", CASE WHEN len(distinct_order_id) = 1 THEN (distinct_order_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_order_id)::BIGINT END AS "distinct_order_id", "count_d121d4", "sum_amount", late_events
FROM (
  SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, category_name AS "category", list(order_id) AS "distinct_order_id", count_if(order_id IS NULL)::BIGINT AS "count_d121d4", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND event_type = 12
  GROUP BY ALL
)

-- rows from a start on
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "category", CASE WHEN len(distinct_order_id) = 1 THEN (distinct_order_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_order_id)::BIGINT END AS "distinct_order_id", "count_d121d4", "sum_amount", late_events
FROM (
  SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, category_name AS "category", list(order_id) AS "distinct_order_id", count_if(order_id IS NULL)::BIGINT AS "count_d121d4", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type = 12
  GROUP BY ALL
)

-- rows of listed windows
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "category", CASE WHEN len(distinct_order_id) = 1 THEN (distinct_order_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_order_id)::BIGINT END AS "distinct_order_id", "count_d121d4", "sum_amount", late_events
FROM (
  SELECT w, category_name AS "category", list(order_id) AS "distinct_order_id", count_if(order_id IS NULL)::BIGINT AS "count_d121d4", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:25:00.000000' AND event_type = 12
  )
  WHERE w IN (5260752, 5260756)
  GROUP BY ALL
)

-- first close
INSERT INTO result.category_revenue
SELECT "window_start", "category", "distinct_order_id", "count_d121d4", "sum_amount", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "category", "distinct_order_id", "count_d121d4", "sum_amount", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0, "category" AS i1
    FROM result.category_revenue
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0, "category" AS i1
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."category" IS DISTINCT
  FROM n."category" OR o."distinct_order_id" IS DISTINCT
  FROM n."distinct_order_id" OR o."count_d121d4" IS DISTINCT
  FROM n."count_d121d4" OR o."sum_amount" IS DISTINCT
  FROM n."sum_amount"
)

-- restate 3
INSERT INTO result.category_revenue_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.category_revenue t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.category_revenue
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.category_revenue
SELECT n."window_start", n."category", n."distinct_order_id", n."count_d121d4", n."sum_amount", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND category_name = (
  SELECT id
  FROM symbol
  WHERE text = 'x''y'
) AND event_type = 12

-- events of a row without keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND category_name IS NULL AND event_type = 12

-- present
SELECT window_start AS "window_start", window_start + to_microseconds(300000000) AS "window_end", "s_category".text AS "category", (distinct_order_id + count_d121d4) AS "transaction_count", sum_amount AS "total_revenue", CASE WHEN (distinct_order_id + count_d121d4) <> 0 THEN sum_amount::DOUBLE / (distinct_order_id + count_d121d4)::DOUBLE END AS "avg_transaction", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.category_revenue
) r
LEFT
JOIN symbol "s_category" ON "s_category".id = r."category"

-- stored rows
SELECT "window_start", "category", "distinct_order_id", "count_d121d4", "sum_amount", late_events, TRUE AS is_final, revision, epoch
FROM result.category_revenue t
WHERE TRUE

-- live rows
SELECT "window_start", "category", "distinct_order_id", "count_d121d4", "sum_amount", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.category_revenue

-- drop 2
DROP TABLE IF EXISTS result.category_revenue_history

-- drop 3
DROP TABLE IF EXISTS result.category_revenue_open

-- id columns

