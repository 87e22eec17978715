-- types
window_start time, window_end time, bought boolean, session id, person id, until time, revenue money, people integer

-- table 1
CREATE TABLE result.every_parent_column ("window_start" TIMESTAMP, "bought" BOOLEAN, "session" BIGINT, "person" BIGINT, "max_session_end" TIMESTAMP, "sum_total_purchase_value" DECIMAL(18,4), "distinct_user_id" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.every_parent_column_history ("window_start" TIMESTAMP, "bought" BOOLEAN, "session" BIGINT, "person" BIGINT, "max_session_end" TIMESTAMP, "sum_total_purchase_value" DECIMAL(18,4), "distinct_user_id" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of a range
SELECT make_timestamp(w::BIGINT * 1800000000) AS window_start, "bought", "session", "person", "max_session_end", "sum_total_purchase_value", CASE WHEN len(distinct_user_id) = 1 THEN (distinct_user_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_user_id)::BIGINT END AS "distinct_user_id", late_events
FROM (
  SELECT w, (count_7d1290 > 0) AS "bought", session_id AS "session", visitor AS "person", max(session_end) AS "max_session_end", coalesce(sum(sum_amount_fa3295), 0)::DECIMAL(18,4) AS "sum_total_purchase_value", list(visitor) AS "distinct_user_id", coalesce(sum(late_events), 0)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(session_start) // 1800000000)::INTEGER AS w, *
    FROM result.user_session_analytics
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 13:30:00.000000' AND count > 1
    UNION ALL
    SELECT (epoch_us(session_start) // 1800000000)::INTEGER - 1 AS w, *
    FROM result.user_session_analytics
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 13:30:00.000000' AND count > 1
  )
  WHERE w >= 876792 AND w < 876794
  GROUP BY ALL
)

-- rows from a start on
SELECT make_timestamp(w::BIGINT * 1800000000) AS window_start, "bought", "session", "person", "max_session_end", "sum_total_purchase_value", CASE WHEN len(distinct_user_id) = 1 THEN (distinct_user_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_user_id)::BIGINT END AS "distinct_user_id", late_events
FROM (
  SELECT w, (count_7d1290 > 0) AS "bought", session_id AS "session", visitor AS "person", max(session_end) AS "max_session_end", coalesce(sum(sum_amount_fa3295), 0)::DECIMAL(18,4) AS "sum_total_purchase_value", list(visitor) AS "distinct_user_id", coalesce(sum(late_events), 0)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(session_start) // 1800000000)::INTEGER AS w, *
    FROM result.user_session_analytics
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND count > 1
    UNION ALL
    SELECT (epoch_us(session_start) // 1800000000)::INTEGER - 1 AS w, *
    FROM result.user_session_analytics
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND count > 1
  )
  WHERE w >= 876792
  GROUP BY ALL
)

-- rows of listed windows
SELECT make_timestamp(w::BIGINT * 1800000000) AS window_start, "bought", "session", "person", "max_session_end", "sum_total_purchase_value", CASE WHEN len(distinct_user_id) = 1 THEN (distinct_user_id[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_user_id)::BIGINT END AS "distinct_user_id", late_events
FROM (
  SELECT w, (count_7d1290 > 0) AS "bought", session_id AS "session", visitor AS "person", max(session_end) AS "max_session_end", coalesce(sum(sum_amount_fa3295), 0)::DECIMAL(18,4) AS "sum_total_purchase_value", list(visitor) AS "distinct_user_id", coalesce(sum(late_events), 0)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(session_start) // 1800000000)::INTEGER AS w, *
    FROM result.user_session_analytics
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 17:00:00.000000' AND count > 1
    UNION ALL
    SELECT (epoch_us(session_start) // 1800000000)::INTEGER - 1 AS w, *
    FROM result.user_session_analytics
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 17:00:00.000000' AND count > 1
  )
  WHERE w IN (876792, 876800)
  GROUP BY ALL
)

-- first close
INSERT INTO result.every_parent_column
SELECT "window_start", "bought", "session", "person", "max_session_end", "sum_total_purchase_value", "distinct_user_id", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "bought", "session", "person", "max_session_end", "sum_total_purchase_value", "distinct_user_id", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0, "bought" AS i1, "session" AS i2, "person" AS i3
    FROM result.every_parent_column
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0, "bought" AS i1, "session" AS i2, "person" AS i3
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1 AND o.i2 IS NOT DISTINCT
  FROM n.i2 AND o.i3 IS NOT DISTINCT
  FROM n.i3
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."bought" IS DISTINCT
  FROM n."bought" OR o."session" IS DISTINCT
  FROM n."session" OR o."person" IS DISTINCT
  FROM n."person" OR o."max_session_end" IS DISTINCT
  FROM n."max_session_end" OR o."sum_total_purchase_value" IS DISTINCT
  FROM n."sum_total_purchase_value" OR o."distinct_user_id" IS DISTINCT
  FROM n."distinct_user_id"
)

-- restate 3
INSERT INTO result.every_parent_column_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.every_parent_column t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.every_parent_column
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.every_parent_column
SELECT n."window_start", n."bought", n."session", n."person", n."max_session_end", n."sum_total_purchase_value", n."distinct_user_id", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
EXISTS (
  SELECT 1
  FROM (
    SELECT session_id, visitor, session_start, session_end
    FROM parents
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 12:05:00.000000' AND (count_7d1290 > 0)::VARCHAR = 'x''y' AND session_id::VARCHAR = 'x''y' AND visitor::VARCHAR = 'x''y' AND count > 1
  ) p
  WHERE raw.event_time BETWEEN p.session_start AND p.session_end AND ((p.session_id = raw.session_id AND (coalesce(user_id, anonymous_id) IS NOT DISTINCT FROM p.visitor OR (coalesce(user_id, anonymous_id) IS NULL AND (
    SELECT count(DISTINCT coalesce(user_id, anonymous_id))
    FROM raw
    WHERE session_id = p.session_id AND TRUE
  ) = 1))) OR (p.session_id IS NULL AND raw.session_id IS NULL AND p.visitor = coalesce(user_id, anonymous_id)))
) AND TRUE

-- events of a row without keys
EXISTS (
  SELECT 1
  FROM (
    SELECT session_id, visitor, session_start, session_end
    FROM parents
    WHERE session_start >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_start < TIMESTAMP '2020-01-05 12:05:00.000000' AND (count_7d1290 > 0) IS NULL AND session_id IS NULL AND visitor IS NULL AND count > 1
  ) p
  WHERE raw.event_time BETWEEN p.session_start AND p.session_end AND ((p.session_id = raw.session_id AND (coalesce(user_id, anonymous_id) IS NOT DISTINCT FROM p.visitor OR (coalesce(user_id, anonymous_id) IS NULL AND (
    SELECT count(DISTINCT coalesce(user_id, anonymous_id))
    FROM raw
    WHERE session_id = p.session_id AND TRUE
  ) = 1))) OR (p.session_id IS NULL AND raw.session_id IS NULL AND p.visitor = coalesce(user_id, anonymous_id)))
) AND TRUE

-- present
SELECT window_start AS "window_start", window_start + to_microseconds(3600000000) AS "window_end", r."bought" AS "bought", r."session"::VARCHAR AS "session", r."person"::VARCHAR AS "person", max_session_end AS "until", sum_total_purchase_value AS "revenue", distinct_user_id AS "people", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.every_parent_column
) r

-- stored rows
SELECT "window_start", "bought", "session", "person", "max_session_end", "sum_total_purchase_value", "distinct_user_id", late_events, TRUE AS is_final, revision, epoch
FROM result.every_parent_column t
WHERE TRUE

-- live rows
SELECT "window_start", "bought", "session", "person", "max_session_end", "sum_total_purchase_value", "distinct_user_id", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.every_parent_column

-- drop 2
DROP TABLE IF EXISTS result.every_parent_column_history

-- drop 3
DROP TABLE IF EXISTS result.every_parent_column_open

-- id columns
result.every_parent_column session BIGINT, result.every_parent_column person BIGINT, result.every_parent_column_history session BIGINT, result.every_parent_column_history person BIGINT
