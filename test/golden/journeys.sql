-- types
session_id text, visitor id, session_start time, session_end time, event_times time[], event_types symbol[], products symbol[], categories symbol[], brands symbol[], amounts money[], first_channel symbol, last_channel symbol, first_utm_source symbol, last_utm_source symbol, first_device symbol, last_device symbol, first_country symbol, last_country symbol

-- table 1
CREATE TABLE result.journeys ("session_id" UUID, "visitor" VARCHAR, "session_start" TIMESTAMP, "session_end" TIMESTAMP, "sequence_event_time" TIMESTAMP[], "sequence_event_type" INTEGER[], "sequence_product_id" INTEGER[], "sequence_category_name" INTEGER[], "sequence_brand" INTEGER[], "sequence_amount" DECIMAL(18,4)[], "first_channel" INTEGER, "last_channel" INTEGER, "first_utm_source" INTEGER, "last_utm_source" INTEGER, "first_device" INTEGER, "last_device" INTEGER, "first_country" INTEGER, "last_country" INTEGER, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.journeys_history ("session_id" UUID, "visitor" VARCHAR, "session_start" TIMESTAMP, "session_end" TIMESTAMP, "sequence_event_time" TIMESTAMP[], "sequence_event_type" INTEGER[], "sequence_product_id" INTEGER[], "sequence_category_name" INTEGER[], "sequence_brand" INTEGER[], "sequence_amount" DECIMAL(18,4)[], "first_channel" INTEGER, "last_channel" INTEGER, "first_utm_source" INTEGER, "last_utm_source" INTEGER, "first_device" INTEGER, "last_device" INTEGER, "first_country" INTEGER, "last_country" INTEGER, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- table 3
CREATE TABLE result.journeys_open (session_id UUID, visitor VARCHAR, start TIMESTAMP, stored BOOLEAN)

-- given: rows
SELECT k AS session_id, v AS visitor, session_start, session_end, list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_event_type") AS "sequence_event_type", list_transform(in_order, lambda e: e."sequence_product_id") AS "sequence_product_id", list_transform(in_order, lambda e: e."sequence_category_name") AS "sequence_category_name", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", list_transform(in_order, lambda e: e."sequence_amount") AS "sequence_amount", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[1] AS "first_channel", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[-1] AS "last_channel", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[1] AS "first_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[-1] AS "last_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[1] AS "first_device", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[-1] AS "last_device", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[1] AS "first_country", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[-1] AS "last_country", late_events
FROM (
  SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_event_time" := e."sequence_event_time", "sequence_event_type" := e."sequence_event_type", "sequence_product_id" := e."sequence_product_id", "sequence_category_name" := e."sequence_category_name", "sequence_brand" := e."sequence_brand", "sequence_amount" := e."sequence_amount", "sequence_channel" := e."sequence_channel", "sequence_utm_source" := e."sequence_utm_source", "sequence_device" := e."sequence_device", "sequence_country" := e."sequence_country"))) END AS in_order)
  FROM (
    SELECT *, (
      SELECT list(partition_key ORDER BY id)
      FROM partition
    ) AS partition_keys
    FROM (
      SELECT k, v, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
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
  )
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
  FROM result.journeys_open
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
  FROM result.journeys_open
  WHERE session_id IS NOT NULL
  UNION ALL
  SELECT "session_id", session_start, TRUE
  FROM result.journeys
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
      FROM result.journeys_open
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
  FROM result.journeys_open
  WHERE session_id IS NOT NULL
  UNION ALL
  SELECT "session_id", session_start, TRUE
  FROM result.journeys
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
  FROM result.journeys_open
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
  SELECT k AS session_id, v AS visitor, session_start, session_end, list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_event_type") AS "sequence_event_type", list_transform(in_order, lambda e: e."sequence_product_id") AS "sequence_product_id", list_transform(in_order, lambda e: e."sequence_category_name") AS "sequence_category_name", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", list_transform(in_order, lambda e: e."sequence_amount") AS "sequence_amount", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[1] AS "first_channel", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[-1] AS "last_channel", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[1] AS "first_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[-1] AS "last_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[1] AS "first_device", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[-1] AS "last_device", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[1] AS "first_country", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[-1] AS "last_country", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_event_time" := e."sequence_event_time", "sequence_event_type" := e."sequence_event_type", "sequence_product_id" := e."sequence_product_id", "sequence_category_name" := e."sequence_category_name", "sequence_brand" := e."sequence_brand", "sequence_amount" := e."sequence_amount", "sequence_channel" := e."sequence_channel", "sequence_utm_source" := e."sequence_utm_source", "sequence_device" := e."sequence_device", "sequence_country" := e."sequence_country"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT k, v, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
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
  )
)

-- given: fresh, nothing carried, by end
SELECT *, FALSE AS open
FROM (
  SELECT k AS session_id, v AS visitor, session_start, session_end, list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_event_type") AS "sequence_event_type", list_transform(in_order, lambda e: e."sequence_product_id") AS "sequence_product_id", list_transform(in_order, lambda e: e."sequence_category_name") AS "sequence_category_name", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", list_transform(in_order, lambda e: e."sequence_amount") AS "sequence_amount", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[1] AS "first_channel", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[-1] AS "last_channel", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[1] AS "first_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[-1] AS "last_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[1] AS "first_device", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[-1] AS "last_device", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[1] AS "first_country", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[-1] AS "last_country", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_event_time" := e."sequence_event_time", "sequence_event_type" := e."sequence_event_type", "sequence_product_id" := e."sequence_product_id", "sequence_category_name" := e."sequence_category_name", "sequence_brand" := e."sequence_brand", "sequence_amount" := e."sequence_amount", "sequence_channel" := e."sequence_channel", "sequence_utm_source" := e."sequence_utm_source", "sequence_device" := e."sequence_device", "sequence_country" := e."sequence_country"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT k, v, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
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
  )
)

-- given: fresh, carried from the bound on
SELECT *, FALSE AS open
FROM (
  SELECT k AS session_id, v AS visitor, session_start, session_end, list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_event_type") AS "sequence_event_type", list_transform(in_order, lambda e: e."sequence_product_id") AS "sequence_product_id", list_transform(in_order, lambda e: e."sequence_category_name") AS "sequence_category_name", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", list_transform(in_order, lambda e: e."sequence_amount") AS "sequence_amount", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[1] AS "first_channel", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[-1] AS "last_channel", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[1] AS "first_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[-1] AS "last_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[1] AS "first_device", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[-1] AS "last_device", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[1] AS "first_country", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[-1] AS "last_country", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_event_time" := e."sequence_event_time", "sequence_event_type" := e."sequence_event_type", "sequence_product_id" := e."sequence_product_id", "sequence_category_name" := e."sequence_category_name", "sequence_brand" := e."sequence_brand", "sequence_amount" := e."sequence_amount", "sequence_channel" := e."sequence_channel", "sequence_utm_source" := e."sequence_utm_source", "sequence_device" := e."sequence_device", "sequence_country" := e."sequence_country"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT k, v, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
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
  )
)

-- given: reopen, forget
DELETE
FROM result.journeys_open
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
  FROM result.journeys_open
  WHERE session_id IS NOT NULL
)
GROUP BY k

-- given: due rows
SELECT "session_id", "visitor", "session_start", "session_end", "sequence_event_time", "sequence_event_type", "sequence_product_id", "sequence_category_name", "sequence_brand", "sequence_amount", "first_channel", "last_channel", "first_utm_source", "last_utm_source", "first_device", "last_device", "first_country", "last_country", late_events
FROM session_fresh
WHERE NOT open

-- gap: rows
WITH whole AS MATERIALIZED (
  SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, *
    FROM raw
    WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND TRUE
  )
  GROUP BY k
), runs AS (
  SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 1800000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
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
        WHERE (epoch_us(session_end) - epoch_us(session_start)) > 1800000000
      )
    )
  )
  GROUP BY k, run
)
SELECT NULL::UUID AS session_id, k AS visitor, session_start, session_end, list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_event_type") AS "sequence_event_type", list_transform(in_order, lambda e: e."sequence_product_id") AS "sequence_product_id", list_transform(in_order, lambda e: e."sequence_category_name") AS "sequence_category_name", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", list_transform(in_order, lambda e: e."sequence_amount") AS "sequence_amount", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[1] AS "first_channel", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[-1] AS "last_channel", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[1] AS "first_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[-1] AS "last_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[1] AS "first_device", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[-1] AS "last_device", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[1] AS "first_country", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[-1] AS "last_country", late_events
FROM (
  SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_event_time" := e."sequence_event_time", "sequence_event_type" := e."sequence_event_type", "sequence_product_id" := e."sequence_product_id", "sequence_category_name" := e."sequence_category_name", "sequence_brand" := e."sequence_brand", "sequence_amount" := e."sequence_amount", "sequence_channel" := e."sequence_channel", "sequence_utm_source" := e."sequence_utm_source", "sequence_device" := e."sequence_device", "sequence_country" := e."sequence_country"))) END AS in_order)
  FROM (
    SELECT *, (
      SELECT list(partition_key ORDER BY id)
      FROM partition
    ) AS partition_keys
    FROM (
      SELECT *
      FROM whole
      WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 1800000000
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
  FROM result.journeys_open
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
  FROM result.journeys_open
  WHERE session_id IS NULL
  UNION ALL
  SELECT "visitor", session_start, TRUE
  FROM result.journeys
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
      FROM result.journeys_open
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
  FROM result.journeys_open
  WHERE session_id IS NULL
  UNION ALL
  SELECT "visitor", session_start, TRUE
  FROM result.journeys
  WHERE session_id IS NULL AND "visitor" IN ('a'::UUID, 'o''b'::UUID)
)
GROUP BY k

-- gap: carried, none reopened
CREATE OR REPLACE TEMP TABLE session_carried AS
SELECT k, min(start) AS start, bool_or(stored) AS stored
FROM (
  SELECT "visitor" AS k, start, stored
  FROM result.journeys_open
  WHERE session_id IS NULL
)
GROUP BY k

-- gap: fresh
SELECT f.*, coalesce((epoch_us(n.next) - epoch_us(f.session_end)) <= 1800000000, FALSE) AS open
FROM (
  WITH whole AS MATERIALIZED (
    SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
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
    SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 1800000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
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
          WHERE (epoch_us(session_end) - epoch_us(session_start)) > 1800000000
        )
      )
    )
    GROUP BY k, run
  )
  SELECT NULL::UUID AS session_id, k AS visitor, session_start, session_end, list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_event_type") AS "sequence_event_type", list_transform(in_order, lambda e: e."sequence_product_id") AS "sequence_product_id", list_transform(in_order, lambda e: e."sequence_category_name") AS "sequence_category_name", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", list_transform(in_order, lambda e: e."sequence_amount") AS "sequence_amount", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[1] AS "first_channel", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[-1] AS "last_channel", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[1] AS "first_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[-1] AS "last_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[1] AS "first_device", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[-1] AS "last_device", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[1] AS "first_country", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[-1] AS "last_country", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_event_time" := e."sequence_event_time", "sequence_event_type" := e."sequence_event_type", "sequence_product_id" := e."sequence_product_id", "sequence_category_name" := e."sequence_category_name", "sequence_brand" := e."sequence_brand", "sequence_amount" := e."sequence_amount", "sequence_channel" := e."sequence_channel", "sequence_utm_source" := e."sequence_utm_source", "sequence_device" := e."sequence_device", "sequence_country" := e."sequence_country"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT *
        FROM whole
        WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 1800000000
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
SELECT f.*, coalesce((epoch_us(n.next) - epoch_us(f.session_end)) <= 1800000000, FALSE) AS open
FROM (
  WITH whole AS MATERIALIZED (
    SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
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
    SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 1800000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
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
          WHERE (epoch_us(session_end) - epoch_us(session_start)) > 1800000000
        )
      )
    )
    GROUP BY k, run
  )
  SELECT NULL::UUID AS session_id, k AS visitor, session_start, session_end, list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_event_type") AS "sequence_event_type", list_transform(in_order, lambda e: e."sequence_product_id") AS "sequence_product_id", list_transform(in_order, lambda e: e."sequence_category_name") AS "sequence_category_name", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", list_transform(in_order, lambda e: e."sequence_amount") AS "sequence_amount", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[1] AS "first_channel", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[-1] AS "last_channel", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[1] AS "first_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[-1] AS "last_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[1] AS "first_device", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[-1] AS "last_device", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[1] AS "first_country", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[-1] AS "last_country", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_event_time" := e."sequence_event_time", "sequence_event_type" := e."sequence_event_type", "sequence_product_id" := e."sequence_product_id", "sequence_category_name" := e."sequence_category_name", "sequence_brand" := e."sequence_brand", "sequence_amount" := e."sequence_amount", "sequence_channel" := e."sequence_channel", "sequence_utm_source" := e."sequence_utm_source", "sequence_device" := e."sequence_device", "sequence_country" := e."sequence_country"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT *
        FROM whole
        WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 1800000000
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
SELECT f.*, coalesce((epoch_us(n.next) - epoch_us(f.session_end)) <= 1800000000, FALSE) AS open
FROM (
  WITH whole AS MATERIALIZED (
    SELECT k, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
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
    SELECT k, run, min(event_time) AS session_start, max(event_time) AS session_end, list(struct_pack(at := event_time, id := event_id, part := part, place := position, "sequence_event_time" := event_time, "sequence_event_type" := event_type, "sequence_product_id" := product_id, "sequence_category_name" := category_name, "sequence_brand" := brand, "sequence_amount" := amount, "sequence_channel" := channel, "sequence_utm_source" := utm_source, "sequence_device" := device, "sequence_country" := country)) AS in_order, count_if(late)::BIGINT AS late_events
    FROM (
      SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 1800000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
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
          WHERE (epoch_us(session_end) - epoch_us(session_start)) > 1800000000
        )
      )
    )
    GROUP BY k, run
  )
  SELECT NULL::UUID AS session_id, k AS visitor, session_start, session_end, list_transform(in_order, lambda e: e."sequence_event_time") AS "sequence_event_time", list_transform(in_order, lambda e: e."sequence_event_type") AS "sequence_event_type", list_transform(in_order, lambda e: e."sequence_product_id") AS "sequence_product_id", list_transform(in_order, lambda e: e."sequence_category_name") AS "sequence_category_name", list_transform(in_order, lambda e: e."sequence_brand") AS "sequence_brand", list_transform(in_order, lambda e: e."sequence_amount") AS "sequence_amount", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[1] AS "first_channel", list_filter(list_transform(in_order, lambda e: e."sequence_channel"), lambda x: x IS NOT NULL)[-1] AS "last_channel", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[1] AS "first_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_utm_source"), lambda x: x IS NOT NULL)[-1] AS "last_utm_source", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[1] AS "first_device", list_filter(list_transform(in_order, lambda e: e."sequence_device"), lambda x: x IS NOT NULL)[-1] AS "last_device", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[1] AS "first_country", list_filter(list_transform(in_order, lambda e: e."sequence_country"), lambda x: x IS NOT NULL)[-1] AS "last_country", late_events
  FROM (
    SELECT * REPLACE (CASE WHEN len(in_order) = 1 OR list_bool_and(list_transform(in_order, lambda e, i: i = 1 OR e.at > in_order[i - 1].at)) THEN in_order ELSE list_sort(list_transform(in_order, lambda e: struct_pack(at := e.at, id := coalesce(e.id, partition_keys[e.part] || ':0:' || lpad(e.place::VARCHAR, 20, '0')), "part" := e."part", "place" := e."place", "sequence_event_time" := e."sequence_event_time", "sequence_event_type" := e."sequence_event_type", "sequence_product_id" := e."sequence_product_id", "sequence_category_name" := e."sequence_category_name", "sequence_brand" := e."sequence_brand", "sequence_amount" := e."sequence_amount", "sequence_channel" := e."sequence_channel", "sequence_utm_source" := e."sequence_utm_source", "sequence_device" := e."sequence_device", "sequence_country" := e."sequence_country"))) END AS in_order)
    FROM (
      SELECT *, (
        SELECT list(partition_key ORDER BY id)
        FROM partition
      ) AS partition_keys
      FROM (
        SELECT *
        FROM whole
        WHERE NOT (epoch_us(session_end) - epoch_us(session_start)) > 1800000000
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
FROM result.journeys_open
WHERE session_id IS NULL

-- gap: reopen, open
SELECT f."visitor", f.session_start AS start, coalesce(c.stored, FALSE) AS stored
FROM session_fresh f
LEFT
JOIN session_carried c ON c.k = f."visitor"
WHERE f.open

-- gap: due rows
SELECT "session_id", "visitor", "session_start", "session_end", "sequence_event_time", "sequence_event_type", "sequence_product_id", "sequence_category_name", "sequence_brand", "sequence_amount", "first_channel", "last_channel", "first_utm_source", "last_utm_source", "first_device", "last_device", "first_country", "last_country", late_events
FROM session_fresh
WHERE NOT open

-- first close
INSERT INTO result.journeys
SELECT "session_id", "visitor", "session_start", "session_end", "sequence_event_time", "sequence_event_type", "sequence_product_id", "sequence_category_name", "sequence_brand", "sequence_amount", "first_channel", "last_channel", "first_utm_source", "last_utm_source", "first_device", "last_device", "first_country", "last_country", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "session_id", "visitor", "session_start", "session_end", "sequence_event_time", "sequence_event_type", "sequence_product_id", "sequence_category_name", "sequence_brand", "sequence_amount", "first_channel", "last_channel", "first_utm_source", "last_utm_source", "first_device", "last_device", "first_country", "last_country", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, coalesce(max(old_revision) FILTER (new_row IS NULL) OVER (PARTITION BY session_id, CASE WHEN session_id IS NULL THEN visitor END) + 1, 0)) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row, o.session_start AS old_start, n.session_start AS new_start, coalesce(o.session_id, n.session_id) AS session_id, coalesce(o.visitor, n.visitor) AS visitor
  FROM (
    SELECT rowid AS row, *, session_id AS i0, visitor AS i1, CASE WHEN session_id IS NULL THEN session_start END AS i2
    FROM result.journeys
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
  FROM n."session_end" OR o."sequence_event_time" IS DISTINCT
  FROM n."sequence_event_time" OR o."sequence_event_type" IS DISTINCT
  FROM n."sequence_event_type" OR o."sequence_product_id" IS DISTINCT
  FROM n."sequence_product_id" OR o."sequence_category_name" IS DISTINCT
  FROM n."sequence_category_name" OR o."sequence_brand" IS DISTINCT
  FROM n."sequence_brand" OR o."sequence_amount" IS DISTINCT
  FROM n."sequence_amount" OR o."first_channel" IS DISTINCT
  FROM n."first_channel" OR o."last_channel" IS DISTINCT
  FROM n."last_channel" OR o."first_utm_source" IS DISTINCT
  FROM n."first_utm_source" OR o."last_utm_source" IS DISTINCT
  FROM n."last_utm_source" OR o."first_device" IS DISTINCT
  FROM n."first_device" OR o."last_device" IS DISTINCT
  FROM n."last_device" OR o."first_country" IS DISTINCT
  FROM n."first_country" OR o."last_country" IS DISTINCT
  FROM n."last_country"
)

-- restate 3
INSERT INTO result.journeys_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.journeys t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.journeys
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.journeys
SELECT n."session_id", n."visitor", n."session_start", n."session_end", n."sequence_event_time", n."sequence_event_type", n."sequence_product_id", n."sequence_category_name", n."sequence_brand", n."sequence_amount", n."first_channel", n."last_channel", n."first_utm_source", n."last_utm_source", n."first_device", n."last_device", n."first_country", n."last_country", n.late_events, c.revision, 7
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
SELECT CASE WHEN session_id IS NOT NULL THEN session_id::VARCHAR ELSE '~' || visitor::VARCHAR || '~' || epoch_us(session_start)::VARCHAR END AS "session_id", visitor::VARCHAR AS "visitor", session_start AS "session_start", session_end AS "session_end", sequence_event_time AS "event_times", list_select((
  SELECT list(text ORDER BY id)
  FROM symbol
), list_transform(sequence_event_type, lambda x: coalesce(x, 0))) AS "event_types", list_select((
  SELECT list(text ORDER BY id)
  FROM symbol
), list_transform(sequence_product_id, lambda x: coalesce(x, 0))) AS "products", list_select((
  SELECT list(text ORDER BY id)
  FROM symbol
), list_transform(sequence_category_name, lambda x: coalesce(x, 0))) AS "categories", list_select((
  SELECT list(text ORDER BY id)
  FROM symbol
), list_transform(sequence_brand, lambda x: coalesce(x, 0))) AS "brands", sequence_amount AS "amounts", "s_first_channel".text AS "first_channel", "s_last_channel".text AS "last_channel", "s_first_utm_source".text AS "first_utm_source", "s_last_utm_source".text AS "last_utm_source", "s_first_device".text AS "first_device", "s_last_device".text AS "last_device", "s_first_country".text AS "first_country", "s_last_country".text AS "last_country", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.journeys
) r
LEFT
JOIN symbol "s_first_channel" ON "s_first_channel".id = first_channel
LEFT
JOIN symbol "s_last_channel" ON "s_last_channel".id = last_channel
LEFT
JOIN symbol "s_first_utm_source" ON "s_first_utm_source".id = first_utm_source
LEFT
JOIN symbol "s_last_utm_source" ON "s_last_utm_source".id = last_utm_source
LEFT
JOIN symbol "s_first_device" ON "s_first_device".id = first_device
LEFT
JOIN symbol "s_last_device" ON "s_last_device".id = last_device
LEFT
JOIN symbol "s_first_country" ON "s_first_country".id = first_country
LEFT
JOIN symbol "s_last_country" ON "s_last_country".id = last_country

-- stored rows
SELECT "session_id", "visitor", "session_start", "session_end", "sequence_event_time", "sequence_event_type", "sequence_product_id", "sequence_category_name", "sequence_brand", "sequence_amount", "first_channel", "last_channel", "first_utm_source", "last_utm_source", "first_device", "last_device", "first_country", "last_country", late_events, TRUE AS is_final, revision, epoch
FROM result.journeys t
WHERE TRUE

-- live rows
SELECT "session_id", "visitor", "session_start", "session_end", "sequence_event_time", "sequence_event_type", "sequence_product_id", "sequence_category_name", "sequence_brand", "sequence_amount", "first_channel", "last_channel", "first_utm_source", "last_utm_source", "first_device", "last_device", "first_country", "last_country", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.journeys

-- drop 2
DROP TABLE IF EXISTS result.journeys_history

-- drop 3
DROP TABLE IF EXISTS result.journeys_open

-- id columns
result.journeys session_id UUID, result.journeys visitor VARCHAR, result.journeys_history session_id UUID, result.journeys_history visitor VARCHAR, result.journeys_open session_id UUID, result.journeys_open visitor VARCHAR
