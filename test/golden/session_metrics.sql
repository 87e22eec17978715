-- types
session_id text, user_id id, session_start time, session_end time, duration_seconds integer, page_views integer, product_views integer, cart_adds integer, purchases integer, revenue money, converted boolean, status text

-- table 1
CREATE TABLE result.session_metrics ("session_id" UUID, "visitor" VARCHAR, "session_start" TIMESTAMP, "session_end" TIMESTAMP, "count_12927a" BIGINT, "count_eed7c4" BIGINT, "count_11149d" BIGINT, "count_7d1290" BIGINT, "sum_amount_fa3295" DECIMAL(18,4), late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.session_metrics_history ("session_id" UUID, "visitor" VARCHAR, "session_start" TIMESTAMP, "session_end" TIMESTAMP, "count_12927a" BIGINT, "count_eed7c4" BIGINT, "count_11149d" BIGINT, "count_7d1290" BIGINT, "sum_amount_fa3295" DECIMAL(18,4), late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- table 3
CREATE TABLE result.session_metrics_open (session_id UUID, visitor VARCHAR, start TIMESTAMP, stored BOOLEAN)

-- given: rows
SELECT k AS session_id, v AS visitor, session_start, session_end, "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
FROM (
  SELECT k, v, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT e.* REPLACE (coalesce(e.v, o.v) AS v)
    FROM (
      SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
      FROM raw
      WHERE session_id IS NOT NULL AND TRUE
    ) e
    LEFT
    JOIN (
      SELECT k, any_value(v) AS v
      FROM (
        SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
        FROM raw
        WHERE session_id IS NOT NULL AND TRUE
      )
      WHERE k IN (
        SELECT k
        FROM (
          SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
          FROM raw
          WHERE session_id IS NOT NULL AND TRUE
        )
        WHERE v IS NULL
      )
      GROUP BY k HAVING count(DISTINCT v) = 1
    ) o USING (k)
  )
  GROUP BY k, v
)

-- given: next, catching up
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, min(event_time) AS next
FROM (
  SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
  FROM raw
  WHERE session_id IS NOT NULL AND TRUE
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:30:00.000000'
GROUP BY k

-- given: next, live
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, min(event_time) AS next
FROM (
  SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
  FROM raw
  WHERE session_id IS NOT NULL AND TRUE
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:30:00.000000' AND k IN (
  SELECT k
  FROM (
    SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
    FROM raw
    WHERE session_id IS NOT NULL AND TRUE
  )
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
  UNION ALL
  SELECT "session_id"
  FROM result.session_metrics_open
  WHERE session_id IS NOT NULL
)
GROUP BY k

-- given: next, by end
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, event_time AS next
FROM (
  SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
  FROM raw
  WHERE session_id IS NOT NULL AND TRUE
) LIMIT 0

-- given: carried
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "session_id" AS k, start, stored
  FROM result.session_metrics_open
  WHERE session_id IS NOT NULL
  UNION ALL
  SELECT "session_id", session_start, TRUE
  FROM result.session_metrics
  WHERE session_id IS NOT NULL AND "session_id" IN (
    SELECT k
    FROM (
      SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
      FROM raw
      WHERE session_id IS NOT NULL AND TRUE
    )
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
    UNION ALL
    SELECT k
    FROM (
      SELECT "session_id" AS k, start, stored
      FROM result.session_metrics_open
      WHERE session_id IS NOT NULL
    )
  )
)
WHERE k NOT IN (
  SELECT k
  FROM session_next
)
GROUP BY k

-- given: carried, few may be reopened
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "session_id" AS k, start, stored
  FROM result.session_metrics_open
  WHERE session_id IS NOT NULL
  UNION ALL
  SELECT "session_id", session_start, TRUE
  FROM result.session_metrics
  WHERE session_id IS NOT NULL AND "session_id" IN ('a'::UUID, 'o''b'::UUID)
)
WHERE k NOT IN (
  SELECT k
  FROM session_next
)
GROUP BY k

-- given: carried, none reopened
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "session_id" AS k, start, stored
  FROM result.session_metrics_open
  WHERE session_id IS NOT NULL
)
WHERE k NOT IN (
  SELECT k
  FROM session_next
)
GROUP BY k

-- given: fresh
SELECT *, FALSE AS open
FROM (
  SELECT k AS session_id, v AS visitor, session_start, session_end, "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
  FROM (
    SELECT k, v, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
    FROM (
      SELECT e.* REPLACE (coalesce(e.v, o.v) AS v)
      FROM (
        SELECT *
        FROM (
          SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
          FROM raw
          WHERE session_id IS NOT NULL AND TRUE
        )
        WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k NOT IN (
          SELECT k
          FROM session_next
        )
        UNION ALL
        SELECT e.*
        FROM (
          SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
          FROM raw
          WHERE session_id IS NOT NULL AND TRUE
        ) e
        JOIN session_carried c ON e.k = c.k
        WHERE e.event_time >= TIMESTAMP '2020-01-05 11:00:00.000000' AND e.event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND e.event_time >= c.start
      ) e
      LEFT
      JOIN (
        SELECT k, any_value(v) AS v
        FROM (
          SELECT *
          FROM (
            SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
            FROM raw
            WHERE session_id IS NOT NULL AND TRUE
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k NOT IN (
            SELECT k
            FROM session_next
          )
          UNION ALL
          SELECT e.*
          FROM (
            SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
            FROM raw
            WHERE session_id IS NOT NULL AND TRUE
          ) e
          JOIN session_carried c ON e.k = c.k
          WHERE e.event_time >= TIMESTAMP '2020-01-05 11:00:00.000000' AND e.event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND e.event_time >= c.start
        )
        WHERE k IN (
          SELECT k
          FROM (
            SELECT *
            FROM (
              SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
              FROM raw
              WHERE session_id IS NOT NULL AND TRUE
            )
            WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k NOT IN (
              SELECT k
              FROM session_next
            )
            UNION ALL
            SELECT e.*
            FROM (
              SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
              FROM raw
              WHERE session_id IS NOT NULL AND TRUE
            ) e
            JOIN session_carried c ON e.k = c.k
            WHERE e.event_time >= TIMESTAMP '2020-01-05 11:00:00.000000' AND e.event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND e.event_time >= c.start
          )
          WHERE v IS NULL
        )
        GROUP BY k HAVING count(DISTINCT v) = 1
      ) o USING (k)
    )
    GROUP BY k, v
  )
)

-- given: fresh, nothing carried, by end
SELECT *, FALSE AS open
FROM (
  SELECT k AS session_id, v AS visitor, session_start, session_end, "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
  FROM (
    SELECT k, v, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
    FROM (
      SELECT e.* REPLACE (coalesce(e.v, o.v) AS v)
      FROM (
        SELECT *
        FROM (
          SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
          FROM raw
          WHERE session_id IS NOT NULL AND TRUE
        )
        WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND k NOT IN (
          SELECT k
          FROM session_next
        )
      ) e
      LEFT
      JOIN (
        SELECT k, any_value(v) AS v
        FROM (
          SELECT *
          FROM (
            SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
            FROM raw
            WHERE session_id IS NOT NULL AND TRUE
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND k NOT IN (
            SELECT k
            FROM session_next
          )
        )
        WHERE k IN (
          SELECT k
          FROM (
            SELECT *
            FROM (
              SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
              FROM raw
              WHERE session_id IS NOT NULL AND TRUE
            )
            WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND k NOT IN (
              SELECT k
              FROM session_next
            )
          )
          WHERE v IS NULL
        )
        GROUP BY k HAVING count(DISTINCT v) = 1
      ) o USING (k)
    )
    GROUP BY k, v
  )
)

-- given: fresh, carried from the bound on
SELECT *, FALSE AS open
FROM (
  SELECT k AS session_id, v AS visitor, session_start, session_end, "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
  FROM (
    SELECT k, v, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
    FROM (
      SELECT e.* REPLACE (coalesce(e.v, o.v) AS v)
      FROM (
        SELECT *
        FROM (
          SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
          FROM raw
          WHERE session_id IS NOT NULL AND TRUE
        )
        WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k NOT IN (
          SELECT k
          FROM session_next
        )
      ) e
      LEFT
      JOIN (
        SELECT k, any_value(v) AS v
        FROM (
          SELECT *
          FROM (
            SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
            FROM raw
            WHERE session_id IS NOT NULL AND TRUE
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k NOT IN (
            SELECT k
            FROM session_next
          )
        )
        WHERE k IN (
          SELECT k
          FROM (
            SELECT *
            FROM (
              SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
              FROM raw
              WHERE session_id IS NOT NULL AND TRUE
            )
            WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k NOT IN (
              SELECT k
              FROM session_next
            )
          )
          WHERE v IS NULL
        )
        GROUP BY k HAVING count(DISTINCT v) = 1
      ) o USING (k)
    )
    GROUP BY k, v
  )
)

-- given: reopen, forget
DELETE
FROM result.session_metrics_open
WHERE session_id IS NOT NULL AND "session_id" NOT IN (
  SELECT k
  FROM session_next
)

-- given: reopen, open
SELECT k AS "session_id", min(event_time) AS start, FALSE AS stored
FROM (
  SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
  FROM raw
  WHERE session_id IS NOT NULL AND TRUE
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k IN (
  SELECT k
  FROM session_next
) AND k NOT IN (
  SELECT "session_id"
  FROM result.session_metrics_open
  WHERE session_id IS NOT NULL
)
GROUP BY k

-- given: due rows
SELECT "session_id", "visitor", "session_start", "session_end", "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
FROM session_fresh
WHERE NOT open

-- gap: rows
WITH whole AS MATERIALIZED (
  SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
    FROM raw
    WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
  )
  GROUP BY k
), runs AS (
  SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 120000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
    FROM (
      SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
      FROM (
        SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
      )
      WHERE k IN (
        SELECT k
        FROM whole
        WHERE (epoch_us(session_end) - epoch_us(session_start)) > 120000000
      )
    )
  )
  GROUP BY k, run
)
SELECT NULL::UUID AS session_id, k AS visitor, session_start, session_end, "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
FROM (
  SELECT *
  FROM whole
  WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 120000000
  UNION ALL
  SELECT * EXCLUDE (run)
  FROM runs
)

-- gap: next, catching up
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, min(event_time) AS next
FROM (
  SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
  FROM raw
  WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:30:00.000000'
GROUP BY k

-- gap: next, live
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, min(event_time) AS next
FROM (
  SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
  FROM raw
  WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:30:00.000000' AND k IN (
  SELECT k
  FROM (
    SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
    FROM raw
    WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
  )
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
  UNION ALL
  SELECT "visitor"
  FROM result.session_metrics_open
  WHERE session_id IS NULL
)
GROUP BY k

-- gap: next, by end
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, event_time AS next
FROM (
  SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
  FROM raw
  WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
) LIMIT 0

-- gap: carried
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "visitor" AS k, start, stored
  FROM result.session_metrics_open
  WHERE session_id IS NULL
  UNION ALL
  SELECT "visitor", session_start, TRUE
  FROM result.session_metrics
  WHERE session_id IS NULL AND "visitor" IN (
    SELECT k
    FROM (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
      FROM raw
      WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
    )
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
    UNION ALL
    SELECT k
    FROM (
      SELECT "visitor" AS k, start, stored
      FROM result.session_metrics_open
      WHERE session_id IS NULL
    )
  )
)
GROUP BY k

-- gap: carried, few may be reopened
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "visitor" AS k, start, stored
  FROM result.session_metrics_open
  WHERE session_id IS NULL
  UNION ALL
  SELECT "visitor", session_start, TRUE
  FROM result.session_metrics
  WHERE session_id IS NULL AND "visitor" IN ('a'::UUID, 'o''b'::UUID)
)
GROUP BY k

-- gap: carried, none reopened
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "visitor" AS k, start, stored
  FROM result.session_metrics_open
  WHERE session_id IS NULL
)
GROUP BY k

-- gap: fresh
SELECT f.*, coalesce((epoch_us(n.next) - epoch_us(f.session_end)) <= 120000000, FALSE) AS open
FROM (
  WITH whole AS MATERIALIZED (
    SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *
      FROM (
        SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
      )
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
      UNION ALL
      SELECT e.*
      FROM (
        SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
      ) e
      JOIN session_carried c ON e.k = c.k
      WHERE e.event_time >= TIMESTAMP '2020-01-05 11:00:00.000000' AND e.event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND e.event_time >= c.start
    )
    GROUP BY k
  ), runs AS (
    SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 120000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
      FROM (
        SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
        FROM (
          SELECT *
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
          UNION ALL
          SELECT e.*
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
          ) e
          JOIN session_carried c ON e.k = c.k
          WHERE e.event_time >= TIMESTAMP '2020-01-05 11:00:00.000000' AND e.event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND e.event_time >= c.start
        )
        WHERE k IN (
          SELECT k
          FROM whole
          WHERE (epoch_us(session_end) - epoch_us(session_start)) > 120000000
        )
      )
    )
    GROUP BY k, run
  )
  SELECT NULL::UUID AS session_id, k AS visitor, session_start, session_end, "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
  FROM (
    SELECT *
    FROM whole
    WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 120000000
    UNION ALL
    SELECT * EXCLUDE (run)
    FROM runs
  )
) f
LEFT
JOIN session_next n ON n.k = f."visitor"

-- gap: fresh, nothing carried, by end
SELECT f.*, coalesce((epoch_us(n.next) - epoch_us(f.session_end)) <= 120000000, FALSE) AS open
FROM (
  WITH whole AS MATERIALIZED (
    SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *
      FROM (
        SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
      )
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000'
    )
    GROUP BY k
  ), runs AS (
    SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 120000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
      FROM (
        SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
        FROM (
          SELECT *
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000'
        )
        WHERE k IN (
          SELECT k
          FROM whole
          WHERE (epoch_us(session_end) - epoch_us(session_start)) > 120000000
        )
      )
    )
    GROUP BY k, run
  )
  SELECT NULL::UUID AS session_id, k AS visitor, session_start, session_end, "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
  FROM (
    SELECT *
    FROM whole
    WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 120000000
    UNION ALL
    SELECT * EXCLUDE (run)
    FROM runs
  )
) f
LEFT
JOIN session_next n ON n.k = f."visitor"

-- gap: fresh, carried from the bound on
SELECT f.*, coalesce((epoch_us(n.next) - epoch_us(f.session_end)) <= 120000000, FALSE) AS open
FROM (
  WITH whole AS MATERIALIZED (
    SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *
      FROM (
        SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
      )
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
    )
    GROUP BY k
  ), runs AS (
    SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, count_if(event_type = 1)::BIGINT AS "count_12927a", count_if(event_type = 5)::BIGINT AS "count_eed7c4", count_if(event_type = 6)::BIGINT AS "count_11149d", count_if(event_type = 12)::BIGINT AS "count_7d1290", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 120000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
      FROM (
        SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
        FROM (
          SELECT *
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
        )
        WHERE k IN (
          SELECT k
          FROM whole
          WHERE (epoch_us(session_end) - epoch_us(session_start)) > 120000000
        )
      )
    )
    GROUP BY k, run
  )
  SELECT NULL::UUID AS session_id, k AS visitor, session_start, session_end, "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
  FROM (
    SELECT *
    FROM whole
    WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 120000000
    UNION ALL
    SELECT * EXCLUDE (run)
    FROM runs
  )
) f
LEFT
JOIN session_next n ON n.k = f."visitor"

-- gap: reopen, forget
DELETE
FROM result.session_metrics_open
WHERE session_id IS NULL

-- gap: reopen, open
SELECT f."visitor", f.session_start AS start, coalesce(c.stored, FALSE) AS stored
FROM session_fresh f
LEFT
JOIN session_carried c ON c.k = f."visitor"
WHERE f.open

-- gap: due rows
SELECT "session_id", "visitor", "session_start", "session_end", "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
FROM session_fresh
WHERE NOT open

-- first close
INSERT INTO result.session_metrics
SELECT "session_id", "visitor", "session_start", "session_end", "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "session_id", "visitor", "session_start", "session_end", "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, coalesce(max(old_revision) FILTER (new_row IS NULL) OVER (PARTITION BY session_id, CASE WHEN session_id IS NULL THEN visitor END) + 1, 0)) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row, o.session_start AS old_start, n.session_start AS new_start, coalesce(o.session_id, n.session_id) AS session_id, coalesce(o.visitor, n.visitor) AS visitor
  FROM (
    SELECT rowid AS row, *, session_id AS i0, visitor AS i1, CASE WHEN session_id IS NULL THEN session_start END AS i2
    FROM result.session_metrics
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, session_id AS i0, visitor AS i1, CASE WHEN session_id IS NULL THEN session_start END AS i2
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1 AND o.i2 IS NOT DISTINCT
  FROM n.i2
  WHERE o.row IS NULL OR n.row IS NULL OR o."session_id" IS DISTINCT
  FROM n."session_id" OR o."visitor" IS DISTINCT
  FROM n."visitor" OR o."session_start" IS DISTINCT
  FROM n."session_start" OR o."session_end" IS DISTINCT
  FROM n."session_end" OR o."count_12927a" IS DISTINCT
  FROM n."count_12927a" OR o."count_eed7c4" IS DISTINCT
  FROM n."count_eed7c4" OR o."count_11149d" IS DISTINCT
  FROM n."count_11149d" OR o."count_7d1290" IS DISTINCT
  FROM n."count_7d1290" OR o."sum_amount_fa3295" IS DISTINCT
  FROM n."sum_amount_fa3295"
)

-- restate 3
INSERT INTO result.session_metrics_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.session_metrics t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.session_metrics
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.session_metrics
SELECT n."session_id", n."visitor", n."session_start", n."session_end", n."count_12927a", n."count_eed7c4", n."count_11149d", n."count_7d1290", n."sum_amount_fa3295", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
session_id::VARCHAR = 's''1' AND event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time <= TIMESTAMP '2020-01-05 12:00:00.000000' AND (coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)::VARCHAR = 'x''y' OR (coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NULL AND (
  SELECT count(DISTINCT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR))
  FROM raw
  WHERE session_id::VARCHAR = 's''1' AND TRUE
) = 1)) AND TRUE

-- events of a row without keys
session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)::VARCHAR = 'v1' AND event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time <= TIMESTAMP '2020-01-05 12:00:00.000000' AND TRUE

-- present
SELECT CASE WHEN session_id IS NOT NULL THEN session_id::VARCHAR ELSE '~' || visitor::VARCHAR || '~' || epoch_us(session_start)::VARCHAR END AS "session_id", visitor::VARCHAR AS "user_id", session_start AS "session_start", session_end AS "session_end", ((epoch_us(session_end) - epoch_us(session_start)) // 1000000) AS "duration_seconds", count_12927a AS "page_views", count_eed7c4 AS "product_views", count_11149d AS "cart_adds", count_7d1290 AS "purchases", sum_amount_fa3295 AS "revenue", (count_7d1290 > 0) AS "converted", CASE WHEN r.is_final THEN 'completed' ELSE 'active' END AS "status", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.session_metrics
) r

-- stored rows
SELECT "session_id", "visitor", "session_start", "session_end", "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events, TRUE AS is_final, revision, epoch
FROM result.session_metrics t
WHERE TRUE

-- live rows
SELECT "session_id", "visitor", "session_start", "session_end", "count_12927a", "count_eed7c4", "count_11149d", "count_7d1290", "sum_amount_fa3295", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.session_metrics

-- drop 2
DROP TABLE IF EXISTS result.session_metrics_history

-- drop 3
DROP TABLE IF EXISTS result.session_metrics_open

-- id columns
result.session_metrics session_id UUID, result.session_metrics visitor VARCHAR, result.session_metrics_history session_id UUID, result.session_metrics_history visitor VARCHAR, result.session_metrics_open session_id UUID, result.session_metrics_open visitor VARCHAR
