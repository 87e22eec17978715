-- types
window_start time, window_end time, month text, hour_of_day integer, event_count integer, unique_users integer, purchases integer, avg_price double

-- table 1
CREATE TABLE result.hourly_patterns ("window_start" TIMESTAMP, "window_end" TIMESTAMP, "hour_of_day" BIGINT, "count" BIGINT, "distinct_visitor" BIGINT, "count_7d1290" BIGINT, "sum_price" DECIMAL(18,4), "present_price" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.hourly_patterns_history ("window_start" TIMESTAMP, "window_end" TIMESTAMP, "hour_of_day" BIGINT, "count" BIGINT, "distinct_visitor" BIGINT, "count_7d1290" BIGINT, "sum_price" DECIMAL(18,4), "present_price" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of listed windows
SELECT window_start, window_end, "hour_of_day", "count", "distinct_visitor", "count_7d1290", "sum_price", "present_price", late_events
FROM (
  SELECT TIMESTAMP '2020-01-05 12:00:00.000000' AS window_start, TIMESTAMP '2020-02-05 12:00:00.000000' AS window_end, hour(timezone('Europe/Athens', timezone('UTC', event_time))) AS "hour_of_day", count(*) AS "count", count(DISTINCT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-02-05 12:00:00.000000' AND TRUE
  GROUP BY ALL
  UNION ALL
  SELECT TIMESTAMP '2020-05-08 12:00:00.000000' AS window_start, TIMESTAMP '2020-06-08 12:00:00.000000' AS window_end, hour(timezone('Europe/Athens', timezone('UTC', event_time))) AS "hour_of_day", count(*) AS "count", count(DISTINCT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)) AS "distinct_visitor", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-05-08 12:00:00.000000' AND event_time < TIMESTAMP '2020-06-08 12:00:00.000000' AND TRUE
  GROUP BY ALL
)

-- first close
INSERT INTO result.hourly_patterns
SELECT "window_start", "window_end", "hour_of_day", "count", "distinct_visitor", "count_7d1290", "sum_price", "present_price", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "window_end", "hour_of_day", "count", "distinct_visitor", "count_7d1290", "sum_price", "present_price", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0, "hour_of_day" AS i1
    FROM result.hourly_patterns
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0, "hour_of_day" AS i1
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."window_end" IS DISTINCT
  FROM n."window_end" OR o."hour_of_day" IS DISTINCT
  FROM n."hour_of_day" OR o."count" IS DISTINCT
  FROM n."count" OR o."distinct_visitor" IS DISTINCT
  FROM n."distinct_visitor" OR o."count_7d1290" IS DISTINCT
  FROM n."count_7d1290" OR o."sum_price" IS DISTINCT
  FROM n."sum_price" OR o."present_price" IS DISTINCT
  FROM n."present_price"
)

-- restate 3
INSERT INTO result.hourly_patterns_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.hourly_patterns t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.hourly_patterns
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.hourly_patterns
SELECT n."window_start", n."window_end", n."hour_of_day", n."count", n."distinct_visitor", n."count_7d1290", n."sum_price", n."present_price", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND hour(timezone('Europe/Athens', timezone('UTC', event_time))) = 5 AND TRUE

-- events of a row without keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND hour(timezone('Europe/Athens', timezone('UTC', event_time))) IS NULL AND TRUE

-- present
SELECT window_start AS "window_start", window_end AS "window_end", strftime(timezone('Europe/Athens', timezone('UTC', window_start)), '%Y-%m') AS "month", r."hour_of_day" AS "hour_of_day", count AS "event_count", distinct_visitor AS "unique_users", count_7d1290 AS "purchases", CASE WHEN present_price > 0 THEN sum_price::DOUBLE / present_price::DOUBLE END AS "avg_price", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.hourly_patterns
) r

-- stored rows
SELECT "window_start", "window_end", "hour_of_day", "count", "distinct_visitor", "count_7d1290", "sum_price", "present_price", late_events, TRUE AS is_final, revision, epoch
FROM result.hourly_patterns t
WHERE TRUE

-- live rows
SELECT "window_start", "window_end", "hour_of_day", "count", "distinct_visitor", "count_7d1290", "sum_price", "present_price", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.hourly_patterns

-- drop 2
DROP TABLE IF EXISTS result.hourly_patterns_history

-- drop 3
DROP TABLE IF EXISTS result.hourly_patterns_open

-- id columns

