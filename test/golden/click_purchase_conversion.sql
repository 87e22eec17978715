-- types
window_start time, window_end time, product_id symbol, clicks integer, purchases integer, conversion_rate double

-- table 1
CREATE TABLE result.click_purchase_conversion ("window_start" TIMESTAMP, "product_id" INTEGER, "count" BIGINT, "sum_matched" BIGINT, "count_5c901d" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.click_purchase_conversion_history ("window_start" TIMESTAMP, "product_id" INTEGER, "count" BIGINT, "sum_matched" BIGINT, "count_5c901d" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of a range
WITH hits AS MATERIALIZED (
  SELECT opener, count(*) AS matched, count_if(late)::BIGINT AS late_followers
  FROM (
    WITH followers AS MATERIALIZED (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, TRUE AS follows
      FROM raw
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:10:00.000000' AND event_type = 12 AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
    )
    SELECT opener, follower, late
    FROM (
      SELECT seq AS follower, late, instant, follows, last_value(CASE WHEN follows THEN NULL ELSE seq END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opener, last_value(CASE WHEN follows THEN NULL ELSE instant END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opened
      FROM (
        SELECT *, coalesce(event_id, (
          SELECT p.partition_key
          FROM partition p
          WHERE p.id = part
        ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id
        FROM (
          SELECT *
          FROM followers
          UNION ALL
          SELECT *
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, FALSE AS follows
            FROM raw
            WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:10:00.000000' AND event_type IN (5, 4, 6) AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
          ) o
          WHERE EXISTS (
            SELECT 1
            FROM followers f
            WHERE f.m0 = o.m0 AND f.m1 = o.m1
          )
        )
      )
    )
    WHERE follows AND (epoch_us(instant) - epoch_us(opened)) <= 600000000
  )
  GROUP BY opener
)
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "product_id", "count", "sum_matched", "count_5c901d", late_events
FROM (
  SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, product_id AS "product_id", count(*) AS "count", coalesce(sum(matched), 0)::BIGINT AS "sum_matched", count_if(matched > 0)::BIGINT AS "count_5c901d", count_if(late)::BIGINT + coalesce(sum(late_followers), 0)::BIGINT AS late_events
  FROM (
    SELECT raw.*, coalesce(h.matched, 0) AS matched, coalesce(h.late_followers, 0) AS late_followers
    FROM raw
    LEFT
    JOIN hits h ON raw.seq = h.opener
  )
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND event_type IN (5, 4, 6)
  GROUP BY ALL
)

-- rows from a start on
WITH hits AS MATERIALIZED (
  SELECT opener, count(*) AS matched, count_if(late)::BIGINT AS late_followers
  FROM (
    WITH followers AS MATERIALIZED (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, TRUE AS follows
      FROM raw
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type = 12 AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
    )
    SELECT opener, follower, late
    FROM (
      SELECT seq AS follower, late, instant, follows, last_value(CASE WHEN follows THEN NULL ELSE seq END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opener, last_value(CASE WHEN follows THEN NULL ELSE instant END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opened
      FROM (
        SELECT *, coalesce(event_id, (
          SELECT p.partition_key
          FROM partition p
          WHERE p.id = part
        ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id
        FROM (
          SELECT *
          FROM followers
          UNION ALL
          SELECT *
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, FALSE AS follows
            FROM raw
            WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type IN (5, 4, 6) AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
          ) o
          WHERE EXISTS (
            SELECT 1
            FROM followers f
            WHERE f.m0 = o.m0 AND f.m1 = o.m1
          )
        )
      )
    )
    WHERE follows AND (epoch_us(instant) - epoch_us(opened)) <= 600000000
  )
  GROUP BY opener
)
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "product_id", "count", "sum_matched", "count_5c901d", late_events
FROM (
  SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, product_id AS "product_id", count(*) AS "count", coalesce(sum(matched), 0)::BIGINT AS "sum_matched", count_if(matched > 0)::BIGINT AS "count_5c901d", count_if(late)::BIGINT + coalesce(sum(late_followers), 0)::BIGINT AS late_events
  FROM (
    SELECT raw.*, coalesce(h.matched, 0) AS matched, coalesce(h.late_followers, 0) AS late_followers
    FROM raw
    LEFT
    JOIN hits h ON raw.seq = h.opener
  )
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_type IN (5, 4, 6)
  GROUP BY ALL
)

-- rows of listed windows
WITH hits AS MATERIALIZED (
  SELECT opener, count(*) AS matched, count_if(late)::BIGINT AS late_followers
  FROM (
    WITH followers AS MATERIALIZED (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, TRUE AS follows
      FROM raw
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:35:00.000000' AND event_type = 12 AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
    )
    SELECT opener, follower, late
    FROM (
      SELECT seq AS follower, late, instant, follows, last_value(CASE WHEN follows THEN NULL ELSE seq END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opener, last_value(CASE WHEN follows THEN NULL ELSE instant END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opened
      FROM (
        SELECT *, coalesce(event_id, (
          SELECT p.partition_key
          FROM partition p
          WHERE p.id = part
        ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id
        FROM (
          SELECT *
          FROM followers
          UNION ALL
          SELECT *
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, FALSE AS follows
            FROM raw
            WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:35:00.000000' AND event_type IN (5, 4, 6) AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
          ) o
          WHERE EXISTS (
            SELECT 1
            FROM followers f
            WHERE f.m0 = o.m0 AND f.m1 = o.m1
          )
        )
      )
    )
    WHERE follows AND (epoch_us(instant) - epoch_us(opened)) <= 600000000
  )
  GROUP BY opener
)
SELECT make_timestamp(w::BIGINT * 300000000) AS window_start, "product_id", "count", "sum_matched", "count_5c901d", late_events
FROM (
  SELECT w, product_id AS "product_id", count(*) AS "count", coalesce(sum(matched), 0)::BIGINT AS "sum_matched", count_if(matched > 0)::BIGINT AS "count_5c901d", count_if(late)::BIGINT + coalesce(sum(late_followers), 0)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 300000000)::INTEGER AS w, *
    FROM (
      SELECT raw.*, coalesce(h.matched, 0) AS matched, coalesce(h.late_followers, 0) AS late_followers
      FROM raw
      LEFT
      JOIN hits h ON raw.seq = h.opener
    )
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:25:00.000000' AND event_type IN (5, 4, 6)
  )
  WHERE w IN (5260752, 5260756)
  GROUP BY ALL
)

-- first close
INSERT INTO result.click_purchase_conversion
SELECT "window_start", "product_id", "count", "sum_matched", "count_5c901d", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "product_id", "count", "sum_matched", "count_5c901d", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0, "product_id" AS i1
    FROM result.click_purchase_conversion
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0, "product_id" AS i1
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."product_id" IS DISTINCT
  FROM n."product_id" OR o."count" IS DISTINCT
  FROM n."count" OR o."sum_matched" IS DISTINCT
  FROM n."sum_matched" OR o."count_5c901d" IS DISTINCT
  FROM n."count_5c901d"
)

-- restate 3
INSERT INTO result.click_purchase_conversion_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.click_purchase_conversion t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.click_purchase_conversion
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.click_purchase_conversion
SELECT n."window_start", n."product_id", n."count", n."sum_matched", n."count_5c901d", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
((event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND product_id = (
  SELECT id
  FROM symbol
  WHERE text = 'x''y'
) AND event_type IN (5, 4, 6)) OR seq IN (
  SELECT follower
  FROM (
    WITH followers AS MATERIALIZED (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, TRUE AS follows
      FROM raw
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' + to_microseconds(600000000) AND event_type = 12 AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
    )
    SELECT opener, follower, late
    FROM (
      SELECT seq AS follower, late, instant, follows, last_value(CASE WHEN follows THEN NULL ELSE seq END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opener, last_value(CASE WHEN follows THEN NULL ELSE instant END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opened
      FROM (
        SELECT *, coalesce(event_id, (
          SELECT p.partition_key
          FROM partition p
          WHERE p.id = part
        ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id
        FROM (
          SELECT *
          FROM followers
          UNION ALL
          SELECT *
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, FALSE AS follows
            FROM raw
            WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' + to_microseconds(600000000) AND event_type IN (5, 4, 6) AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
          ) o
          WHERE EXISTS (
            SELECT 1
            FROM followers f
            WHERE f.m0 = o.m0 AND f.m1 = o.m1
          )
        )
      )
    )
    WHERE follows AND (epoch_us(instant) - epoch_us(opened)) <= 600000000
  )
  WHERE opener IN (
    SELECT seq
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND product_id = (
      SELECT id
      FROM symbol
      WHERE text = 'x''y'
    ) AND event_type IN (5, 4, 6)
  )
))

-- events of a row without keys
((event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND product_id IS NULL AND event_type IN (5, 4, 6)) OR seq IN (
  SELECT follower
  FROM (
    WITH followers AS MATERIALIZED (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, TRUE AS follows
      FROM raw
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' + to_microseconds(600000000) AND event_type = 12 AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
    )
    SELECT opener, follower, late
    FROM (
      SELECT seq AS follower, late, instant, follows, last_value(CASE WHEN follows THEN NULL ELSE seq END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opener, last_value(CASE WHEN follows THEN NULL ELSE instant END IGNORE NULLS) OVER (PARTITION BY m0, m1 ORDER BY instant, id, follows DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opened
      FROM (
        SELECT *, coalesce(event_id, (
          SELECT p.partition_key
          FROM partition p
          WHERE p.id = part
        ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id
        FROM (
          SELECT *
          FROM followers
          UNION ALL
          SELECT *
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS m0, product_id AS m1, event_time AS instant, event_id, part, position, seq, late, FALSE AS follows
            FROM raw
            WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' + to_microseconds(600000000) AND event_type IN (5, 4, 6) AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND product_id IS NOT NULL
          ) o
          WHERE EXISTS (
            SELECT 1
            FROM followers f
            WHERE f.m0 = o.m0 AND f.m1 = o.m1
          )
        )
      )
    )
    WHERE follows AND (epoch_us(instant) - epoch_us(opened)) <= 600000000
  )
  WHERE opener IN (
    SELECT seq
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND product_id IS NULL AND event_type IN (5, 4, 6)
  )
))

-- present
SELECT window_start AS "window_start", window_start + to_microseconds(300000000) AS "window_end", "s_product_id".text AS "product_id", count AS "clicks", sum_matched AS "purchases", CASE WHEN count <> 0 THEN count_5c901d::DOUBLE / count::DOUBLE END AS "conversion_rate", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.click_purchase_conversion
) r
LEFT
JOIN symbol "s_product_id" ON "s_product_id".id = r."product_id"

-- stored rows
SELECT "window_start", "product_id", "count", "sum_matched", "count_5c901d", late_events, TRUE AS is_final, revision, epoch
FROM result.click_purchase_conversion t
WHERE TRUE

-- live rows
SELECT "window_start", "product_id", "count", "sum_matched", "count_5c901d", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.click_purchase_conversion

-- drop 2
DROP TABLE IF EXISTS result.click_purchase_conversion_history

-- drop 3
DROP TABLE IF EXISTS result.click_purchase_conversion_open

-- id columns

