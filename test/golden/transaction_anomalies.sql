-- types
transaction_id text, event_id text, user_id id, product_id symbol, amount money, anomaly_score double, is_anomaly boolean, reasons texts, event_timestamp time

-- table 1
CREATE TABLE result.transaction_anomalies ("seq" BIGINT, "moment" TIMESTAMP, "day" BIGINT, "transaction_id" VARCHAR, "event_id" VARCHAR, "user_id" VARCHAR, "product_id" INTEGER, "amount" DECIMAL(18,4), "event_timestamp" TIMESTAMP, "part1_among" INTEGER, "part1_of" BIGINT, "part2_among" VARCHAR, "part2_of" BIGINT, "part3_among" INTEGER, "part3_of" BIGINT, "part4_among" INTEGER, "part4_of" BIGINT, "part5_among" VARCHAR, "part5_of" INTEGER, "part6_among" VARCHAR, "part6_of" VARCHAR, "part1_strength" BIGINT, "part1_figure" BIGINT, "part2_strength" BIGINT, "part2_figure" BIGINT, "part3_strength" BIGINT, "part3_figure" BIGINT, "part4_strength" BIGINT, "part4_figure" BIGINT, "part5_strength" BIGINT, "part5_figure" BIGINT, "part6_strength" BIGINT, "part6_figure" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.transaction_anomalies_history ("seq" BIGINT, "moment" TIMESTAMP, "day" BIGINT, "transaction_id" VARCHAR, "event_id" VARCHAR, "user_id" VARCHAR, "product_id" INTEGER, "amount" DECIMAL(18,4), "event_timestamp" TIMESTAMP, "part1_among" INTEGER, "part1_of" BIGINT, "part2_among" VARCHAR, "part2_of" BIGINT, "part3_among" INTEGER, "part3_of" BIGINT, "part4_among" INTEGER, "part4_of" BIGINT, "part5_among" VARCHAR, "part5_of" INTEGER, "part6_among" VARCHAR, "part6_of" VARCHAR, "part1_strength" BIGINT, "part1_figure" BIGINT, "part2_strength" BIGINT, "part2_figure" BIGINT, "part3_strength" BIGINT, "part3_figure" BIGINT, "part4_strength" BIGINT, "part4_figure" BIGINT, "part5_strength" BIGINT, "part5_figure" BIGINT, "part6_strength" BIGINT, "part6_figure" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- events where days are those of UTC
SELECT seq, moment, day, v0 AS "transaction_id", v1 AS "event_id", v2 AS "user_id", v3 AS "product_id", v4 AS "amount", v5 AS "event_timestamp", v6 AS "part1_among", v7 AS "part1_of", v2 AS "part2_among", v7 AS "part2_of", v6 AS "part3_among", v8 AS "part3_of", v3 AS "part4_among", v9 AS "part4_of", v2 AS "part5_among", v10 AS "part5_of", v2 AS "part6_among", v0 AS "part6_of", late_events
FROM (
  SELECT seq, event_time AS moment, (epoch_us(event_time) // 86400000000)::INTEGER AS day, coalesce(order_id, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) AS v0, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS v1, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v2, product_id AS v3, amount AS v4, event_time AS v5, category_name AS v6, CASE WHEN amount > 0 THEN round(1000 * ln((amount * 10000)::BIGINT::DOUBLE))::INTEGER END AS v7, CASE WHEN coalesce(quantity, 1) > 0 THEN round(1000 * ln(coalesce(quantity, 1)::BIGINT::DOUBLE))::INTEGER END AS v8, CASE WHEN price > 0 THEN round(1000 * ln((price * 10000)::BIGINT::DOUBLE))::INTEGER END AS v9, country AS v10, late::BIGINT AS late_events
  FROM raw
  WHERE event_type = 12 AND batch = 7
)

-- events of no day
SELECT seq, moment, day, v0 AS "transaction_id", v1 AS "event_id", v2 AS "user_id", v3 AS "product_id", v4 AS "amount", v5 AS "event_timestamp", v6 AS "part1_among", v7 AS "part1_of", v2 AS "part2_among", v7 AS "part2_of", v6 AS "part3_among", v8 AS "part3_of", v3 AS "part4_among", v9 AS "part4_of", v2 AS "part5_among", v10 AS "part5_of", v2 AS "part6_among", v0 AS "part6_of", late_events
FROM (
  SELECT seq, event_time AS moment, shop_day.number AS day, coalesce(order_id, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) AS v0, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS v1, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v2, product_id AS v3, amount AS v4, event_time AS v5, category_name AS v6, CASE WHEN amount > 0 THEN round(1000 * ln((amount * 10000)::BIGINT::DOUBLE))::INTEGER END AS v7, CASE WHEN coalesce(quantity, 1) > 0 THEN round(1000 * ln(coalesce(quantity, 1)::BIGINT::DOUBLE))::INTEGER END AS v8, CASE WHEN price > 0 THEN round(1000 * ln((price * 10000)::BIGINT::DOUBLE))::INTEGER END AS v9, country AS v10, late::BIGINT AS late_events
  FROM raw
  JOIN (
    SELECT 0 AS utc, NULL::TIMESTAMP AS begun, NULL::TIMESTAMP AS ended, 0 AS number
  ) shop_day ON shop_day.utc = (epoch_us(event_time) // 86400000000)::INTEGER AND event_time >= shop_day.begun AND event_time < shop_day.ended
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND event_type = 12
)

-- stored events
SELECT seq, moment, day, "transaction_id", "event_id", "user_id", "product_id", "amount", "event_timestamp", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part5_among", "part5_of", "part6_among", "part6_of", late_events
FROM result.transaction_anomalies
WHERE seq = 7

-- rows
WITH scored AS MATERIALIZED (
  SELECT seq, moment, day, v0 AS "transaction_id", v1 AS "event_id", v2 AS "user_id", v3 AS "product_id", v4 AS "amount", v5 AS "event_timestamp", v6 AS "part1_among", v7 AS "part1_of", v2 AS "part2_among", v7 AS "part2_of", v6 AS "part3_among", v8 AS "part3_of", v3 AS "part4_among", v9 AS "part4_of", v2 AS "part5_among", v10 AS "part5_of", v2 AS "part6_among", v0 AS "part6_of", late_events
  FROM (
    SELECT seq, event_time AS moment, shop_day.number AS day, coalesce(order_id, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) AS v0, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS v1, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v2, product_id AS v3, amount AS v4, event_time AS v5, category_name AS v6, CASE WHEN amount > 0 THEN round(1000 * ln((amount * 10000)::BIGINT::DOUBLE))::INTEGER END AS v7, CASE WHEN coalesce(quantity, 1) > 0 THEN round(1000 * ln(coalesce(quantity, 1)::BIGINT::DOUBLE))::INTEGER END AS v8, CASE WHEN price > 0 THEN round(1000 * ln((price * 10000)::BIGINT::DOUBLE))::INTEGER END AS v9, country AS v10, late::BIGINT AS late_events
    FROM raw
    JOIN (
      SELECT *
      FROM (VALUES (18266, TIMESTAMP '2020-01-04 22:00:00.000000', TIMESTAMP '2020-01-05 22:00:00.000000', 18266)) pieces(utc, begun, ended, number)
    ) shop_day ON shop_day.utc = (epoch_us(event_time) // 86400000000)::INTEGER AND event_time >= shop_day.begun AND event_time < shop_day.ended
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND event_type = 12
  )
), compared AS (
  SELECT seq, moment, day, "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part5_among", "part5_of", "part6_among", "part6_of"
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
    GROUP BY k HAVING sum(n) > 20
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
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
    GROUP BY k HAVING sum(n) > 5
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
), group3 AS MATERIALIZED (
  SELECT "part3_among" AS k, day, count(*) AS n, sum("part3_of")::BIGINT AS s, sum("part3_of"::BIGINT * "part3_of")::BIGINT AS q
  FROM compared
  WHERE "part3_of" IS NOT NULL AND "part3_among" IN (
    SELECT "part3_among"
    FROM scored
  )
  GROUP BY ALL
), found3 AS (
  SELECT k, day, sum(n) OVER before AS n, sum(s) OVER before AS s, sum(q) OVER before AS q
  FROM group3
  WHERE k IN (
    SELECT k
    FROM group3
    GROUP BY k HAVING sum(n) > 20
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
), group4 AS MATERIALIZED (
  SELECT "part4_among" AS k, day, count(*) AS n, sum("part4_of")::BIGINT AS s, sum("part4_of"::BIGINT * "part4_of")::BIGINT AS q
  FROM compared
  WHERE "part4_of" IS NOT NULL AND "part4_among" IN (
    SELECT "part4_among"
    FROM scored
  )
  GROUP BY ALL
), found4 AS (
  SELECT k, day, sum(n) OVER before AS n, sum(s) OVER before AS s, sum(q) OVER before AS q
  FROM group4
  WHERE k IN (
    SELECT k
    FROM group4
    GROUP BY k HAVING sum(n) > 3
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
), group5 AS MATERIALIZED (
  SELECT "part5_among" AS k, "part5_of" AS v, day, count(*) AS n
  FROM compared
  WHERE "part5_of" IS NOT NULL AND "part5_among" IN (
    SELECT "part5_among"
    FROM scored
  )
  GROUP BY ALL
), found5 AS (
  SELECT a.k, a.v, a.day, sum(b.n) AS n, count(DISTINCT b.v) AS m, max(CASE WHEN b.v = a.v THEN 1 ELSE 0 END) AS seen
  FROM (
    SELECT DISTINCT "part5_among" AS k, "part5_of" AS v, day
    FROM scored
  ) a
  JOIN group5 b ON b.k = a.k AND b.day >= a.day - 28 AND b.day < a.day
  GROUP BY a.k, a.v, a.day
), group6 AS MATERIALIZED (
  SELECT seq, moment, "part6_among" AS k, "part6_of" AS v
  FROM compared
  WHERE moment >= (
    SELECT min(moment)
    FROM scored
  ) + to_microseconds(-600000000) AND "part6_of" IS NOT NULL AND "part6_among" IN (
    SELECT "part6_among"
    FROM scored
  )
), slots6 AS MATERIALIZED (
  SELECT k, (epoch_us(moment) // 600000000)::INTEGER AS slot, count(*) AS n
  FROM group6
  GROUP BY ALL
), found6 AS (
  SELECT seq, count(DISTINCT v) OVER (PARTITION BY k ORDER BY moment RANGE BETWEEN to_microseconds(600000000) PRECEDING AND CURRENT ROW) AS n
  FROM group6
  WHERE k IN (
    SELECT a.k
    FROM slots6 a
    LEFT
    JOIN slots6 b ON b.k = a.k AND b.slot = a.slot + 1
    WHERE a.n + coalesce(b.n, 0) > 3
  )
)
SELECT *, CASE WHEN part1_strength > 0 THEN (CASE WHEN "part1_of" >= mean1 THEN round("part1_of" - mean1) ELSE -round(mean1 - "part1_of") END)::BIGINT END AS part1_figure, CASE WHEN part2_strength > 0 THEN (CASE WHEN "part2_of" >= mean2 THEN round("part2_of" - mean2) ELSE -round(mean2 - "part2_of") END)::BIGINT END AS part2_figure, CASE WHEN part3_strength > 0 THEN (CASE WHEN "part3_of" >= mean3 THEN round("part3_of" - mean3) ELSE -round(mean3 - "part3_of") END)::BIGINT END AS part3_figure, CASE WHEN part4_strength > 0 THEN (CASE WHEN "part4_of" >= mean4 THEN round("part4_of" - mean4) ELSE -round(mean4 - "part4_of") END)::BIGINT END AS part4_figure, CASE WHEN part5_strength > 0 THEN (found5_n)::BIGINT END AS part5_figure, CASE WHEN part6_strength > 0 THEN (found6_n)::BIGINT END AS part6_figure
FROM (
  SELECT *, CASE WHEN "part1_of" IS NOT NULL AND mean1 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (("part1_of" - mean1) / spread1 - 3::DOUBLE) / 3::DOUBLE)))::BIGINT END AS part1_strength, CASE WHEN "part2_of" IS NOT NULL AND mean2 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (("part2_of" - mean2) / spread2 - 3::DOUBLE) / 3::DOUBLE)))::BIGINT END AS part2_strength, CASE WHEN "part3_of" IS NOT NULL AND mean3 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (("part3_of" - mean3) / spread3 - 3::DOUBLE) / 3::DOUBLE)))::BIGINT END AS part3_strength, CASE WHEN "part4_of" IS NOT NULL AND mean4 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (abs("part4_of" - mean4) / spread4 - 3::DOUBLE) / 2::DOUBLE)))::BIGINT END AS part4_strength, CASE WHEN found5_seen = 1 THEN 0 ELSE round(10000 * found5_n::DOUBLE / (found5_n + found5_m)::DOUBLE)::BIGINT END AS part5_strength, CASE WHEN "part6_among" IS NOT NULL AND "part6_of" IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (coalesce(found6_n, 0)::DOUBLE - 3::DOUBLE) / 2::DOUBLE)))::BIGINT END AS part6_strength
  FROM (
    SELECT s.*, CASE WHEN found1.n >= 20 THEN found1.s::DOUBLE / found1.n::DOUBLE END AS mean1, CASE WHEN found1.n >= 20 THEN greatest(sqrt((found1.n * found1.q - found1.s * found1.s)::DOUBLE / (found1.n * (found1.n - 1))::DOUBLE), 300::DOUBLE) END AS spread1, CASE WHEN found2.n >= 5 THEN found2.s::DOUBLE / found2.n::DOUBLE END AS mean2, CASE WHEN found2.n >= 5 THEN greatest(sqrt((found2.n * found2.q - found2.s * found2.s)::DOUBLE / (found2.n * (found2.n - 1))::DOUBLE), 600::DOUBLE) END AS spread2, CASE WHEN found3.n >= 20 THEN found3.s::DOUBLE / found3.n::DOUBLE END AS mean3, CASE WHEN found3.n >= 20 THEN greatest(sqrt((found3.n * found3.q - found3.s * found3.s)::DOUBLE / (found3.n * (found3.n - 1))::DOUBLE), 400::DOUBLE) END AS spread3, CASE WHEN found4.n >= 3 THEN found4.s::DOUBLE / found4.n::DOUBLE END AS mean4, CASE WHEN found4.n >= 3 THEN greatest(sqrt((found4.n * found4.q - found4.s * found4.s)::DOUBLE / (found4.n * (found4.n - 1))::DOUBLE), 300::DOUBLE) END AS spread4, found5.n AS found5_n, found5.m AS found5_m, found5.seen AS found5_seen, found6.n AS found6_n
    FROM scored s
    LEFT
    JOIN found1 ON found1.k = s."part1_among" AND found1.day = s.day
    LEFT
    JOIN found2 ON found2.k = s."part2_among" AND found2.day = s.day
    LEFT
    JOIN found3 ON found3.k = s."part3_among" AND found3.day = s.day
    LEFT
    JOIN found4 ON found4.k = s."part4_among" AND found4.day = s.day
    LEFT
    JOIN found5 ON found5.k = s."part5_among" AND found5.day = s.day AND found5.v = s."part5_of"
    LEFT
    JOIN found6 ON found6.seq = s.seq
  )
)

-- rows gone on from
WITH scored AS MATERIALIZED (
  SELECT seq, moment, day, v0 AS "transaction_id", v1 AS "event_id", v2 AS "user_id", v3 AS "product_id", v4 AS "amount", v5 AS "event_timestamp", v6 AS "part1_among", v7 AS "part1_of", v2 AS "part2_among", v7 AS "part2_of", v6 AS "part3_among", v8 AS "part3_of", v3 AS "part4_among", v9 AS "part4_of", v2 AS "part5_among", v10 AS "part5_of", v2 AS "part6_among", v0 AS "part6_of", late_events
  FROM (
    SELECT seq, event_time AS moment, shop_day.number AS day, coalesce(order_id, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) AS v0, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS v1, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v2, product_id AS v3, amount AS v4, event_time AS v5, category_name AS v6, CASE WHEN amount > 0 THEN round(1000 * ln((amount * 10000)::BIGINT::DOUBLE))::INTEGER END AS v7, CASE WHEN coalesce(quantity, 1) > 0 THEN round(1000 * ln(coalesce(quantity, 1)::BIGINT::DOUBLE))::INTEGER END AS v8, CASE WHEN price > 0 THEN round(1000 * ln((price * 10000)::BIGINT::DOUBLE))::INTEGER END AS v9, country AS v10, late::BIGINT AS late_events
    FROM raw
    JOIN (
      SELECT *
      FROM (VALUES (18266, TIMESTAMP '2020-01-04 22:00:00.000000', TIMESTAMP '2020-01-05 22:00:00.000000', 18266)) pieces(utc, begun, ended, number)
    ) shop_day ON shop_day.utc = (epoch_us(event_time) // 86400000000)::INTEGER AND event_time >= shop_day.begun AND event_time < shop_day.ended
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND event_type = 12
  )
), compared AS (
  SELECT seq, moment, day, "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part5_among", "part5_of", "part6_among", "part6_of"
  FROM (
    SELECT seq, moment, day, "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part5_among", "part5_of", "part6_among", "part6_of"
    FROM result.transaction_anomalies
    WHERE moment < TIMESTAMP '2020-01-05 12:00:00.000000'
  )
  UNION ALL
  SELECT seq, moment, day, "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part5_among", "part5_of", "part6_among", "part6_of"
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
    GROUP BY k HAVING sum(n) > 20
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
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
    GROUP BY k HAVING sum(n) > 5
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
), group3 AS MATERIALIZED (
  SELECT "part3_among" AS k, day, count(*) AS n, sum("part3_of")::BIGINT AS s, sum("part3_of"::BIGINT * "part3_of")::BIGINT AS q
  FROM compared
  WHERE "part3_of" IS NOT NULL AND "part3_among" IN (
    SELECT "part3_among"
    FROM scored
  )
  GROUP BY ALL
), found3 AS (
  SELECT k, day, sum(n) OVER before AS n, sum(s) OVER before AS s, sum(q) OVER before AS q
  FROM group3
  WHERE k IN (
    SELECT k
    FROM group3
    GROUP BY k HAVING sum(n) > 20
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
), group4 AS MATERIALIZED (
  SELECT "part4_among" AS k, day, count(*) AS n, sum("part4_of")::BIGINT AS s, sum("part4_of"::BIGINT * "part4_of")::BIGINT AS q
  FROM compared
  WHERE "part4_of" IS NOT NULL AND "part4_among" IN (
    SELECT "part4_among"
    FROM scored
  )
  GROUP BY ALL
), found4 AS (
  SELECT k, day, sum(n) OVER before AS n, sum(s) OVER before AS s, sum(q) OVER before AS q
  FROM group4
  WHERE k IN (
    SELECT k
    FROM group4
    GROUP BY k HAVING sum(n) > 3
  ) WINDOW before AS (PARTITION BY k ORDER BY day RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING)
), group5 AS MATERIALIZED (
  SELECT "part5_among" AS k, "part5_of" AS v, day, count(*) AS n
  FROM compared
  WHERE "part5_of" IS NOT NULL AND "part5_among" IN (
    SELECT "part5_among"
    FROM scored
  )
  GROUP BY ALL
), found5 AS (
  SELECT a.k, a.v, a.day, sum(b.n) AS n, count(DISTINCT b.v) AS m, max(CASE WHEN b.v = a.v THEN 1 ELSE 0 END) AS seen
  FROM (
    SELECT DISTINCT "part5_among" AS k, "part5_of" AS v, day
    FROM scored
  ) a
  JOIN group5 b ON b.k = a.k AND b.day >= a.day - 28 AND b.day < a.day
  GROUP BY a.k, a.v, a.day
), group6 AS MATERIALIZED (
  SELECT seq, moment, "part6_among" AS k, "part6_of" AS v
  FROM compared
  WHERE moment >= (
    SELECT min(moment)
    FROM scored
  ) + to_microseconds(-600000000) AND "part6_of" IS NOT NULL AND "part6_among" IN (
    SELECT "part6_among"
    FROM scored
  )
), slots6 AS MATERIALIZED (
  SELECT k, (epoch_us(moment) // 600000000)::INTEGER AS slot, count(*) AS n
  FROM group6
  GROUP BY ALL
), found6 AS (
  SELECT seq, count(DISTINCT v) OVER (PARTITION BY k ORDER BY moment RANGE BETWEEN to_microseconds(600000000) PRECEDING AND CURRENT ROW) AS n
  FROM group6
  WHERE k IN (
    SELECT a.k
    FROM slots6 a
    LEFT
    JOIN slots6 b ON b.k = a.k AND b.slot = a.slot + 1
    WHERE a.n + coalesce(b.n, 0) > 3
  )
)
SELECT *, CASE WHEN part1_strength > 0 THEN (CASE WHEN "part1_of" >= mean1 THEN round("part1_of" - mean1) ELSE -round(mean1 - "part1_of") END)::BIGINT END AS part1_figure, CASE WHEN part2_strength > 0 THEN (CASE WHEN "part2_of" >= mean2 THEN round("part2_of" - mean2) ELSE -round(mean2 - "part2_of") END)::BIGINT END AS part2_figure, CASE WHEN part3_strength > 0 THEN (CASE WHEN "part3_of" >= mean3 THEN round("part3_of" - mean3) ELSE -round(mean3 - "part3_of") END)::BIGINT END AS part3_figure, CASE WHEN part4_strength > 0 THEN (CASE WHEN "part4_of" >= mean4 THEN round("part4_of" - mean4) ELSE -round(mean4 - "part4_of") END)::BIGINT END AS part4_figure, CASE WHEN part5_strength > 0 THEN (found5_n)::BIGINT END AS part5_figure, CASE WHEN part6_strength > 0 THEN (found6_n)::BIGINT END AS part6_figure
FROM (
  SELECT *, CASE WHEN "part1_of" IS NOT NULL AND mean1 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (("part1_of" - mean1) / spread1 - 3::DOUBLE) / 3::DOUBLE)))::BIGINT END AS part1_strength, CASE WHEN "part2_of" IS NOT NULL AND mean2 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (("part2_of" - mean2) / spread2 - 3::DOUBLE) / 3::DOUBLE)))::BIGINT END AS part2_strength, CASE WHEN "part3_of" IS NOT NULL AND mean3 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (("part3_of" - mean3) / spread3 - 3::DOUBLE) / 3::DOUBLE)))::BIGINT END AS part3_strength, CASE WHEN "part4_of" IS NOT NULL AND mean4 IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (abs("part4_of" - mean4) / spread4 - 3::DOUBLE) / 2::DOUBLE)))::BIGINT END AS part4_strength, CASE WHEN found5_seen = 1 THEN 0 ELSE round(10000 * found5_n::DOUBLE / (found5_n + found5_m)::DOUBLE)::BIGINT END AS part5_strength, CASE WHEN "part6_among" IS NOT NULL AND "part6_of" IS NOT NULL THEN round(10000 * least(1.0::DOUBLE, greatest(0.0::DOUBLE, (coalesce(found6_n, 0)::DOUBLE - 3::DOUBLE) / 2::DOUBLE)))::BIGINT END AS part6_strength
  FROM (
    SELECT s.*, CASE WHEN found1.n >= 20 THEN found1.s::DOUBLE / found1.n::DOUBLE END AS mean1, CASE WHEN found1.n >= 20 THEN greatest(sqrt((found1.n * found1.q - found1.s * found1.s)::DOUBLE / (found1.n * (found1.n - 1))::DOUBLE), 300::DOUBLE) END AS spread1, CASE WHEN found2.n >= 5 THEN found2.s::DOUBLE / found2.n::DOUBLE END AS mean2, CASE WHEN found2.n >= 5 THEN greatest(sqrt((found2.n * found2.q - found2.s * found2.s)::DOUBLE / (found2.n * (found2.n - 1))::DOUBLE), 600::DOUBLE) END AS spread2, CASE WHEN found3.n >= 20 THEN found3.s::DOUBLE / found3.n::DOUBLE END AS mean3, CASE WHEN found3.n >= 20 THEN greatest(sqrt((found3.n * found3.q - found3.s * found3.s)::DOUBLE / (found3.n * (found3.n - 1))::DOUBLE), 400::DOUBLE) END AS spread3, CASE WHEN found4.n >= 3 THEN found4.s::DOUBLE / found4.n::DOUBLE END AS mean4, CASE WHEN found4.n >= 3 THEN greatest(sqrt((found4.n * found4.q - found4.s * found4.s)::DOUBLE / (found4.n * (found4.n - 1))::DOUBLE), 300::DOUBLE) END AS spread4, found5.n AS found5_n, found5.m AS found5_m, found5.seen AS found5_seen, found6.n AS found6_n
    FROM scored s
    LEFT
    JOIN found1 ON found1.k = s."part1_among" AND found1.day = s.day
    LEFT
    JOIN found2 ON found2.k = s."part2_among" AND found2.day = s.day
    LEFT
    JOIN found3 ON found3.k = s."part3_among" AND found3.day = s.day
    LEFT
    JOIN found4 ON found4.k = s."part4_among" AND found4.day = s.day
    LEFT
    JOIN found5 ON found5.k = s."part5_among" AND found5.day = s.day AND found5.v = s."part5_of"
    LEFT
    JOIN found6 ON found6.seq = s.seq
  )
)

-- first close
INSERT INTO result.transaction_anomalies
SELECT "seq", "moment", "day", "transaction_id", "event_id", "user_id", "product_id", "amount", "event_timestamp", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part5_among", "part5_of", "part6_among", "part6_of", "part1_strength", "part1_figure", "part2_strength", "part2_figure", "part3_strength", "part3_figure", "part4_strength", "part4_figure", "part5_strength", "part5_figure", "part6_strength", "part6_figure", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "seq", "moment", "day", "transaction_id", "event_id", "user_id", "product_id", "amount", "event_timestamp", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part5_among", "part5_of", "part6_among", "part6_of", "part1_strength", "part1_figure", "part2_strength", "part2_figure", "part3_strength", "part3_figure", "part4_strength", "part4_figure", "part5_strength", "part5_figure", "part6_strength", "part6_figure", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, seq AS i0
    FROM result.transaction_anomalies
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
  FROM n."day" OR o."transaction_id" IS DISTINCT
  FROM n."transaction_id" OR o."event_id" IS DISTINCT
  FROM n."event_id" OR o."user_id" IS DISTINCT
  FROM n."user_id" OR o."product_id" IS DISTINCT
  FROM n."product_id" OR o."amount" IS DISTINCT
  FROM n."amount" OR o."event_timestamp" IS DISTINCT
  FROM n."event_timestamp" OR o."part1_among" IS DISTINCT
  FROM n."part1_among" OR o."part1_of" IS DISTINCT
  FROM n."part1_of" OR o."part2_among" IS DISTINCT
  FROM n."part2_among" OR o."part2_of" IS DISTINCT
  FROM n."part2_of" OR o."part3_among" IS DISTINCT
  FROM n."part3_among" OR o."part3_of" IS DISTINCT
  FROM n."part3_of" OR o."part4_among" IS DISTINCT
  FROM n."part4_among" OR o."part4_of" IS DISTINCT
  FROM n."part4_of" OR o."part5_among" IS DISTINCT
  FROM n."part5_among" OR o."part5_of" IS DISTINCT
  FROM n."part5_of" OR o."part6_among" IS DISTINCT
  FROM n."part6_among" OR o."part6_of" IS DISTINCT
  FROM n."part6_of" OR o."part1_strength" IS DISTINCT
  FROM n."part1_strength" OR o."part1_figure" IS DISTINCT
  FROM n."part1_figure" OR o."part2_strength" IS DISTINCT
  FROM n."part2_strength" OR o."part2_figure" IS DISTINCT
  FROM n."part2_figure" OR o."part3_strength" IS DISTINCT
  FROM n."part3_strength" OR o."part3_figure" IS DISTINCT
  FROM n."part3_figure" OR o."part4_strength" IS DISTINCT
  FROM n."part4_strength" OR o."part4_figure" IS DISTINCT
  FROM n."part4_figure" OR o."part5_strength" IS DISTINCT
  FROM n."part5_strength" OR o."part5_figure" IS DISTINCT
  FROM n."part5_figure" OR o."part6_strength" IS DISTINCT
  FROM n."part6_strength" OR o."part6_figure" IS DISTINCT
  FROM n."part6_figure"
)

-- restate 3
INSERT INTO result.transaction_anomalies_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.transaction_anomalies t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.transaction_anomalies
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.transaction_anomalies
SELECT n."seq", n."moment", n."day", n."transaction_id", n."event_id", n."user_id", n."product_id", n."amount", n."event_timestamp", n."part1_among", n."part1_of", n."part2_among", n."part2_of", n."part3_among", n."part3_of", n."part4_among", n."part4_of", n."part5_among", n."part5_of", n."part6_among", n."part6_of", n."part1_strength", n."part1_figure", n."part2_strength", n."part2_figure", n."part3_strength", n."part3_figure", n."part4_strength", n."part4_figure", n."part5_strength", n."part5_figure", n."part6_strength", n."part6_figure", n.late_events, c.revision, 7
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
SELECT r."transaction_id" AS "transaction_id", r."event_id" AS "event_id", r."user_id"::VARCHAR AS "user_id", "s_product_id".text AS "product_id", r."amount" AS "amount", CASE WHEN coalesce(part1_strength, part2_strength, part3_strength, part4_strength, part5_strength, NULL) IS NOT NULL THEN round(1 - (((((((10000 - coalesce(part1_strength, 0))::DOUBLE / 10000::DOUBLE) * ((10000 - coalesce(part2_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part3_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part4_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part5_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part6_strength, 0))::DOUBLE / 10000::DOUBLE)), 4) END AS "anomaly_score", coalesce(CASE WHEN coalesce(part1_strength, part2_strength, part3_strength, part4_strength, part5_strength, NULL) IS NOT NULL THEN round(1 - (((((((10000 - coalesce(part1_strength, 0))::DOUBLE / 10000::DOUBLE) * ((10000 - coalesce(part2_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part3_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part4_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part5_strength, 0))::DOUBLE / 10000::DOUBLE)) * ((10000 - coalesce(part6_strength, 0))::DOUBLE / 10000::DOUBLE)), 4) END >= 0.8, FALSE) AS "is_anomaly", list_filter([CASE WHEN NOT (coalesce(part1_strength, part2_strength, part3_strength, part4_strength, part5_strength, NULL) IS NOT NULL) THEN 'no purchases in the 28 days before to compare with' END, CASE WHEN part1_strength > 0 THEN CASE WHEN round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT >= 100 THEN (round(exp(abs(part1_figure) / 1000.0::DOUBLE))::BIGINT)::VARCHAR WHEN round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10 = 0 THEN (round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10)::VARCHAR ELSE (round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10) || '.' || (round(exp(abs(part1_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10) END || ' times the usual amount of ' || (
  SELECT text
  FROM symbol
  WHERE id = part1_among
) END, CASE WHEN part2_strength > 0 THEN CASE WHEN round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT >= 100 THEN (round(exp(abs(part2_figure) / 1000.0::DOUBLE))::BIGINT)::VARCHAR WHEN round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10 = 0 THEN (round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10)::VARCHAR ELSE (round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10) || '.' || (round(exp(abs(part2_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10) END || ' times the usual amount of this customer' END, CASE WHEN part3_strength > 0 THEN CASE WHEN round(exp(abs(part3_figure) / 1000.0::DOUBLE) * 10)::BIGINT >= 100 THEN (round(exp(abs(part3_figure) / 1000.0::DOUBLE))::BIGINT)::VARCHAR WHEN round(exp(abs(part3_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10 = 0 THEN (round(exp(abs(part3_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10)::VARCHAR ELSE (round(exp(abs(part3_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10) || '.' || (round(exp(abs(part3_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10) END || ' times the usual quantity of ' || (
  SELECT text
  FROM symbol
  WHERE id = part3_among
) END, CASE WHEN part4_strength > 0 THEN CASE WHEN part4_figure >= 0 THEN CASE WHEN round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT >= 100 THEN (round(exp(abs(part4_figure) / 1000.0::DOUBLE))::BIGINT)::VARCHAR WHEN round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10 = 0 THEN (round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10)::VARCHAR ELSE (round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10) || '.' || (round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10) END || ' times the usual price of this product' ELSE CASE WHEN round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT >= 100 THEN (round(exp(abs(part4_figure) / 1000.0::DOUBLE))::BIGINT)::VARCHAR WHEN round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10 = 0 THEN (round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10)::VARCHAR ELSE (round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT // 10) || '.' || (round(exp(abs(part4_figure) / 1000.0::DOUBLE) * 10)::BIGINT % 10) END || ' times less than the usual price of this product' END END, CASE WHEN part5_strength > 0 THEN 'first purchase from ' || (
  SELECT text
  FROM symbol
  WHERE id = part5_of
) || ' in 28 days, after ' || part5_figure::VARCHAR || ' from elsewhere' END, CASE WHEN part6_strength > 0 THEN part6_figure::VARCHAR || ' orders within 10 minutes' END], lambda x: x IS NOT NULL) AS "reasons", r."event_timestamp" AS "event_timestamp", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.transaction_anomalies
) r
LEFT
JOIN symbol "s_product_id" ON "s_product_id".id = r."product_id"

-- stored rows
SELECT "seq", "moment", "day", "transaction_id", "event_id", "user_id", "product_id", "amount", "event_timestamp", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part5_among", "part5_of", "part6_among", "part6_of", "part1_strength", "part1_figure", "part2_strength", "part2_figure", "part3_strength", "part3_figure", "part4_strength", "part4_figure", "part5_strength", "part5_figure", "part6_strength", "part6_figure", late_events, TRUE AS is_final, revision, epoch
FROM result.transaction_anomalies t
WHERE TRUE

-- live rows
SELECT "seq", "moment", "day", "transaction_id", "event_id", "user_id", "product_id", "amount", "event_timestamp", "part1_among", "part1_of", "part2_among", "part2_of", "part3_among", "part3_of", "part4_among", "part4_of", "part5_among", "part5_of", "part6_among", "part6_of", "part1_strength", "part1_figure", "part2_strength", "part2_figure", "part3_strength", "part3_figure", "part4_strength", "part4_figure", "part5_strength", "part5_figure", "part6_strength", "part6_figure", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.transaction_anomalies

-- drop 2
DROP TABLE IF EXISTS result.transaction_anomalies_history

-- drop 3
DROP TABLE IF EXISTS result.transaction_anomalies_open

-- id columns
result.transaction_anomalies user_id VARCHAR, result.transaction_anomalies part2_among VARCHAR, result.transaction_anomalies part5_among VARCHAR, result.transaction_anomalies part6_among VARCHAR, result.transaction_anomalies_history user_id VARCHAR, result.transaction_anomalies_history part2_among VARCHAR, result.transaction_anomalies_history part5_among VARCHAR, result.transaction_anomalies_history part6_among VARCHAR
