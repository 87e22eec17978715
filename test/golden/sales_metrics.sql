-- types
window_start time, window_end time, category symbol, country symbol, transactions integer, revenue money, avg_transaction double, units integer, unique_users integer

-- table 1
CREATE TABLE result.sales_metrics ("window_start" TIMESTAMP, "category" INTEGER, "country" INTEGER, "distinct_order_id" BIGINT, "count_d121d4" BIGINT, "sum_amount" DECIMAL(18,4), "sum_quantity" BIGINT, "count_5879ca" BIGINT, "distinct_visitor" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.sales_metrics_history ("window_start" TIMESTAMP, "category" INTEGER, "country" INTEGER, "distinct_order_id" BIGINT, "count_d121d4" BIGINT, "sum_amount" DECIMAL(18,4), "sum_quantity" BIGINT, "count_5879ca" BIGINT, "distinct_visitor" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of a range
SELECT make_timestamp(w::BIGINT * 10000000) AS window_start, "category", "country", CASE WHEN len(distinct_order_id) = 1 THEN (distinct_order_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_order_id)::BIGINT END AS "distinct_order_id", "count_d121d4", "sum_amount", "sum_quantity", "count_5879ca", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", late_events
FROM (
  SELECT w, category_name AS "category", country AS "country", list(order_id) AS "distinct_order_id", count_if(order_id IS NULL)::BIGINT AS "count_d121d4", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", coalesce(sum(quantity), 0)::BIGINT AS "sum_quantity", count_if(quantity IS NULL)::BIGINT AS "count_5879ca", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 10000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:50.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 1 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:50.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 2 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:50.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 3 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:50.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 4 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:50.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 5 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:50.000000' AND event_type = 12
  )
  WHERE w >= 157822560 AND w < 157822920
  GROUP BY ALL
)

-- rows from a start on
SELECT make_timestamp(w::BIGINT * 10000000) AS window_start, "category", "country", CASE WHEN len(distinct_order_id) = 1 THEN (distinct_order_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_order_id)::BIGINT END AS "distinct_order_id", "count_d121d4", "sum_amount", "sum_quantity", "count_5879ca", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", late_events
FROM (
  SELECT w, category_name AS "category", country AS "country", list(order_id) AS "distinct_order_id", count_if(order_id IS NULL)::BIGINT AS "count_d121d4", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", coalesce(sum(quantity), 0)::BIGINT AS "sum_quantity", count_if(quantity IS NULL)::BIGINT AS "count_5879ca", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 10000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 1 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 2 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 3 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 4 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 5 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type = 12
  )
  WHERE w >= 157822560
  GROUP BY ALL
)

-- rows of listed windows
SELECT make_timestamp(w::BIGINT * 10000000) AS window_start, "category", "country", CASE WHEN len(distinct_order_id) = 1 THEN (distinct_order_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_order_id)::BIGINT END AS "distinct_order_id", "count_d121d4", "sum_amount", "sum_quantity", "count_5879ca", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", late_events
FROM (
  SELECT w, category_name AS "category", country AS "country", list(order_id) AS "distinct_order_id", count_if(order_id IS NULL)::BIGINT AS "count_d121d4", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", coalesce(sum(quantity), 0)::BIGINT AS "sum_quantity", count_if(quantity IS NULL)::BIGINT AS "count_5879ca", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 10000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 1 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 2 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 3 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 4 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND event_type = 12
    UNION ALL
    SELECT (epoch_us(event_time) // 10000000)::INTEGER - 5 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND event_type = 12
  )
  WHERE w IN (157822560, 157822584)
  GROUP BY ALL
)

-- first close
INSERT INTO result.sales_metrics
SELECT "window_start", "category", "country", "distinct_order_id", "count_d121d4", "sum_amount", "sum_quantity", "count_5879ca", "distinct_visitor", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "category", "country", "distinct_order_id", "count_d121d4", "sum_amount", "sum_quantity", "count_5879ca", "distinct_visitor", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0, "category" AS i1, "country" AS i2
    FROM result.sales_metrics
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0, "category" AS i1, "country" AS i2
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1 AND o.i2 IS NOT DISTINCT
  FROM n.i2
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."category" IS DISTINCT
  FROM n."category" OR o."country" IS DISTINCT
  FROM n."country" OR o."distinct_order_id" IS DISTINCT
  FROM n."distinct_order_id" OR o."count_d121d4" IS DISTINCT
  FROM n."count_d121d4" OR o."sum_amount" IS DISTINCT
  FROM n."sum_amount" OR o."sum_quantity" IS DISTINCT
  FROM n."sum_quantity" OR o."count_5879ca" IS DISTINCT
  FROM n."count_5879ca" OR o."distinct_visitor" IS DISTINCT
  FROM n."distinct_visitor"
)

-- restate 3
INSERT INTO result.sales_metrics_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.sales_metrics t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.sales_metrics
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.sales_metrics
SELECT n."window_start", n."category", n."country", n."distinct_order_id", n."count_d121d4", n."sum_amount", n."sum_quantity", n."count_5879ca", n."distinct_visitor", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND category_name = (
  SELECT id
  FROM symbol
  WHERE text = 'x''y'
) AND country = (
  SELECT id
  FROM symbol
  WHERE text = 'x''y'
) AND event_type = 12

-- events of a row without keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND category_name IS NULL AND country IS NULL AND event_type = 12

-- present
SELECT window_start AS "window_start", window_start + to_microseconds(60000000) AS "window_end", "s_category".text AS "category", "s_country".text AS "country", (distinct_order_id + count_d121d4) AS "transactions", sum_amount AS "revenue", CASE WHEN (distinct_order_id + count_d121d4) <> 0 THEN sum_amount::DOUBLE / (distinct_order_id + count_d121d4)::DOUBLE END AS "avg_transaction", (sum_quantity + count_5879ca) AS "units", distinct_visitor AS "unique_users", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.sales_metrics
) r
LEFT
JOIN symbol "s_category" ON "s_category".id = r."category"
LEFT
JOIN symbol "s_country" ON "s_country".id = r."country"

-- stored rows
SELECT "window_start", "category", "country", "distinct_order_id", "count_d121d4", "sum_amount", "sum_quantity", "count_5879ca", "distinct_visitor", late_events, TRUE AS is_final, revision, epoch
FROM result.sales_metrics t
WHERE TRUE

-- live rows
SELECT "window_start", "category", "country", "distinct_order_id", "count_d121d4", "sum_amount", "sum_quantity", "count_5879ca", "distinct_visitor", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.sales_metrics

-- drop 2
DROP TABLE IF EXISTS result.sales_metrics_history

-- drop 3
DROP TABLE IF EXISTS result.sales_metrics_open

-- id columns

