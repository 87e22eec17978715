-- types
window_start time, window_end time, session id, person id, hour integer, day integer, month text, order_kind text, band text, typical money, high integer, first_session id, last_person id, first_brand symbol, pieces integer, spread double, wait double, latest time, brands symbols, dear integer, twice money, any_view boolean, notes integer

-- table 1
CREATE TABLE result.every_measure ("window_start" TIMESTAMP, "session" BIGINT, "person" BIGINT, "hour" BIGINT, "day" BIGINT, "month" VARCHAR, "order_kind" VARCHAR, "band" VARCHAR, "quantile_price_24c64c" DECIMAL(18,4), "quantile_quantity_7bce3d" BIGINT, "first_session_id" BIGINT, "last_visitor_a6e9b6" BIGINT, "first_brand" INTEGER, "sum_quantity" BIGINT, "present_quantity" BIGINT, "squares_quantity" HUGEINT, "sum_event_time_b22024" BIGINT, "present_event_time_b22024" BIGINT, "max_event_time" TIMESTAMP, "list_brand_c330e0" INTEGER[], "distinct_price_9caf3f" BIGINT, "sum_price" DECIMAL(18,4), "sum_amount" DECIMAL(18,4), "count_463ee0" BIGINT, "distinct_properties_f1b535" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.every_measure_history ("window_start" TIMESTAMP, "session" BIGINT, "person" BIGINT, "hour" BIGINT, "day" BIGINT, "month" VARCHAR, "order_kind" VARCHAR, "band" VARCHAR, "quantile_price_24c64c" DECIMAL(18,4), "quantile_quantity_7bce3d" BIGINT, "first_session_id" BIGINT, "last_visitor_a6e9b6" BIGINT, "first_brand" INTEGER, "sum_quantity" BIGINT, "present_quantity" BIGINT, "squares_quantity" HUGEINT, "sum_event_time_b22024" BIGINT, "present_event_time_b22024" BIGINT, "max_event_time" TIMESTAMP, "list_brand_c330e0" INTEGER[], "distinct_price_9caf3f" BIGINT, "sum_price" DECIMAL(18,4), "sum_amount" DECIMAL(18,4), "count_463ee0" BIGINT, "distinct_properties_f1b535" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows of a range
SELECT make_timestamp(w::BIGINT * 3600000000) AS window_start, "session", "person", "hour", "day", "month", "order_kind", "band", "quantile_price_24c64c", "quantile_quantity_7bce3d", "first_session_id", "last_visitor_a6e9b6", "first_brand", "sum_quantity", "present_quantity", "squares_quantity", "sum_event_time_b22024", "present_event_time_b22024", "max_event_time", CASE WHEN len(list_brand_c330e0) = 1 THEN list_filter(list_brand_c330e0, lambda x: x IS NOT NULL) ELSE list_sort(list_distinct(list_brand_c330e0)) END AS "list_brand_c330e0", CASE WHEN len(distinct_price_9caf3f) = 1 THEN (distinct_price_9caf3f[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_price_9caf3f)::BIGINT END AS "distinct_price_9caf3f", "sum_price", "sum_amount", "count_463ee0", CASE WHEN len(distinct_properties_f1b535) = 1 THEN (distinct_properties_f1b535[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_properties_f1b535)::BIGINT END AS "distinct_properties_f1b535", late_events
FROM (
  SELECT (epoch_us(event_time) // 3600000000)::INTEGER AS w, session_id AS "session", user_id AS "person", hour(event_time) AS "hour", (dayofweek(event_time) + 1) AS "day", strftime(event_time, '%Y-%m') AS "month", CASE order_id WHEN 'a' THEN 'b' ELSE order_id END AS "order_kind", CASE WHEN price IS NULL THEN '?' WHEN price < 5 THEN 'it''s' ELSE 'y' END AS "band", quantile_disc(price, 0.5) AS "quantile_price_24c64c", quantile_disc(CASE WHEN event_type = 5 THEN quantity END, 0.99) AS "quantile_quantity_7bce3d", first(session_id ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (session_id IS NOT NULL) AS "first_session_id", last(CASE WHEN event_type = 12 THEN coalesce(user_id, anonymous_id) END ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (CASE WHEN event_type = 12 THEN coalesce(user_id, anonymous_id) END IS NOT NULL) AS "last_visitor_a6e9b6", first(brand ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (brand IS NOT NULL) AS "first_brand", coalesce(sum(quantity), 0)::BIGINT AS "sum_quantity", count(quantity) AS "present_quantity", coalesce(sum(quantity::BIGINT::HUGEINT * quantity::BIGINT), 0)::HUGEINT AS "squares_quantity", coalesce(sum(CASE WHEN event_type = 5 THEN (epoch_us(event_time) - epoch_us(event_time)) END), 0)::BIGINT AS "sum_event_time_b22024", count(CASE WHEN event_type = 5 THEN (epoch_us(event_time) - epoch_us(event_time)) END) AS "present_event_time_b22024", max(event_time) AS "max_event_time", list(CASE WHEN event_type = 5 THEN brand END) AS "list_brand_c330e0", list(price >= 9.5) AS "distinct_price_9caf3f", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", count_if(event_type IN (5, 1))::BIGINT AS "count_463ee0", list(CASE WHEN (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) = 'true' THEN (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) END) AS "distinct_properties_f1b535", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND ((price > 3 OR price <= quantity) AND user_id::VARCHAR <> 'o''x' AND coalesce(user_id, anonymous_id)::VARCHAR = order_id AND session_id::VARCHAR IN ('a', 'b') AND NOT coalesce(brand = 1346, FALSE) AND (true OR channel IS NULL))
  GROUP BY ALL
)

-- rows from a start on
SELECT make_timestamp(w::BIGINT * 3600000000) AS window_start, "session", "person", "hour", "day", "month", "order_kind", "band", "quantile_price_24c64c", "quantile_quantity_7bce3d", "first_session_id", "last_visitor_a6e9b6", "first_brand", "sum_quantity", "present_quantity", "squares_quantity", "sum_event_time_b22024", "present_event_time_b22024", "max_event_time", CASE WHEN len(list_brand_c330e0) = 1 THEN list_filter(list_brand_c330e0, lambda x: x IS NOT NULL) ELSE list_sort(list_distinct(list_brand_c330e0)) END AS "list_brand_c330e0", CASE WHEN len(distinct_price_9caf3f) = 1 THEN (distinct_price_9caf3f[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_price_9caf3f)::BIGINT END AS "distinct_price_9caf3f", "sum_price", "sum_amount", "count_463ee0", CASE WHEN len(distinct_properties_f1b535) = 1 THEN (distinct_properties_f1b535[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_properties_f1b535)::BIGINT END AS "distinct_properties_f1b535", late_events
FROM (
  SELECT (epoch_us(event_time) // 3600000000)::INTEGER AS w, session_id AS "session", user_id AS "person", hour(event_time) AS "hour", (dayofweek(event_time) + 1) AS "day", strftime(event_time, '%Y-%m') AS "month", CASE order_id WHEN 'a' THEN 'b' ELSE order_id END AS "order_kind", CASE WHEN price IS NULL THEN '?' WHEN price < 5 THEN 'it''s' ELSE 'y' END AS "band", quantile_disc(price, 0.5) AS "quantile_price_24c64c", quantile_disc(CASE WHEN event_type = 5 THEN quantity END, 0.99) AS "quantile_quantity_7bce3d", first(session_id ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (session_id IS NOT NULL) AS "first_session_id", last(CASE WHEN event_type = 12 THEN coalesce(user_id, anonymous_id) END ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (CASE WHEN event_type = 12 THEN coalesce(user_id, anonymous_id) END IS NOT NULL) AS "last_visitor_a6e9b6", first(brand ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (brand IS NOT NULL) AS "first_brand", coalesce(sum(quantity), 0)::BIGINT AS "sum_quantity", count(quantity) AS "present_quantity", coalesce(sum(quantity::BIGINT::HUGEINT * quantity::BIGINT), 0)::HUGEINT AS "squares_quantity", coalesce(sum(CASE WHEN event_type = 5 THEN (epoch_us(event_time) - epoch_us(event_time)) END), 0)::BIGINT AS "sum_event_time_b22024", count(CASE WHEN event_type = 5 THEN (epoch_us(event_time) - epoch_us(event_time)) END) AS "present_event_time_b22024", max(event_time) AS "max_event_time", list(CASE WHEN event_type = 5 THEN brand END) AS "list_brand_c330e0", list(price >= 9.5) AS "distinct_price_9caf3f", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", count_if(event_type IN (5, 1))::BIGINT AS "count_463ee0", list(CASE WHEN (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) = 'true' THEN (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) END) AS "distinct_properties_f1b535", count_if(late)::BIGINT AS late_events
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND ((price > 3 OR price <= quantity) AND user_id::VARCHAR <> 'o''x' AND coalesce(user_id, anonymous_id)::VARCHAR = order_id AND session_id::VARCHAR IN ('a', 'b') AND NOT coalesce(brand = 1346, FALSE) AND (true OR channel IS NULL))
  GROUP BY ALL
)

-- rows of listed windows
SELECT make_timestamp(w::BIGINT * 3600000000) AS window_start, "session", "person", "hour", "day", "month", "order_kind", "band", "quantile_price_24c64c", "quantile_quantity_7bce3d", "first_session_id", "last_visitor_a6e9b6", "first_brand", "sum_quantity", "present_quantity", "squares_quantity", "sum_event_time_b22024", "present_event_time_b22024", "max_event_time", CASE WHEN len(list_brand_c330e0) = 1 THEN list_filter(list_brand_c330e0, lambda x: x IS NOT NULL) ELSE list_sort(list_distinct(list_brand_c330e0)) END AS "list_brand_c330e0", CASE WHEN len(distinct_price_9caf3f) = 1 THEN (distinct_price_9caf3f[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_price_9caf3f)::BIGINT END AS "distinct_price_9caf3f", "sum_price", "sum_amount", "count_463ee0", CASE WHEN len(distinct_properties_f1b535) = 1 THEN (distinct_properties_f1b535[1] IS NOT NULL)::BIGINT ELSE list_unique(distinct_properties_f1b535)::BIGINT END AS "distinct_properties_f1b535", late_events
FROM (
  SELECT w, session_id AS "session", user_id AS "person", hour(event_time) AS "hour", (dayofweek(event_time) + 1) AS "day", strftime(event_time, '%Y-%m') AS "month", CASE order_id WHEN 'a' THEN 'b' ELSE order_id END AS "order_kind", CASE WHEN price IS NULL THEN '?' WHEN price < 5 THEN 'it''s' ELSE 'y' END AS "band", quantile_disc(price, 0.5) AS "quantile_price_24c64c", quantile_disc(CASE WHEN event_type = 5 THEN quantity END, 0.99) AS "quantile_quantity_7bce3d", first(session_id ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (session_id IS NOT NULL) AS "first_session_id", last(CASE WHEN event_type = 12 THEN coalesce(user_id, anonymous_id) END ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (CASE WHEN event_type = 12 THEN coalesce(user_id, anonymous_id) END IS NOT NULL) AS "last_visitor_a6e9b6", first(brand ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (brand IS NOT NULL) AS "first_brand", coalesce(sum(quantity), 0)::BIGINT AS "sum_quantity", count(quantity) AS "present_quantity", coalesce(sum(quantity::BIGINT::HUGEINT * quantity::BIGINT), 0)::HUGEINT AS "squares_quantity", coalesce(sum(CASE WHEN event_type = 5 THEN (epoch_us(event_time) - epoch_us(event_time)) END), 0)::BIGINT AS "sum_event_time_b22024", count(CASE WHEN event_type = 5 THEN (epoch_us(event_time) - epoch_us(event_time)) END) AS "present_event_time_b22024", max(event_time) AS "max_event_time", list(CASE WHEN event_type = 5 THEN brand END) AS "list_brand_c330e0", list(price >= 9.5) AS "distinct_price_9caf3f", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", coalesce(sum(amount), 0)::DECIMAL(18,4) AS "sum_amount", count_if(event_type IN (5, 1))::BIGINT AS "count_463ee0", list(CASE WHEN (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) = 'true' THEN (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) END) AS "distinct_properties_f1b535", count_if(late)::BIGINT AS late_events
  FROM (
    SELECT (epoch_us(event_time) // 3600000000)::INTEGER AS w, *
    FROM raw
    WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 17:00:00.000000' AND ((price > 3 OR price <= quantity) AND user_id::VARCHAR <> 'o''x' AND coalesce(user_id, anonymous_id)::VARCHAR = order_id AND session_id::VARCHAR IN ('a', 'b') AND NOT coalesce(brand = 1346, FALSE) AND (true OR channel IS NULL))
  )
  WHERE w IN (438396, 438400)
  GROUP BY ALL
)

-- first close
INSERT INTO result.every_measure
SELECT "window_start", "session", "person", "hour", "day", "month", "order_kind", "band", "quantile_price_24c64c", "quantile_quantity_7bce3d", "first_session_id", "last_visitor_a6e9b6", "first_brand", "sum_quantity", "present_quantity", "squares_quantity", "sum_event_time_b22024", "present_event_time_b22024", "max_event_time", "list_brand_c330e0", "distinct_price_9caf3f", "sum_price", "sum_amount", "count_463ee0", "distinct_properties_f1b535", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "window_start", "session", "person", "hour", "day", "month", "order_kind", "band", "quantile_price_24c64c", "quantile_quantity_7bce3d", "first_session_id", "last_visitor_a6e9b6", "first_brand", "sum_quantity", "present_quantity", "squares_quantity", "sum_event_time_b22024", "present_event_time_b22024", "max_event_time", "list_brand_c330e0", "distinct_price_9caf3f", "sum_price", "sum_amount", "count_463ee0", "distinct_properties_f1b535", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, window_start AS i0, "session" AS i1, "person" AS i2, "hour" AS i3, "day" AS i4, "month" AS i5, "order_kind" AS i6, "band" AS i7
    FROM result.every_measure
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, window_start AS i0, "session" AS i1, "person" AS i2, "hour" AS i3, "day" AS i4, "month" AS i5, "order_kind" AS i6, "band" AS i7
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1 AND o.i2 IS NOT DISTINCT
  FROM n.i2 AND o.i3 IS NOT DISTINCT
  FROM n.i3 AND o.i4 IS NOT DISTINCT
  FROM n.i4 AND o.i5 IS NOT DISTINCT
  FROM n.i5 AND o.i6 IS NOT DISTINCT
  FROM n.i6 AND o.i7 IS NOT DISTINCT
  FROM n.i7
  WHERE o.row IS NULL OR n.row IS NULL OR o."window_start" IS DISTINCT
  FROM n."window_start" OR o."session" IS DISTINCT
  FROM n."session" OR o."person" IS DISTINCT
  FROM n."person" OR o."hour" IS DISTINCT
  FROM n."hour" OR o."day" IS DISTINCT
  FROM n."day" OR o."month" IS DISTINCT
  FROM n."month" OR o."order_kind" IS DISTINCT
  FROM n."order_kind" OR o."band" IS DISTINCT
  FROM n."band" OR o."quantile_price_24c64c" IS DISTINCT
  FROM n."quantile_price_24c64c" OR o."quantile_quantity_7bce3d" IS DISTINCT
  FROM n."quantile_quantity_7bce3d" OR o."first_session_id" IS DISTINCT
  FROM n."first_session_id" OR o."last_visitor_a6e9b6" IS DISTINCT
  FROM n."last_visitor_a6e9b6" OR o."first_brand" IS DISTINCT
  FROM n."first_brand" OR o."sum_quantity" IS DISTINCT
  FROM n."sum_quantity" OR o."present_quantity" IS DISTINCT
  FROM n."present_quantity" OR o."squares_quantity" IS DISTINCT
  FROM n."squares_quantity" OR o."sum_event_time_b22024" IS DISTINCT
  FROM n."sum_event_time_b22024" OR o."present_event_time_b22024" IS DISTINCT
  FROM n."present_event_time_b22024" OR o."max_event_time" IS DISTINCT
  FROM n."max_event_time" OR o."list_brand_c330e0" IS DISTINCT
  FROM n."list_brand_c330e0" OR o."distinct_price_9caf3f" IS DISTINCT
  FROM n."distinct_price_9caf3f" OR o."sum_price" IS DISTINCT
  FROM n."sum_price" OR o."sum_amount" IS DISTINCT
  FROM n."sum_amount" OR o."count_463ee0" IS DISTINCT
  FROM n."count_463ee0" OR o."distinct_properties_f1b535" IS DISTINCT
  FROM n."distinct_properties_f1b535"
)

-- restate 3
INSERT INTO result.every_measure_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.every_measure t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.every_measure
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.every_measure
SELECT n."window_start", n."session", n."person", n."hour", n."day", n."month", n."order_kind", n."band", n."quantile_price_24c64c", n."quantile_quantity_7bce3d", n."first_session_id", n."last_visitor_a6e9b6", n."first_brand", n."sum_quantity", n."present_quantity", n."squares_quantity", n."sum_event_time_b22024", n."present_event_time_b22024", n."max_event_time", n."list_brand_c330e0", n."distinct_price_9caf3f", n."sum_price", n."sum_amount", n."count_463ee0", n."distinct_properties_f1b535", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND session_id::VARCHAR = 'x''y' AND user_id::VARCHAR = 'x''y' AND hour(event_time)::VARCHAR = 'x''y' AND (dayofweek(event_time) + 1)::VARCHAR = 'x''y' AND strftime(event_time, '%Y-%m')::VARCHAR = 'x''y' AND CASE order_id WHEN 'a' THEN 'b' ELSE order_id END::VARCHAR = 'x''y' AND CASE WHEN price IS NULL THEN '?' WHEN price < 5 THEN 'it''s' ELSE 'y' END::VARCHAR = 'x''y' AND ((price > 3 OR price <= quantity) AND user_id::VARCHAR <> 'o''x' AND coalesce(user_id, anonymous_id)::VARCHAR = order_id AND session_id::VARCHAR IN ('a', 'b') AND NOT coalesce(brand = 1346, FALSE) AND (true OR channel IS NULL))

-- events of a row without keys
event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 12:05:00.000000' AND session_id IS NULL AND user_id IS NULL AND hour(event_time) IS NULL AND (dayofweek(event_time) + 1) IS NULL AND strftime(event_time, '%Y-%m') IS NULL AND CASE order_id WHEN 'a' THEN 'b' ELSE order_id END IS NULL AND CASE WHEN price IS NULL THEN '?' WHEN price < 5 THEN 'it''s' ELSE 'y' END IS NULL AND ((price > 3 OR price <= quantity) AND user_id::VARCHAR <> 'o''x' AND coalesce(user_id, anonymous_id)::VARCHAR = order_id AND session_id::VARCHAR IN ('a', 'b') AND NOT coalesce(brand = 1346, FALSE) AND (true OR channel IS NULL))

-- present
SELECT window_start AS "window_start", window_start + to_microseconds(3600000000) AS "window_end", r."session"::VARCHAR AS "session", r."person"::VARCHAR AS "person", r."hour" AS "hour", r."day" AS "day", r."month" AS "month", r."order_kind" AS "order_kind", r."band" AS "band", quantile_price_24c64c AS "typical", quantile_quantity_7bce3d AS "high", first_session_id::VARCHAR AS "first_session", last_visitor_a6e9b6::VARCHAR AS "last_person", "s_first_brand".text AS "first_brand", sum_quantity AS "pieces", CASE WHEN present_quantity > 1 THEN sqrt(coalesce(TRY(present_quantity::HUGEINT * squares_quantity - sum_quantity::HUGEINT * sum_quantity::HUGEINT)::DOUBLE, greatest(0, present_quantity::DOUBLE * squares_quantity::DOUBLE - sum_quantity::HUGEINT::DOUBLE * sum_quantity::HUGEINT::DOUBLE)) / (present_quantity::DOUBLE * (present_quantity - 1))) END AS "spread", CASE WHEN present_event_time_b22024 > 0 THEN sum_event_time_b22024::DOUBLE / (present_event_time_b22024::DOUBLE * 60000000) END AS "wait", max_event_time AS "latest", list_sort(list_select((
  SELECT list(text ORDER BY id)
  FROM symbol
), list_brand_c330e0)) AS "brands", distinct_price_9caf3f AS "dear", (sum_price + sum_amount) AS "twice", (count_463ee0 > 0) AS "any_view", distinct_properties_f1b535 AS "notes", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.every_measure
) r
LEFT
JOIN symbol "s_first_brand" ON "s_first_brand".id = first_brand

-- stored rows
SELECT "window_start", "session", "person", "hour", "day", "month", "order_kind", "band", "quantile_price_24c64c", "quantile_quantity_7bce3d", "first_session_id", "last_visitor_a6e9b6", "first_brand", "sum_quantity", "present_quantity", "squares_quantity", "sum_event_time_b22024", "present_event_time_b22024", "max_event_time", "list_brand_c330e0", "distinct_price_9caf3f", "sum_price", "sum_amount", "count_463ee0", "distinct_properties_f1b535", late_events, TRUE AS is_final, revision, epoch
FROM result.every_measure t
WHERE TRUE

-- live rows
SELECT "window_start", "session", "person", "hour", "day", "month", "order_kind", "band", "quantile_price_24c64c", "quantile_quantity_7bce3d", "first_session_id", "last_visitor_a6e9b6", "first_brand", "sum_quantity", "present_quantity", "squares_quantity", "sum_event_time_b22024", "present_event_time_b22024", "max_event_time", "list_brand_c330e0", "distinct_price_9caf3f", "sum_price", "sum_amount", "count_463ee0", "distinct_properties_f1b535", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.every_measure

-- drop 2
DROP TABLE IF EXISTS result.every_measure_history

-- drop 3
DROP TABLE IF EXISTS result.every_measure_open

-- id columns
result.every_measure session BIGINT, result.every_measure person BIGINT, result.every_measure first_session_id BIGINT, result.every_measure last_visitor_a6e9b6 BIGINT, result.every_measure_history session BIGINT, result.every_measure_history person BIGINT, result.every_measure_history first_session_id BIGINT, result.every_measure_history last_visitor_a6e9b6 BIGINT
