-- types
window_start time, window_end time, people integer, brands symbols

-- table 1
CREATE TABLE result.by_week ("window_start" TIMESTAMP, "window_end" TIMESTAMP, "distinct_visitor" BIGINT, "list_brand" INTEGER[], late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.by_week_history ("window_start" TIMESTAMP, "window_end" TIMESTAMP, "distinct_visitor" BIGINT, "list_brand" INTEGER[], late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of listed windows
SELECT window_start, window_end, "distinct_visitor", CASE WHEN len(list_brand) = 1 THEN list_filter(list_brand, lambda x: x IS NOT NULL) ELSE list_sort(list_distinct(list_brand)) END AS "list_brand", late_events
FROM (
  SELECT TIMESTAMP '2020-01-05 12:00:00.000000' AS window_start, TIMESTAMP '2020-02-05 12:00:00.000000' AS window_end, count(DISTINCT coalesce(user_id, anonymous_id)) AS "distinct_visitor", list(brand) AS "list_brand", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-02-05 12:00:00.000000' AND TRUE
  GROUP BY ALL
  UNION ALL
  SELECT TIMESTAMP '2020-05-08 12:00:00.000000' AS window_start, TIMESTAMP '2020-06-08 12:00:00.000000' AS window_end, count(DISTINCT coalesce(user_id, anonymous_id)) AS "distinct_visitor", list(brand) AS "list_brand", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-05-08 12:00:00.000000' AND event_time < TIMESTAMP '2020-06-08 12:00:00.000000' AND TRUE
  GROUP BY ALL
)

-- first close
INSERT INTO result.by_week
SELECT "window_start", "window_end", "distinct_visitor", "list_brand", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "window_end", "distinct_visitor", "list_brand", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0
    FROM result.by_week
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."window_end" IS DISTINCT
  FROM n."window_end" OR o."distinct_visitor" IS DISTINCT
  FROM n."distinct_visitor" OR o."list_brand" IS DISTINCT
  FROM n."list_brand"
)

-- restate 3
INSERT INTO result.by_week_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.by_week t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.by_week
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.by_week
SELECT n."window_start", n."window_end", n."distinct_visitor", n."list_brand", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND TRUE

-- events of a row without keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND TRUE

-- present
SELECT window_start AS "window_start", window_end AS "window_end", distinct_visitor AS "people", list_sort(list_select((
  SELECT list(text ORDER BY id)
  FROM symbol
), list_brand)) AS "brands", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.by_week
) r

-- stored rows
SELECT "window_start", "window_end", "distinct_visitor", "list_brand", late_events, TRUE AS is_final, revision, epoch
FROM result.by_week t
WHERE TRUE

-- live rows
SELECT "window_start", "window_end", "distinct_visitor", "list_brand", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.by_week

-- drop 2
DROP TABLE IF EXISTS result.by_week_history

-- drop 3
DROP TABLE IF EXISTS result.by_week_open

-- id columns

