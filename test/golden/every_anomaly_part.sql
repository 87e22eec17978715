-- types
event text, who id, score double, flag boolean, reasons texts

-- table 1
CREATE TABLE result.every_anomaly_part ("seq" BIGINT, "moment" TIMESTAMP, "day" BIGINT, "event" VARCHAR, "who" VARCHAR, "part1_among" INTEGER, "part1_of" BIGINT, "part2_among" VARCHAR, "part2_of" BIGINT, "part3_among" UUID, "part3_of" INTEGER, "part4_among" INTEGER, "part4_of" TIMESTAMP, "part1_strength" BIGINT, "part1_figure" BIGINT, "part2_strength" BIGINT, "part2_figure" BIGINT, "part3_strength" BIGINT, "part3_figure" BIGINT, "part4_strength" BIGINT, "part4_figure" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.every_anomaly_part_history ("seq" BIGINT, "moment" TIMESTAMP, "day" BIGINT, "event" VARCHAR, "who" VARCHAR, "part1_among" INTEGER, "part1_of" BIGINT, "part2_among" VARCHAR, "part2_of" BIGINT, "part3_among" UUID, "part3_of" INTEGER, "part4_among" INTEGER, "part4_of" TIMESTAMP, "part1_strength" BIGINT, "part1_figure" BIGINT, "part2_strength" BIGINT, "part2_figure" BIGINT, "part3_strength" BIGINT, "part3_figure" BIGINT, "part4_strength" BIGINT, "part4_figure" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- events where days are those of UTC
SELECT seq, moment, day, v0 AS "event", v1 AS "who", v2 AS "part1_among", v3 AS "part1_of", v4 AS "part2_among", v5 AS "part2_of", v6 AS "part3_among", v7 AS "part3_of", v8 AS "part4_among", v9 AS "part4_of", late_events
FROM (
  SELECT seq, event_time AS moment, (epoch_us(event_time) // 86400000000)::INTEGER AS day, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS v0, coalesce(user_id, anonymous_id) AS v1, brand AS v2, CASE WHEN coalesce(quantity, 2) > 0 THEN round(1000 * ln(coalesce(quantity, 2)::BIGINT::DOUBLE))::INTEGER END AS v3, user_id AS v4, CASE WHEN price > 0 THEN round(1000 * ln((price * 10000)::BIGINT::DOUBLE))::INTEGER END AS v5, session_id AS v6, channel AS v7, device AS v8, event_time AS v9, late::BIGINT AS late_events
  FROM raw
  WHERE event_type = 5 AND batch = 7
)

-- events of no day
SELECT seq, moment, day, v0 AS "event", v1 AS "who", v2 AS "part1_among", v3 AS "part1_of", v4 AS "part2_among", v5 AS "part2_of", v6 AS "part3_among", v7 AS "part3_of", v8 AS "part4_among", v9 AS "part4_of", late_events
FROM (
  SELECT seq, event_time AS moment, shop_day.number AS day, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS v0, coalesce(user_id, anonymous_id) AS v1, brand AS v2, CASE WHEN coalesce(quantity, 2) > 0 THEN round(1000 * ln(coalesce(quantity, 2)::BIGINT::DOUBLE))::INTEGER END AS v3, user_id AS v4, CASE WHEN price > 0 THEN round(1000 * ln((price * 10000)::BIGINT::DOUBLE))::INTEGER END AS v5, session_id AS v6, channel AS v7, device AS v8, event_time AS v9, late::BIGINT AS late_events
  FROM raw
  JOIN (
    SELECT 0 AS utc, NULL::TIMESTAMP AS begun, NULL::TIMESTAMP AS ended, 0 AS number
  ) shop_day ON shop_day.utc = (epoch_us(event_time) // 86400000000)::INTEGER AND event_time >= shop_day.begun AND event_time < shop_day.ended
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND event_type = 5
)

-- stored events
SELECT seq, moment, day, "event", "who", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", late_events
FROM result.every_anomaly_part
WHERE seq = 7

-- rows
WITH scored AS MATERIALIZED (
  SELECT seq, moment, day, v0 AS "event", v1 AS "who", v2 AS "part1_among", v3 AS "part1_of", v4 AS "part2_among", v5 AS "part2_of", v6 AS "part3_among", v7 AS "part3_of", v8 AS "part4_among", v9 AS "part4_of", late_events
  FROM (
    SELECT seq, event_time AS moment, shop_day.number AS day, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS v0, coalesce(user_id, anonymous_id) AS v1, brand AS v2, CASE WHEN coalesce(quantity, 2) > 0 THEN round(1000 * ln(coalesce(quantity, 2)::BIGINT::DOUBLE))::INTEGER END AS v3, user_id AS v4, CASE WHEN price > 0 THEN round(1000 * ln((price * 10000)::BIGINT::DOUBLE))::INTEGER END AS v5, session_id AS v6, channel AS v7, device AS v8, event_time AS v9, late::BIGINT AS late_events
    FROM raw
    JOIN (
      SELECT *
      FROM (VALUES (18266, TIMESTAMP '2020-01-04 22:00:00.000000', TIMESTAMP '2020-01-05 22:00:00.000000', 18266)) pieces(utc, begun, ended, number)
    ) shop_day ON shop_day.utc = (epoch_us(event_time) // 86400000000)::INTEGER AND event_time >= shop_day.begun AND event_time < shop_day.ended
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND event_type = 5
  )
), compared AS (
  SELECT seq, moment, day, "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of"
  FROM scored
), group1 AS MATERIALIZED (
  SELECT "part1_among" AS k, day, count(*) AS n, sum("part1_of")::BIGINT AS s, sum("part1_of"::BIGINT * "part1_of")::BIGINT AS q
  FROM compared
  WHERE "part1_of" IS NOT NULL AND "part1_among" IN (
    SELECT "part1_among"
    FROM scored
  )
  GROUP BY ALL
), found1 AS (
  SELECT k, day, sum(n) OVER before AS n, sum(s) OVER before AS s, sum(q) OVER before AS q
  FROM group1
  WHERE k IN (
    SELECT k
    FROM group1
    GROUP BY k HAVING sum(n) > 2
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING)
), group2 AS MATERIALIZED (
  SELECT "part2_among" AS k, day, count(*) AS n, sum("part2_of")::BIGINT AS s, sum("part2_of"::BIGINT * "part2_of")::BIGINT AS q
  FROM compared
  WHERE "part2_of" IS NOT NULL AND "part2_among" IN (
    SELECT "part2_among"
    FROM scored
  )
  GROUP BY ALL
), found2 AS (
  SELECT k, day, sum(n) OVER before AS n, sum(s) OVER before AS s, sum(q) OVER before AS q
  FROM group2
  WHERE k IN (
    SELECT k
    FROM group2
    GROUP BY k HAVING sum(n) > 3
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING)
), group3 AS MATERIALIZED (
  SELECT "part3_among" AS k, "part3_of" AS v, day, count(*) AS n
  FROM compared
  WHERE "part3_of" IS NOT NULL AND "part3_among" IN (
    SELECT "part3_among"
    FROM scored
  )
  GROUP BY ALL
), found3 AS (
  SELECT a.k, a.v, a.day, sum(b.n) AS n, count(DISTINCT b.v) AS m, max(CASE WHEN b.v = a.v THEN 1 ELSE 0 END) AS seen
  FROM (
    SELECT DISTINCT "part3_among" AS k, "part3_of" AS v, day
    FROM scored
  ) a
  JOIN group3 b ON b.k = a.k AND b.day >= a.day - 7 AND b.day < a.day
  GROUP BY a.k, a.v, a.day
), group4 AS MATERIALIZED (
  SELECT seq, moment, "part4_among" AS k, "part4_of" AS v
  FROM compared
  WHERE moment >= (
    SELECT min(moment)
    FROM scored
  ) + to_microseconds(-60000000) AND "part4_of" IS NOT NULL AND "part4_among" IN (
    SELECT "part4_among"
    FROM scored
  )
), slots4 AS MATERIALIZED (
  SELECT k, (epoch_us(moment) // 60000000)::INTEGER AS slot, count(*) AS n
  FROM group4
  GROUP BY ALL
), found4 AS (
  SELECT seq, count(DISTINCT v) OVER (PARTITION BY k ORDER BY moment RANGE BETWEEN to_microseconds(60000000) PRECEDING AND CURRENT ROW) AS n
  FROM group4
  WHERE k IN (
    SELECT a.k
    FROM slots4 a
    LEFT
    JOIN slots4 b ON b.k = a.k AND b.slot = a.slot + 1
    WHERE a.n + coalesce(b.n, 0) > 1
  )
)
SELECT *, CASE WHEN part1_strength > 0 THEN (CASE WHEN "part1_of" >= mean1 THEN round("part1_of" - mean1) ELSE -round(mean1 - "part1_of") END)::BIGINT END AS part1_figure, CASE WHEN part2_strength > 0 THEN (CASE WHEN "part2_of" >= mean2 THEN round("part2_of" - mean2) ELSE -round(mean2 - "part2_of") END)::BIGINT END AS part2_figure, CASE WHEN part3_strength > 0 THEN (found3_n)::BIGINT END AS part3_figure, CASE WHEN part4_strength > 0 THEN (found4_n)::BIGINT END AS part4_figure
FROM (
  SELECT *, CASE WHEN "part1_of" IS NOT NULL AND mean1 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (abs("part1_of" - mean1) / spread1 - 1::DOUBLE) / 1.5::DOUBLE)))::BIGINT END AS part1_strength, CASE WHEN "part2_of" IS NOT NULL AND mean2 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (("part2_of" - mean2) / spread2 - 0::DOUBLE) / 1::DOUBLE)))::BIGINT END AS part2_strength, CASE WHEN found3_seen = 1 THEN 0 ELSE round(10000 * found3_n::DOUBLE / (found3_n + found3_m)::DOUBLE)::BIGINT END AS part3_strength, CASE WHEN "part4_among" IS NOT NULL AND "part4_of" IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (coalesce(found4_n, 0)::DOUBLE - 1::DOUBLE) / 1::DOUBLE)))::BIGINT END AS part4_strength
  FROM (
    SELECT s.*, CASE WHEN found1.n >= 2 THEN found1.s::DOUBLE / found1.n::DOUBLE END AS mean1, CASE WHEN found1.n >= 2 THEN greatest(sqrt((found1.n * found1.q - found1.s * found1.s)::DOUBLE / (found1.n * (found1.n - 1))::DOUBLE), 500::DOUBLE) END AS spread1, CASE WHEN found2.n >= 3 THEN found2.s::DOUBLE / found2.n::DOUBLE END AS mean2, CASE WHEN found2.n >= 3 THEN greatest(sqrt((found2.n * found2.q - found2.s * found2.s)::DOUBLE / (found2.n * (found2.n - 1))::DOUBLE), 100::DOUBLE) END AS spread2, found3.n AS found3_n, found3.m AS found3_m, found3.seen AS found3_seen, found4.n AS found4_n
    FROM scored s
    LEFT
    JOIN found1 ON found1.k = s."part1_among" AND found1.day = s.day
    LEFT
    JOIN found2 ON found2.k = s."part2_among" AND found2.day = s.day
    LEFT
    JOIN found3 ON found3.k = s."part3_among" AND found3.day = s.day AND found3.v = s."part3_of"
    LEFT
    JOIN found4 ON found4.seq = s.seq
  )
)

-- rows gone on from
WITH scored AS MATERIALIZED (
  SELECT seq, moment, day, v0 AS "event", v1 AS "who", v2 AS "part1_among", v3 AS "part1_of", v4 AS "part2_among", v5 AS "part2_of", v6 AS "part3_among", v7 AS "part3_of", v8 AS "part4_among", v9 AS "part4_of", late_events
  FROM (
    SELECT seq, event_time AS moment, shop_day.number AS day, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS v0, coalesce(user_id, anonymous_id) AS v1, brand AS v2, CASE WHEN coalesce(quantity, 2) > 0 THEN round(1000 * ln(coalesce(quantity, 2)::BIGINT::DOUBLE))::INTEGER END AS v3, user_id AS v4, CASE WHEN price > 0 THEN round(1000 * ln((price * 10000)::BIGINT::DOUBLE))::INTEGER END AS v5, session_id AS v6, channel AS v7, device AS v8, event_time AS v9, late::BIGINT AS late_events
    FROM raw
    JOIN (
      SELECT *
      FROM (VALUES (18266, TIMESTAMP '2020-01-04 22:00:00.000000', TIMESTAMP '2020-01-05 22:00:00.000000', 18266)) pieces(utc, begun, ended, number)
    ) shop_day ON shop_day.utc = (epoch_us(event_time) // 86400000000)::INTEGER AND event_time >= shop_day.begun AND event_time < shop_day.ended
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND event_type = 5
  )
), compared AS (
  SELECT seq, moment, day, "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of"
  FROM (
    SELECT seq, moment, day, "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of"
    FROM result.every_anomaly_part
    WHERE moment < TIMESTAMP '2020-01-05 12:00:00.000000'
  )
  UNION ALL
  SELECT seq, moment, day, "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of"
  FROM scored
), group1 AS MATERIALIZED (
  SELECT "part1_among" AS k, day, count(*) AS n, sum("part1_of")::BIGINT AS s, sum("part1_of"::BIGINT * "part1_of")::BIGINT AS q
  FROM compared
  WHERE "part1_of" IS NOT NULL AND "part1_among" IN (
    SELECT "part1_among"
    FROM scored
  )
  GROUP BY ALL
), found1 AS (
  SELECT k, day, sum(n) OVER before AS n, sum(s) OVER before AS s, sum(q) OVER before AS q
  FROM group1
  WHERE k IN (
    SELECT k
    FROM group1
    GROUP BY k HAVING sum(n) > 2
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING)
), group2 AS MATERIALIZED (
  SELECT "part2_among" AS k, day, count(*) AS n, sum("part2_of")::BIGINT AS s, sum("part2_of"::BIGINT * "part2_of")::BIGINT AS q
  FROM compared
  WHERE "part2_of" IS NOT NULL AND "part2_among" IN (
    SELECT "part2_among"
    FROM scored
  )
  GROUP BY ALL
), found2 AS (
  SELECT k, day, sum(n) OVER before AS n, sum(s) OVER before AS s, sum(q) OVER before AS q
  FROM group2
  WHERE k IN (
    SELECT k
    FROM group2
    GROUP BY k HAVING sum(n) > 3
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 7 PRECEDING AND 1 PRECEDING)
), group3 AS MATERIALIZED (
  SELECT "part3_among" AS k, "part3_of" AS v, day, count(*) AS n
  FROM compared
  WHERE "part3_of" IS NOT NULL AND "part3_among" IN (
    SELECT "part3_among"
    FROM scored
  )
  GROUP BY ALL
), found3 AS (
  SELECT a.k, a.v, a.day, sum(b.n) AS n, count(DISTINCT b.v) AS m, max(CASE WHEN b.v = a.v THEN 1 ELSE 0 END) AS seen
  FROM (
    SELECT DISTINCT "part3_among" AS k, "part3_of" AS v, day
    FROM scored
  ) a
  JOIN group3 b ON b.k = a.k AND b.day >= a.day - 7 AND b.day < a.day
  GROUP BY a.k, a.v, a.day
), group4 AS MATERIALIZED (
  SELECT seq, moment, "part4_among" AS k, "part4_of" AS v
  FROM compared
  WHERE moment >= (
    SELECT min(moment)
    FROM scored
  ) + to_microseconds(-60000000) AND "part4_of" IS NOT NULL AND "part4_among" IN (
    SELECT "part4_among"
    FROM scored
  )
), slots4 AS MATERIALIZED (
  SELECT k, (epoch_us(moment) // 60000000)::INTEGER AS slot, count(*) AS n
  FROM group4
  GROUP BY ALL
), found4 AS (
  SELECT seq, count(DISTINCT v) OVER (PARTITION BY k ORDER BY moment RANGE BETWEEN to_microseconds(60000000) PRECEDING AND CURRENT ROW) AS n
  FROM group4
  WHERE k IN (
    SELECT a.k
    FROM slots4 a
    LEFT
    JOIN slots4 b ON b.k = a.k AND b.slot = a.slot + 1
    WHERE a.n + coalesce(b.n, 0) > 1
  )
)
SELECT *, CASE WHEN part1_strength > 0 THEN (CASE WHEN "part1_of" >= mean1 THEN round("part1_of" - mean1) ELSE -round(mean1 - "part1_of") END)::BIGINT END AS part1_figure, CASE WHEN part2_strength > 0 THEN (CASE WHEN "part2_of" >= mean2 THEN round("part2_of" - mean2) ELSE -round(mean2 - "part2_of") END)::BIGINT END AS part2_figure, CASE WHEN part3_strength > 0 THEN (found3_n)::BIGINT END AS part3_figure, CASE WHEN part4_strength > 0 THEN (found4_n)::BIGINT END AS part4_figure
FROM (
  SELECT *, CASE WHEN "part1_of" IS NOT NULL AND mean1 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (abs("part1_of" - mean1) / spread1 - 1::DOUBLE) / 1.5::DOUBLE)))::BIGINT END AS part1_strength, CASE WHEN "part2_of" IS NOT NULL AND mean2 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (("part2_of" - mean2) / spread2 - 0::DOUBLE) / 1::DOUBLE)))::BIGINT END AS part2_strength, CASE WHEN found3_seen = 1 THEN 0 ELSE round(10000 * found3_n::DOUBLE / (found3_n + found3_m)::DOUBLE)::BIGINT END AS part3_strength, CASE WHEN "part4_among" IS NOT NULL AND "part4_of" IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (coalesce(found4_n, 0)::DOUBLE - 1::DOUBLE) / 1::DOUBLE)))::BIGINT END AS part4_strength
  FROM (
    SELECT s.*, CASE WHEN found1.n >= 2 THEN found1.s::DOUBLE / found1.n::DOUBLE END AS mean1, CASE WHEN found1.n >= 2 THEN greatest(sqrt((found1.n * found1.q - found1.s * found1.s)::DOUBLE / (found1.n * (found1.n - 1))::DOUBLE), 500::DOUBLE) END AS spread1, CASE WHEN found2.n >= 3 THEN found2.s::DOUBLE / found2.n::DOUBLE END AS mean2, CASE WHEN found2.n >= 3 THEN greatest(sqrt((found2.n * found2.q - found2.s * found2.s)::DOUBLE / (found2.n * (found2.n - 1))::DOUBLE), 100::DOUBLE) END AS spread2, found3.n AS found3_n, found3.m AS found3_m, found3.seen AS found3_seen, found4.n AS found4_n
    FROM scored s
    LEFT
    JOIN found1 ON found1.k = s."part1_among" AND found1.day = s.day
    LEFT
    JOIN found2 ON found2.k = s."part2_among" AND found2.day = s.day
    LEFT
    JOIN found3 ON found3.k = s."part3_among" AND found3.day = s.day AND found3.v = s."part3_of"
    LEFT
    JOIN found4 ON found4.seq = s.seq
  )
)

-- first close
INSERT INTO result.every_anomaly_part
SELECT "seq", "moment", "day", "event", "who", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part1_strength", "part1_figure", "part2_strength", "part2_figure", "part3_strength", "part3_figure", "part4_strength", "part4_figure", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "seq", "moment", "day", "event", "who", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part1_strength", "part1_figure", "part2_strength", "part2_figure", "part3_strength", "part3_figure", "part4_strength", "part4_figure", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, seq AS i0
    FROM result.every_anomaly_part
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, seq AS i0
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0
  WHERE o.row IS NULL OR n.row IS NULL OR o."seq" IS DISTINCT
  FROM n."seq" OR o."moment" IS DISTINCT
  FROM n."moment" OR o."day" IS DISTINCT
  FROM n."day" OR o."event" IS DISTINCT
  FROM n."event" OR o."who" IS DISTINCT
  FROM n."who" OR o."part1_among" IS DISTINCT
  FROM n."part1_among" OR o."part1_of" IS DISTINCT
  FROM n."part1_of" OR o."part2_among" IS DISTINCT
  FROM n."part2_among" OR o."part2_of" IS DISTINCT
  FROM n."part2_of" OR o."part3_among" IS DISTINCT
  FROM n."part3_among" OR o."part3_of" IS DISTINCT
  FROM n."part3_of" OR o."part4_among" IS DISTINCT
  FROM n."part4_among" OR o."part4_of" IS DISTINCT
  FROM n."part4_of" OR o."part1_strength" IS DISTINCT
  FROM n."part1_strength" OR o."part1_figure" IS DISTINCT
  FROM n."part1_figure" OR o."part2_strength" IS DISTINCT
  FROM n."part2_strength" OR o."part2_figure" IS DISTINCT
  FROM n."part2_figure" OR o."part3_strength" IS DISTINCT
  FROM n."part3_strength" OR o."part3_figure" IS DISTINCT
  FROM n."part3_figure" OR o."part4_strength" IS DISTINCT
  FROM n."part4_strength" OR o."part4_figure" IS DISTINCT
  FROM n."part4_figure"
)

-- restate 3
INSERT INTO result.every_anomaly_part_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.every_anomaly_part t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.every_anomaly_part
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.every_anomaly_part
SELECT n."seq", n."moment", n."day", n."event", n."who", n."part1_among", n."part1_of", n."part2_among", n."part2_of", n."part3_among", n."part3_of", n."part4_among", n."part4_of", n."part1_strength", n."part1_figure", n."part2_strength", n."part2_figure", n."part3_strength", n."part3_figure", n."part4_strength", n."part4_figure", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
coalesce(event_id, (
  SELECT p.partition_key
  FROM partition p
  WHERE p.id = part
) || ':0:' || lpad(position::VARCHAR, 20, '0')) = 'x''y'

-- events of a row without keys
coalesce(event_id, (
  SELECT p.partition_key
  FROM partition p
  WHERE p.id = part
) || ':0:' || lpad(position::VARCHAR, 20, '0')) = 'x''y'

-- present
SELECT r."event" AS "event", r."who"::VARCHAR AS "who", CASE WHEN coalesce(part1_strength, part2_strength, part3_strength, NULL) IS NOT NULL THEN round(1 - (((((10000 - coalesce(part1_strength, 0))::DOUBLE / 10000::DOUBLE) * ((10000 - coalesce(part2_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part3_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part4_strength, 0))::DOUBLE / 10000::DOUBLE)), 4) END AS "score", coalesce(CASE WHEN coalesce(part1_strength, part2_strength, part3_strength, NULL) IS NOT NULL THEN round(1 - (((((10000 - coalesce(part1_strength, 0))::DOUBLE / 10000::DOUBLE) * ((10000 - coalesce(part2_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part3_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part4_strength, 0))::DOUBLE / 10000::DOUBLE)), 4) END >= 0.5, FALSE) AS "flag", list_filter([CASE WHEN NOT (coalesce(part1_strength, part2_strength, part3_strength, NULL) IS NOT NULL) THEN 'it''s new' END, CASE WHEN part1_strength > 0 THEN CASE WHEN part1_figure >= 0 THEN CASE WHEN round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT >= 100 THEN (round(exp(abs(part1_figure) / 1000.0::DOUBLE))::BIGINT)::VARCHAR WHEN round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10 = 0 THEN (round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10)::VARCHAR ELSE (round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10) || '.' || (round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10) END || ' of ' || (
  SELECT text
  FROM symbol
  WHERE id = part1_among
) ELSE (
  SELECT text
  FROM symbol
  WHERE id = part1_among
) || '''s low' END END, CASE WHEN part2_strength > 0 THEN CASE WHEN round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT >= 100 THEN (round(exp(abs(part2_figure) / 1000.0::DOUBLE))::BIGINT)::VARCHAR WHEN round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10 = 0 THEN (round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10)::VARCHAR ELSE (round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10) || '.' || (round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10) END || ' for ' || part2_among::VARCHAR END, CASE WHEN part3_strength > 0 THEN (
  SELECT text
  FROM symbol
  WHERE id = part3_of
) || ' after ' || part3_figure::VARCHAR END, CASE WHEN part4_strength > 0 THEN part4_figure::VARCHAR || ' by ' || (
  SELECT text
  FROM symbol
  WHERE id = part4_among
) END], lambda x: x IS NOT NULL) AS "reasons", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.every_anomaly_part
) r

-- stored rows
SELECT "seq", "moment", "day", "event", "who", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part1_strength", "part1_figure", "part2_strength", "part2_figure", "part3_strength", "part3_figure", "part4_strength", "part4_figure", late_events, TRUE AS is_final, revision, epoch
FROM result.every_anomaly_part t
WHERE TRUE

-- live rows
SELECT "seq", "moment", "day", "event", "who", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part1_strength", "part1_figure", "part2_strength", "part2_figure", "part3_strength", "part3_figure", "part4_strength", "part4_figure", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.every_anomaly_part

-- drop 2
DROP TABLE IF EXISTS result.every_anomaly_part_history

-- drop 3
DROP TABLE IF EXISTS result.every_anomaly_part_open

-- id columns
result.every_anomaly_part who VARCHAR, result.every_anomaly_part part2_among VARCHAR, result.every_anomaly_part part3_among UUID, result.every_anomaly_part_history who VARCHAR, result.every_anomaly_part_history part2_among VARCHAR, result.every_anomaly_part_history part3_among UUID
