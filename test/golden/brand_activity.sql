-- types
window_start time, window_end time, brand symbol, event_count integer, unique_users integer, avg_price double

-- table 1
CREATE TABLE result.brand_activity ("window_start" TIMESTAMP, "brand" INTEGER, "count" BIGINT, "distinct_visitor" BIGINT, "sum_price" DECIMAL(18,4), "present_price" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.brand_activity_history ("window_start" TIMESTAMP, "brand" INTEGER, "count" BIGINT, "distinct_visitor" BIGINT, "sum_price" DECIMAL(18,4), "present_price" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of a range
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "brand", "count", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", "sum_price", "present_price", late_events
FROM (
  SELECT w, brand AS "brand", count(*) AS "count", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:05:00.000000' AND TRUE
    UNION ALL
    SELECT (epoch_us(event_time) // 300000000)::INTEGER - 1 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:05:00.000000' AND TRUE
  )
  WHERE w >= 5260752 AND w < 5260764
  GROUP BY ALL
)

-- rows from a start on
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "brand", "count", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", "sum_price", "present_price", late_events
FROM (
  SELECT w, brand AS "brand", count(*) AS "count", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND TRUE
    UNION ALL
    SELECT (epoch_us(event_time) // 300000000)::INTEGER - 1 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND TRUE
  )
  WHERE w >= 5260752
  GROUP BY ALL
)

-- rows of listed windows
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "brand", "count", CASE WHEN len(distinct_visitor) = 1 THEN (distinct_visitor[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_visitor)::BIGINT END AS "distinct_visitor", "sum_price", "present_price", late_events
FROM (
  SELECT w, brand AS "brand", count(*) AS "count", list(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:50:00.000000' AND TRUE
    UNION ALL
    SELECT (epoch_us(event_time) // 300000000)::INTEGER - 1 AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:50:00.000000' AND TRUE
  )
  WHERE w IN (5260752, 5260760)
  GROUP BY ALL
)

-- first close
INSERT INTO result.brand_activity
SELECT "window_start", "brand", "count", "distinct_visitor", "sum_price", "present_price", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "brand", "count", "distinct_visitor", "sum_price", "present_price", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0, "brand" AS i1
    FROM result.brand_activity
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0, "brand" AS i1
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."brand" IS DISTINCT
  FROM n."brand" OR o."count" IS DISTINCT
  FROM n."count" OR o."distinct_visitor" IS DISTINCT
  FROM n."distinct_visitor" OR o."sum_price" IS DISTINCT
  FROM n."sum_price" OR o."present_price" IS DISTINCT
  FROM n."present_price"
)

-- restate 3
INSERT INTO result.brand_activity_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.brand_activity t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.brand_activity
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.brand_activity
SELECT n."window_start", n."brand", n."count", n."distinct_visitor", n."sum_price", n."present_price", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND brand = (
  SELECT id
  FROM symbol
  WHERE text = 'x''y'
) AND TRUE

-- events of a row without keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND brand IS NULL AND TRUE

-- present
SELECT window_start AS "window_start", window_start + to_microseconds(600000000) AS "window_end", "s_brand".text AS "brand", count AS "event_count", distinct_visitor AS "unique_users", CASE WHEN present_price > 0 THEN sum_price::DOUBLE / present_price::DOUBLE END AS "avg_price", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.brand_activity
) r
LEFT
JOIN symbol "s_brand" ON "s_brand".id = r."brand"

-- stored rows
SELECT "window_start", "brand", "count", "distinct_visitor", "sum_price", "present_price", late_events, TRUE AS is_final, revision, epoch
FROM result.brand_activity t
WHERE TRUE

-- live rows
SELECT "window_start", "brand", "count", "distinct_visitor", "sum_price", "present_price", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.brand_activity

-- drop 2
DROP TABLE IF EXISTS result.brand_activity_history

-- drop 3
DROP TABLE IF EXISTS result.brand_activity_open

-- id columns

