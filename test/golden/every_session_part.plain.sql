-- types
id text, visitor id, start time, end time, status text, minutes double, seconds integer, first_person id, last_dear symbol, times time[], pieces integer[], prices money[], brands symbol[]

-- table 1
CREATE TABLE result.every_session_part ("session_id" BIGINT, "visitor" BIGINT, "session_start" TIMESTAMP, "session_end" TIMESTAMP, "first_user_id" BIGINT, "last_brand_7a2dca" INTEGER, "sequence_event_time" TIMESTAMP[], "sequence_quantity" BIGINT[], "sequence_price" DECIMAL(18,4)[], "sequence_brand" INTEGER[], late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.every_session_part_history ("session_id" BIGINT, "visitor" BIGINT, "session_start" TIMESTAMP, "session_end" TIMESTAMP, "first_user_id" BIGINT, "last_brand_7a2dca" INTEGER, "sequence_event_time" TIMESTAMP[], "sequence_quantity" BIGINT[], "sequence_price" DECIMAL(18,4)[], "sequence_brand" INTEGER[], late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- table 3
CREATE TABLE result.every_session_part_open (session_id BIGINT, visitor BIGINT, start TIMESTAMP, stored BOOLEAN)

-- given: rows
SELECT k AS session_id, NULL::BIGINT AS visitor, session_start, session_end, list_filter(list_transform(in_order, lambda e: e."sequence_user_id"), lambda x: x IS NOT NULL)[1] AS "first_user_id", list_filter(list_transform(in_order, lambda e: e."sequence_brand_7a2dca"), lambda x: x IS NOT NULL)[-1] AS "last_brand_7a2dca", list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_quantity") AS "sequence_quantity", list_transform(in_order, lambda e: e."sequence_price") AS "sequence_price", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", late_events
FROM (
  SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_user_id" := e."sequence_user_id", "sequence_brand_7a2dca" := e."sequence_brand_7a2dca", "sequence_event_time" := e."sequence_event_time", "sequence_quantity" := e."sequence_quantity", "sequence_price" := e."sequence_price", "sequence_brand" := e."sequence_brand"))) END AS in_order)
  FROM (
    SELECT *, (
      SELECT list(partition_key ORDER BY id)
      FROM partition
    ) AS partition_keys
    FROM (
      SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
      FROM (
        SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
        FROM raw
        WHERE session_id IS NOT NULL AND event_type = 5
      )
      GROUP BY k
    )
  )
)

-- given: next, catching up
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, min(event_time) AS next
FROM (
  SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
  FROM raw
  WHERE session_id IS NOT NULL AND event_type = 5
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:30:00.000000'
GROUP BY k

-- given: next, live
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, min(event_time) AS next
FROM (
  SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
  FROM raw
  WHERE session_id IS NOT NULL AND event_type = 5
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:30:00.000000' AND k IN (
  SELECT k
  FROM (
    SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
    FROM raw
    WHERE session_id IS NOT NULL AND event_type = 5
  )
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
  UNION ALL
  SELECT "session_id"
  FROM result.every_session_part_open
  WHERE session_id IS NOT NULL
)
GROUP BY k

-- given: next, by end
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, event_time AS next
FROM (
  SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
  FROM raw
  WHERE session_id IS NOT NULL AND event_type = 5
) LIMIT 0

-- given: carried
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "session_id" AS k, start, stored
  FROM result.every_session_part_open
  WHERE session_id IS NOT NULL
  UNION ALL
  SELECT "session_id", session_start, TRUE
  FROM result.every_session_part
  WHERE session_id IS NOT NULL AND "session_id" IN (
    SELECT k
    FROM (
      SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
      FROM raw
      WHERE session_id IS NOT NULL AND event_type = 5
    )
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
    UNION ALL
    SELECT k
    FROM (
      SELECT "session_id" AS k, start, stored
      FROM result.every_session_part_open
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
  FROM result.every_session_part_open
  WHERE session_id IS NOT NULL
  UNION ALL
  SELECT "session_id", session_start, TRUE
  FROM result.every_session_part
  WHERE session_id IS NOT NULL AND "session_id" IN ('a'::BIGINT, 'o''b'::BIGINT)
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
  FROM result.every_session_part_open
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
  SELECT k AS session_id, NULL::BIGINT AS visitor, session_start, session_end, list_filter(list_transform(in_order, lambda e: e."sequence_user_id"), lambda x: x IS NOT NULL)[1] AS "first_user_id", list_filter(list_transform(in_order, lambda e: e."sequence_brand_7a2dca"), lambda x: x IS NOT NULL)[-1] AS "last_brand_7a2dca", list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_quantity") AS "sequence_quantity", list_transform(in_order, lambda e: e."sequence_price") AS "sequence_price", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_user_id" := e."sequence_user_id", "sequence_brand_7a2dca" := e."sequence_brand_7a2dca", "sequence_event_time" := e."sequence_event_time", "sequence_quantity" := e."sequence_quantity", "sequence_price" := e."sequence_price", "sequence_brand" := e."sequence_brand"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
        FROM (
          SELECT *
          FROM (
            SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
            FROM raw
            WHERE session_id IS NOT NULL AND event_type = 5
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k NOT IN (
            SELECT k
            FROM session_next
          )
          UNION ALL
          SELECT e.*
          FROM (
            SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
            FROM raw
            WHERE session_id IS NOT NULL AND event_type = 5
          ) e
          JOIN session_carried c ON e.k = c.k
          WHERE e.event_time >= TIMESTAMP '2020-01-05 11:00:00.000000' AND e.event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND e.event_time >= c.start
        )
        GROUP BY k
      )
    )
  )
)

-- given: fresh, nothing carried, by end
SELECT *, FALSE AS open
FROM (
  SELECT k AS session_id, NULL::BIGINT AS visitor, session_start, session_end, list_filter(list_transform(in_order, lambda e: e."sequence_user_id"), lambda x: x IS NOT NULL)[1] AS "first_user_id", list_filter(list_transform(in_order, lambda e: e."sequence_brand_7a2dca"), lambda x: x IS NOT NULL)[-1] AS "last_brand_7a2dca", list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_quantity") AS "sequence_quantity", list_transform(in_order, lambda e: e."sequence_price") AS "sequence_price", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_user_id" := e."sequence_user_id", "sequence_brand_7a2dca" := e."sequence_brand_7a2dca", "sequence_event_time" := e."sequence_event_time", "sequence_quantity" := e."sequence_quantity", "sequence_price" := e."sequence_price", "sequence_brand" := e."sequence_brand"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
        FROM (
          SELECT *
          FROM (
            SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
            FROM raw
            WHERE session_id IS NOT NULL AND event_type = 5
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND k NOT IN (
            SELECT k
            FROM session_next
          )
        )
        GROUP BY k
      )
    )
  )
)

-- given: fresh, carried from the bound on
SELECT *, FALSE AS open
FROM (
  SELECT k AS session_id, NULL::BIGINT AS visitor, session_start, session_end, list_filter(list_transform(in_order, lambda e: e."sequence_user_id"), lambda x: x IS NOT NULL)[1] AS "first_user_id", list_filter(list_transform(in_order, lambda e: e."sequence_brand_7a2dca"), lambda x: x IS NOT NULL)[-1] AS "last_brand_7a2dca", list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_quantity") AS "sequence_quantity", list_transform(in_order, lambda e: e."sequence_price") AS "sequence_price", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_user_id" := e."sequence_user_id", "sequence_brand_7a2dca" := e."sequence_brand_7a2dca", "sequence_event_time" := e."sequence_event_time", "sequence_quantity" := e."sequence_quantity", "sequence_price" := e."sequence_price", "sequence_brand" := e."sequence_brand"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
        FROM (
          SELECT *
          FROM (
            SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
            FROM raw
            WHERE session_id IS NOT NULL AND event_type = 5
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k NOT IN (
            SELECT k
            FROM session_next
          )
        )
        GROUP BY k
      )
    )
  )
)

-- given: reopen, forget
DELETE
FROM result.every_session_part_open
WHERE session_id IS NOT NULL AND "session_id" NOT IN (
  SELECT k
  FROM session_next
)

-- given: reopen, open
SELECT k AS "session_id", min(event_time) AS start, FALSE AS stored
FROM (
  SELECT session_id AS k, coalesce(user_id, anonymous_id) AS v, *
  FROM raw
  WHERE session_id IS NOT NULL AND event_type = 5
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000' AND k IN (
  SELECT k
  FROM session_next
) AND k NOT IN (
  SELECT "session_id"
  FROM result.every_session_part_open
  WHERE session_id IS NOT NULL
)
GROUP BY k

-- given: due rows
SELECT "session_id", "visitor", "session_start", "session_end", "first_user_id", "last_brand_7a2dca", "sequence_event_time", "sequence_quantity", "sequence_price", "sequence_brand", late_events
FROM session_fresh
WHERE NOT open

-- gap: rows
WITH whole AS MATERIALIZED (
  SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
    FROM raw
    WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
  )
  GROUP BY k
), runs AS (
  SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 300000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
    FROM (
      SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
      FROM (
        SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
      )
      WHERE k IN (
        SELECT k
        FROM whole
        WHERE (epoch_us(session_end) - epoch_us(session_start)) > 300000000
      )
    )
  )
  GROUP BY k, run
)
SELECT NULL::BIGINT AS session_id, k AS visitor, session_start, session_end, list_filter(list_transform(in_order, lambda e: e."sequence_user_id"), lambda x: x IS NOT NULL)[1] AS "first_user_id", list_filter(list_transform(in_order, lambda e: e."sequence_brand_7a2dca"), lambda x: x IS NOT NULL)[-1] AS "last_brand_7a2dca", list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_quantity") AS "sequence_quantity", list_transform(in_order, lambda e: e."sequence_price") AS "sequence_price", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", late_events
FROM (
  SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_user_id" := e."sequence_user_id", "sequence_brand_7a2dca" := e."sequence_brand_7a2dca", "sequence_event_time" := e."sequence_event_time", "sequence_quantity" := e."sequence_quantity", "sequence_price" := e."sequence_price", "sequence_brand" := e."sequence_brand"))) END AS in_order)
  FROM (
    SELECT *, (
      SELECT list(partition_key ORDER BY id)
      FROM partition
    ) AS partition_keys
    FROM (
      SELECT *
      FROM whole
      WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 300000000
      UNION ALL
      SELECT * EXCLUDE (run)
      FROM runs
    )
  )
)

-- gap: next, catching up
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, min(event_time) AS next
FROM (
  SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
  FROM raw
  WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:30:00.000000'
GROUP BY k

-- gap: next, live
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, min(event_time) AS next
FROM (
  SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
  FROM raw
  WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
)
WHERE event_time >= TIMESTAMP '2020-01-05 12:30:00.000000' AND k IN (
  SELECT k
  FROM (
    SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
    FROM raw
    WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
  )
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
  UNION ALL
  SELECT "visitor"
  FROM result.every_session_part_open
  WHERE session_id IS NULL
)
GROUP BY k

-- gap: next, by end
CREATE OR REPLACE TEMP TABLE session_next AS
SELECT k, event_time AS next
FROM (
  SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
  FROM raw
  WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
) LIMIT 0

-- gap: carried
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "visitor" AS k, start, stored
  FROM result.every_session_part_open
  WHERE session_id IS NULL
  UNION ALL
  SELECT "visitor", session_start, TRUE
  FROM result.every_session_part
  WHERE session_id IS NULL AND "visitor" IN (
    SELECT k
    FROM (
      SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
      FROM raw
      WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
    )
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
    UNION ALL
    SELECT k
    FROM (
      SELECT "visitor" AS k, start, stored
      FROM result.every_session_part_open
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
  FROM result.every_session_part_open
  WHERE session_id IS NULL
  UNION ALL
  SELECT "visitor", session_start, TRUE
  FROM result.every_session_part
  WHERE session_id IS NULL AND "visitor" IN ('a'::BIGINT, 'o''b'::BIGINT)
)
GROUP BY k

-- gap: carried, none reopened
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "visitor" AS k, start, stored
  FROM result.every_session_part_open
  WHERE session_id IS NULL
)
GROUP BY k

-- gap: fresh
SELECT f.*, coalesce((epoch_us(n.next) - epoch_us(f.session_end)) <= 300000000, FALSE) AS open
FROM (
  WITH whole AS MATERIALIZED (
    SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *
      FROM (
        SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
      )
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
      UNION ALL
      SELECT e.*
      FROM (
        SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
      ) e
      JOIN session_carried c ON e.k = c.k
      WHERE e.event_time >= TIMESTAMP '2020-01-05 11:00:00.000000' AND e.event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND e.event_time >= c.start
    )
    GROUP BY k
  ), runs AS (
    SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 300000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
      FROM (
        SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
        FROM (
          SELECT *
          FROM (
            SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
          UNION ALL
          SELECT e.*
          FROM (
            SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
          ) e
          JOIN session_carried c ON e.k = c.k
          WHERE e.event_time >= TIMESTAMP '2020-01-05 11:00:00.000000' AND e.event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND e.event_time >= c.start
        )
        WHERE k IN (
          SELECT k
          FROM whole
          WHERE (epoch_us(session_end) - epoch_us(session_start)) > 300000000
        )
      )
    )
    GROUP BY k, run
  )
  SELECT NULL::BIGINT AS session_id, k AS visitor, session_start, session_end, list_filter(list_transform(in_order, lambda e: e."sequence_user_id"), lambda x: x IS NOT NULL)[1] AS "first_user_id", list_filter(list_transform(in_order, lambda e: e."sequence_brand_7a2dca"), lambda x: x IS NOT NULL)[-1] AS "last_brand_7a2dca", list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_quantity") AS "sequence_quantity", list_transform(in_order, lambda e: e."sequence_price") AS "sequence_price", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_user_id" := e."sequence_user_id", "sequence_brand_7a2dca" := e."sequence_brand_7a2dca", "sequence_event_time" := e."sequence_event_time", "sequence_quantity" := e."sequence_quantity", "sequence_price" := e."sequence_price", "sequence_brand" := e."sequence_brand"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT *
        FROM whole
        WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 300000000
        UNION ALL
        SELECT * EXCLUDE (run)
        FROM runs
      )
    )
  )
) f
LEFT
JOIN session_next n ON n.k = f."visitor"

-- gap: fresh, nothing carried, by end
SELECT f.*, coalesce((epoch_us(n.next) - epoch_us(f.session_end)) <= 300000000, FALSE) AS open
FROM (
  WITH whole AS MATERIALIZED (
    SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *
      FROM (
        SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
      )
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000'
    )
    GROUP BY k
  ), runs AS (
    SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 300000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
      FROM (
        SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
        FROM (
          SELECT *
          FROM (
            SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000'
        )
        WHERE k IN (
          SELECT k
          FROM whole
          WHERE (epoch_us(session_end) - epoch_us(session_start)) > 300000000
        )
      )
    )
    GROUP BY k, run
  )
  SELECT NULL::BIGINT AS session_id, k AS visitor, session_start, session_end, list_filter(list_transform(in_order, lambda e: e."sequence_user_id"), lambda x: x IS NOT NULL)[1] AS "first_user_id", list_filter(list_transform(in_order, lambda e: e."sequence_brand_7a2dca"), lambda x: x IS NOT NULL)[-1] AS "last_brand_7a2dca", list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_quantity") AS "sequence_quantity", list_transform(in_order, lambda e: e."sequence_price") AS "sequence_price", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_user_id" := e."sequence_user_id", "sequence_brand_7a2dca" := e."sequence_brand_7a2dca", "sequence_event_time" := e."sequence_event_time", "sequence_quantity" := e."sequence_quantity", "sequence_price" := e."sequence_price", "sequence_brand" := e."sequence_brand"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT *
        FROM whole
        WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 300000000
        UNION ALL
        SELECT * EXCLUDE (run)
        FROM runs
      )
    )
  )
) f
LEFT
JOIN session_next n ON n.k = f."visitor"

-- gap: fresh, carried from the bound on
SELECT f.*, coalesce((epoch_us(n.next) - epoch_us(f.session_end)) <= 300000000, FALSE) AS open
FROM (
  WITH whole AS MATERIALIZED (
    SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *
      FROM (
        SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
        FROM raw
        WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
      )
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
    )
    GROUP BY k
  ), runs AS (
    SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_user_id" := user_id, "sequence_brand_7a2dca" := CASE WHEN price > 9 THEN brand END, "sequence_event_time" := event_time, "sequence_quantity" := quantity, "sequence_price" := price, "sequence_brand" := brand)) AS in_order, count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 300000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
      FROM (
        SELECT *, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
        FROM (
          SELECT *
          FROM (
            SELECT coalesce(user_id, anonymous_id) AS k, coalesce(user_id, anonymous_id) AS v, *
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id, anonymous_id) IS NOT NULL AND event_type = 5
          )
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:30:00.000000'
        )
        WHERE k IN (
          SELECT k
          FROM whole
          WHERE (epoch_us(session_end) - epoch_us(session_start)) > 300000000
        )
      )
    )
    GROUP BY k, run
  )
  SELECT NULL::BIGINT AS session_id, k AS visitor, session_start, session_end, list_filter(list_transform(in_order, lambda e: e."sequence_user_id"), lambda x: x IS NOT NULL)[1] AS "first_user_id", list_filter(list_transform(in_order, lambda e: e."sequence_brand_7a2dca"), lambda x: x IS NOT NULL)[-1] AS "last_brand_7a2dca", list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_quantity") AS "sequence_quantity", list_transform(in_order, lambda e: e."sequence_price") AS "sequence_price", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_user_id" := e."sequence_user_id", "sequence_brand_7a2dca" := e."sequence_brand_7a2dca", "sequence_event_time" := e."sequence_event_time", "sequence_quantity" := e."sequence_quantity", "sequence_price" := e."sequence_price", "sequence_brand" := e."sequence_brand"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT *
        FROM whole
        WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 300000000
        UNION ALL
        SELECT * EXCLUDE (run)
        FROM runs
      )
    )
  )
) f
LEFT
JOIN session_next n ON n.k = f."visitor"

-- gap: reopen, forget
DELETE
FROM result.every_session_part_open
WHERE session_id IS NULL

-- gap: reopen, open
SELECT f."visitor", f.session_start AS start, coalesce(c.stored, FALSE) AS stored
FROM session_fresh f
LEFT
JOIN session_carried c ON c.k = f."visitor"
WHERE f.open

-- gap: due rows
SELECT "session_id", "visitor", "session_start", "session_end", "first_user_id", "last_brand_7a2dca", "sequence_event_time", "sequence_quantity", "sequence_price", "sequence_brand", late_events
FROM session_fresh
WHERE NOT open

-- first close
INSERT INTO result.every_session_part
SELECT "session_id", "visitor", "session_start", "session_end", "first_user_id", "last_brand_7a2dca", "sequence_event_time", "sequence_quantity", "sequence_price", "sequence_brand", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "session_id", "visitor", "session_start", "session_end", "first_user_id", "last_brand_7a2dca", "sequence_event_time", "sequence_quantity", "sequence_price", "sequence_brand", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, coalesce(max(old_revision) FILTER (new_row IS NULL) OVER (PARTITION BY session_id, CASE WHEN session_id IS NULL THEN visitor END) + 1, 0)) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row, o.session_start AS old_start, n.session_start AS new_start, coalesce(o.session_id, n.session_id) AS session_id, coalesce(o.visitor, n.visitor) AS visitor
  FROM (
    SELECT rowid AS row, *, session_id AS i0, visitor AS i1, CASE WHEN session_id IS NULL THEN session_start END AS i2
    FROM result.every_session_part
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
  FROM n."session_end" OR o."first_user_id" IS DISTINCT
  FROM n."first_user_id" OR o."last_brand_7a2dca" IS DISTINCT
  FROM n."last_brand_7a2dca" OR o."sequence_event_time" IS DISTINCT
  FROM n."sequence_event_time" OR o."sequence_quantity" IS DISTINCT
  FROM n."sequence_quantity" OR o."sequence_price" IS DISTINCT
  FROM n."sequence_price" OR o."sequence_brand" IS DISTINCT
  FROM n."sequence_brand"
)

-- restate 3
INSERT INTO result.every_session_part_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.every_session_part t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.every_session_part
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.every_session_part
SELECT n."session_id", n."visitor", n."session_start", n."session_end", n."first_user_id", n."last_brand_7a2dca", n."sequence_event_time", n."sequence_quantity", n."sequence_price", n."sequence_brand", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
session_id::VARCHAR = 's''1' AND event_time >= TIMESTAMP 'x''y' AND event_time <= TIMESTAMP 'x''y' AND event_type = 5

-- events of a row without keys
session_id IS NULL AND coalesce(user_id, anonymous_id)::VARCHAR = 'v1' AND event_time >= TIMESTAMP 'x''y' AND event_time <= TIMESTAMP 'x''y' AND event_type = 5

-- present
SELECT CASE WHEN session_id IS NOT NULL THEN session_id::VARCHAR ELSE '~' || visitor::VARCHAR || '~' || epoch_us(session_start)::VARCHAR END AS "id", visitor::VARCHAR AS "visitor", session_start AS "start", session_end AS "end", CASE WHEN r.is_final THEN 'completed' ELSE 'active' END AS "status", (epoch_us(session_end) - epoch_us(session_start))::DOUBLE / 60000000 AS "minutes", ((epoch_us(session_end) - epoch_us(session_start)) // 1000000) AS "seconds", first_user_id::VARCHAR AS "first_person", "s_last_dear".text AS "last_dear", sequence_event_time AS "times", sequence_quantity AS "pieces", sequence_price AS "prices", list_select((
  SELECT list(text ORDER BY id)
  FROM symbol
), list_transform(sequence_brand, lambda x: coalesce(x, 0))) AS "brands", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.every_session_part
) r
LEFT
JOIN symbol "s_last_dear" ON "s_last_dear".id = last_brand_7a2dca

-- stored rows
SELECT "session_id", "visitor", "session_start", "session_end", "first_user_id", "last_brand_7a2dca", "sequence_event_time", "sequence_quantity", "sequence_price", "sequence_brand", late_events, TRUE AS is_final, revision, epoch
FROM result.every_session_part t
WHERE TRUE

-- live rows
SELECT "session_id", "visitor", "session_start", "session_end", "first_user_id", "last_brand_7a2dca", "sequence_event_time", "sequence_quantity", "sequence_price", "sequence_brand", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.every_session_part

-- drop 2
DROP TABLE IF EXISTS result.every_session_part_history

-- drop 3
DROP TABLE IF EXISTS result.every_session_part_open

-- id columns
result.every_session_part session_id BIGINT, result.every_session_part visitor BIGINT, result.every_session_part first_user_id BIGINT, result.every_session_part_history session_id BIGINT, result.every_session_part_history visitor BIGINT, result.every_session_part_history first_user_id BIGINT, result.every_session_part_open session_id BIGINT, result.every_session_part_open visitor BIGINT
