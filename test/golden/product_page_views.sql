-- types
window_start time, window_end time, product_id symbol, category symbol, view_count integer, unique_users integer

-- table 1
CREATE TABLE result.product_page_views ("window_start" TIMESTAMP, "product_id" INTEGER, "category" INTEGER, "count" BIGINT, "distinct_visitor" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.product_page_views_history ("window_start" TIMESTAMP, "product_id" INTEGER, "category" INTEGER, "count" BIGINT, "distinct_visitor" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of a range
SELECT make_timestamp(w::BIGINT * 60000000) AS window_start, "product_id", "category", "count", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", late_events
FROM (
  SELECT (epoch_us(event_time) // 60000000)::INTEGER AS w, product_id AS "product_id", category_name AS "category", count(*) AS "count", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND NOT coalesce(event_type IN (12, 13, 14), FALSE)
  GROUP BY ALL
)

-- rows from a start on
SELECT make_timestamp(w::BIGINT * 60000000) AS window_start, "product_id", "category", "count", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", late_events
FROM (
  SELECT (epoch_us(event_time) // 60000000)::INTEGER AS w, product_id AS "product_id", category_name AS "category", count(*) AS "count", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND NOT coalesce(event_type IN (12, 13, 14), FALSE)
  GROUP BY ALL
)

-- rows of listed windows
SELECT make_timestamp(w::BIGINT * 60000000) AS window_start, "product_id", "category", "count", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", late_events
FROM (
  SELECT w, product_id AS "product_id", category_name AS "category", count(*) AS "count", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 60000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND NOT coalesce(event_type IN (12, 13, 14), FALSE)
  )
  WHERE w IN (26303760, 26303764)
  GROUP BY ALL
)

-- first close
INSERT INTO result.product_page_views
SELECT "window_start", "product_id", "category", "count", "distinct_visitor", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "product_id", "category", "count", "distinct_visitor", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0, "product_id" AS i1, "category" AS i2
    FROM result.product_page_views
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0, "product_id" AS i1, "category" AS i2
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1 AND o.i2 IS NOT DISTINCT
  FROM n.i2
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."product_id" IS DISTINCT
  FROM n."product_id" OR o."category" IS DISTINCT
  FROM n."category" OR o."count" IS DISTINCT
  FROM n."count" OR o."distinct_visitor" IS DISTINCT
  FROM n."distinct_visitor"
)

-- restate 3
INSERT INTO result.product_page_views_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.product_page_views t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.product_page_views
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.product_page_views
SELECT n."window_start", n."product_id", n."category", n."count", n."distinct_visitor", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND product_id = (
  SELECT id
  FROM symbol
  WHERE text = 'x''y'
) AND category_name = (
  SELECT id
  FROM symbol
  WHERE text = 'x''y'
) AND NOT coalesce(event_type IN (12, 13, 14), FALSE)

-- events of a row without keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND product_id IS NULL AND category_name IS NULL AND NOT coalesce(event_type IN (12, 13, 14), FALSE)

-- present
SELECT window_start AS "window_start", window_start + to_microseconds(60000000) AS "window_end", "s_product_id".text AS "product_id", "s_category".text AS "category", count AS "view_count", distinct_visitor AS "unique_users", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.product_page_views
) r
LEFT
JOIN symbol "s_product_id" ON "s_product_id".id = r."product_id"
LEFT
JOIN symbol "s_category" ON "s_category".id = r."category"

-- stored rows
SELECT "window_start", "product_id", "category", "count", "distinct_visitor", late_events, TRUE AS is_final, revision, epoch
FROM result.product_page_views t
WHERE TRUE

-- live rows
SELECT "window_start", "product_id", "category", "count", "distinct_visitor", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.product_page_views

-- drop 2
DROP TABLE IF EXISTS result.product_page_views_history

-- drop 3
DROP TABLE IF EXISTS result.product_page_views_open

-- id columns

