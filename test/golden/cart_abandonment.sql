-- types
session_id text, user_id id, cart_value wide money, items integer, products pieces, last_cart_event time, status text, abandoned_at time, recovered_at time, recovered_amount money

-- table 1
CREATE TABLE result.cart_abandonment ("session_id" UUID, "visitor" VARCHAR, "session_start" TIMESTAMP, "last_event" TIMESTAMP, "items" BIGINT, "value" DECIMAL(38,4), "contents" STRUCT(item INTEGER, quantity BIGINT, price DECIMAL(18,4))[], "abandoned_at" TIMESTAMP, "recovered_at" TIMESTAMP, "recovered_amount" DECIMAL(18,4), late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.cart_abandonment_history ("session_id" UUID, "visitor" VARCHAR, "session_start" TIMESTAMP, "last_event" TIMESTAMP, "items" BIGINT, "value" DECIMAL(38,4), "contents" STRUCT(item INTEGER, quantity BIGINT, price DECIMAL(18,4))[], "abandoned_at" TIMESTAMP, "recovered_at" TIMESTAMP, "recovered_amount" DECIMAL(18,4), late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- events that concern it
(event_type = 6 OR event_type = 7 OR event_type = 12) AND TRUE

-- events that recover
event_type = 12

-- given: slices
SELECT k, max(event_time) + to_microseconds(-604800000000) AS start, max(event_time) AS last
FROM (
  SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
)
WHERE k IN (
  SELECT k
  FROM (
    SELECT k
    FROM (
      SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
      FROM raw
      WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
    )
  )
)
GROUP BY k HAVING max(event_time) >= TIMESTAMP '2020-01-05 12:00:00.000000' AND max(event_time) < TIMESTAMP '2020-01-05 13:00:00.000000'

-- given: slices from a time on
SELECT k, max(event_time) + to_microseconds(-604800000000) AS start, max(event_time) AS last
FROM (
  SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
)
GROUP BY k HAVING max(event_time) >= TIMESTAMP '2020-01-05 12:00:00.000000'

-- given: slices of keys
SELECT k, max(event_time) + to_microseconds(-604800000000) AS start, max(event_time) AS last
FROM (
  SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
  FROM raw
  WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
)
WHERE k IN (
  SELECT k
  FROM keys
)
GROUP BY k HAVING max(event_time) >= TIMESTAMP '2020-01-05 12:00:00.000000' AND max(event_time) < TIMESTAMP '2020-01-05 13:00:00.000000'

-- given: rows
WITH mine AS MATERIALIZED (
  SELECT m.*, s.last
  FROM (
    SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
  ) m
  JOIN slices s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last
), events AS (
  SELECT k, last, coalesce(m.v, o.v) AS v, item, change, price, NULL AS session_id, NULL AS amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, FALSE AS recovers
  FROM mine m
  LEFT
  JOIN (
    SELECT k, last, any_value(v) AS v
    FROM mine
    GROUP BY k, last HAVING count(DISTINCT v) = 1
  ) o USING (k, last)
  UNION ALL
  SELECT NULL, NULL, v, item, NULL, NULL, session_id, amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, TRUE
  FROM (
    SELECT session_id, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, amount AS amount, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-12 13:00:00.000000' AND event_type = 12 AND TRUE
  )
), placed AS MATERIALIZED (
  SELECT * EXCLUDE (id), row_number() OVER (ORDER BY event_time, id, recovers DESC) AS place
  FROM events
), recovery AS MATERIALIZED (
  SELECT session_id, v, item, amount, event_time, seq, late, place
  FROM placed
  WHERE recovers
), checkout AS MATERIALIZED (
  SELECT s.k, s.last, b.place
  FROM slices s
  JOIN recovery b ON b.session_id = s.k AND b.event_time >= s.start AND b.event_time <= s.last
), intricate AS MATERIALIZED (
  SELECT k, last
  FROM checkout UNION
  SELECT k, last
  FROM mine
  WHERE change < 0
), moved AS MATERIALIZED (
  SELECT m.*, i.k IS NOT NULL AS intricate
  FROM (
    SELECT k, last, v, item, change, price, event_time, seq, late, place
    FROM placed
    WHERE NOT recovers
  ) m
  LEFT
  JOIN intricate i USING (k, last)
), counted AS (
  SELECT *, sum(CASE WHEN seq IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY place) AS era
  FROM (
    SELECT *
    FROM moved
    WHERE intricate
    UNION ALL BY NAME
    SELECT k, last, place
    FROM checkout
  )
), sold AS (
  SELECT *, max(era) OVER (PARTITION BY k, last, v) AS last_era
  FROM counted
  WHERE seq IS NOT NULL
), running AS (
  SELECT *, sum(change) OVER (PARTITION BY k, last, v, item ORDER BY place) AS total
  FROM sold
  WHERE era = last_era
), kept AS MATERIALIZED (
  SELECT k, last, v, item, change, price, event_time, seq, late, place, 0 AS total
  FROM moved
  WHERE NOT intricate
  UNION ALL
  SELECT k, last, v, item, change, price, event_time, seq, late, place, total
  FROM running
), held AS (
  SELECT k, last, v, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, arg_max(price, place) AS price, min(event_time) AS began, max(event_time) AS ended, max(place) AS last_place, min(seq) AS first_seq, count_if(late)::BIGINT AS late_moves
  FROM kept
  GROUP BY k, last, v, item
), cart AS MATERIALIZED (
  SELECT k, last, v, min(first_seq) AS cart, min(began) AS session_start, max(ended) AS last_event, max(last_place) AS last_place, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::DECIMAL(38,4) AS value, list(struct_pack("item" := item, "quantity" := pieces, "price" := price)) FILTER (pieces > 0) AS left_in, sum(late_moves)::BIGINT AS late_moves
  FROM held
  GROUP BY k, last, v HAVING sum(pieces) > 0
), followed AS MATERIALIZED (
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM cart c
  JOIN recovery b ON b.session_id = c.k AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000) UNION
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM (
    SELECT cart, v, last_event, last_place, unnest(left_in).item AS item
    FROM cart
  ) c
  JOIN recovery b ON b.v = c.v AND b.item = c.item AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000)
), recovered AS (
  SELECT cart, min(event_time) AS recovered_at, coalesce(sum(amount), 0)::DECIMAL(18,4) AS recovered_amount, count_if(late)::BIGINT AS late_recoveries
  FROM followed
  GROUP BY cart
)
SELECT k AS session_id, v::VARCHAR AS visitor, session_start, last_event, items, value, CASE WHEN len(left_in) = 1 THEN left_in ELSE list_sort(left_in) END AS contents, last_event + to_microseconds(60000000) AS abandoned_at, recovered_at, coalesce(recovered_amount, 0)::DECIMAL(18,4) AS recovered_amount, late_moves + coalesce(late_recoveries, 0) AS late_events
FROM cart
LEFT
JOIN recovered USING (cart)
WHERE recovered_at IS NULL OR recovered_at >= last_event + to_microseconds(60000000)

-- given: live rows
WITH mine AS MATERIALIZED (
  SELECT m.*, s.last
  FROM (
    SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
  ) m
  JOIN slices s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last
), events AS (
  SELECT k, last, coalesce(m.v, o.v) AS v, item, change, price, NULL AS session_id, NULL AS amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, FALSE AS recovers
  FROM mine m
  LEFT
  JOIN (
    SELECT k, last, any_value(v) AS v
    FROM mine
    GROUP BY k, last HAVING count(DISTINCT v) = 1
  ) o USING (k, last)
  UNION ALL
  SELECT NULL, NULL, v, item, NULL, NULL, session_id, amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, TRUE
  FROM (
    SELECT session_id, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, amount AS amount, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND event_type = 12 AND TRUE
  )
), placed AS MATERIALIZED (
  SELECT * EXCLUDE (id), row_number() OVER (ORDER BY event_time, id, recovers DESC) AS place
  FROM events
), recovery AS MATERIALIZED (
  SELECT session_id, v, item, amount, event_time, seq, late, place
  FROM placed
  WHERE recovers
), checkout AS MATERIALIZED (
  SELECT s.k, s.last, b.place
  FROM slices s
  JOIN recovery b ON b.session_id = s.k AND b.event_time >= s.start AND b.event_time <= s.last
), intricate AS MATERIALIZED (
  SELECT k, last
  FROM checkout UNION
  SELECT k, last
  FROM mine
  WHERE change < 0
), moved AS MATERIALIZED (
  SELECT m.*, i.k IS NOT NULL AS intricate
  FROM (
    SELECT k, last, v, item, change, price, event_time, seq, late, place
    FROM placed
    WHERE NOT recovers
  ) m
  LEFT
  JOIN intricate i USING (k, last)
), counted AS (
  SELECT *, sum(CASE WHEN seq IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY place) AS era
  FROM (
    SELECT *
    FROM moved
    WHERE intricate
    UNION ALL BY NAME
    SELECT k, last, place
    FROM checkout
  )
), sold AS (
  SELECT *, max(era) OVER (PARTITION BY k, last, v) AS last_era
  FROM counted
  WHERE seq IS NOT NULL
), running AS (
  SELECT *, sum(change) OVER (PARTITION BY k, last, v, item ORDER BY place) AS total
  FROM sold
  WHERE era = last_era
), kept AS MATERIALIZED (
  SELECT k, last, v, item, change, price, event_time, seq, late, place, 0 AS total
  FROM moved
  WHERE NOT intricate
  UNION ALL
  SELECT k, last, v, item, change, price, event_time, seq, late, place, total
  FROM running
), held AS (
  SELECT k, last, v, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, arg_max(price, place) AS price, min(event_time) AS began, max(event_time) AS ended, max(place) AS last_place, min(seq) AS first_seq, count_if(late)::BIGINT AS late_moves
  FROM kept
  GROUP BY k, last, v, item
), cart AS MATERIALIZED (
  SELECT k, last, v, min(first_seq) AS cart, min(began) AS session_start, max(ended) AS last_event, max(last_place) AS last_place, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::DECIMAL(38,4) AS value, list(struct_pack("item" := item, "quantity" := pieces, "price" := price)) FILTER (pieces > 0) AS left_in, sum(late_moves)::BIGINT AS late_moves
  FROM held
  GROUP BY k, last, v HAVING sum(pieces) > 0
), followed AS MATERIALIZED (
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM cart c
  JOIN recovery b ON b.session_id = c.k AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000) UNION
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM (
    SELECT cart, v, last_event, last_place, unnest(left_in).item AS item
    FROM cart
  ) c
  JOIN recovery b ON b.v = c.v AND b.item = c.item AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000)
), recovered AS (
  SELECT cart, min(event_time) AS recovered_at, coalesce(sum(amount), 0)::DECIMAL(18,4) AS recovered_amount, count_if(late)::BIGINT AS late_recoveries
  FROM followed
  GROUP BY cart
)
SELECT k AS session_id, v::VARCHAR AS visitor, session_start, last_event, items, value, CASE WHEN len(left_in) = 1 THEN left_in ELSE list_sort(left_in) END AS contents, CASE WHEN recovered_at IS NOT NULL OR last_event + to_microseconds(60000000) <= TIMESTAMP '2020-01-05 14:00:00.000000' THEN last_event + to_microseconds(60000000) END AS abandoned_at, recovered_at, coalesce(recovered_amount, 0)::DECIMAL(18,4) AS recovered_amount, late_moves + coalesce(late_recoveries, 0) AS late_events
FROM cart
LEFT
JOIN recovered USING (cart)
WHERE recovered_at IS NULL OR recovered_at >= last_event + to_microseconds(60000000)

-- given: live rows before any clock
WITH mine AS MATERIALIZED (
  SELECT m.*, s.last
  FROM (
    SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
  ) m
  JOIN slices s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last
), events AS (
  SELECT k, last, coalesce(m.v, o.v) AS v, item, change, price, NULL AS session_id, NULL AS amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, FALSE AS recovers
  FROM mine m
  LEFT
  JOIN (
    SELECT k, last, any_value(v) AS v
    FROM mine
    GROUP BY k, last HAVING count(DISTINCT v) = 1
  ) o USING (k, last)
  UNION ALL
  SELECT NULL, NULL, v, item, NULL, NULL, session_id, amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, TRUE
  FROM (
    SELECT session_id, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, amount AS amount, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND event_type = 12 AND TRUE
  )
), placed AS MATERIALIZED (
  SELECT * EXCLUDE (id), row_number() OVER (ORDER BY event_time, id, recovers DESC) AS place
  FROM events
), recovery AS MATERIALIZED (
  SELECT session_id, v, item, amount, event_time, seq, late, place
  FROM placed
  WHERE recovers
), checkout AS MATERIALIZED (
  SELECT s.k, s.last, b.place
  FROM slices s
  JOIN recovery b ON b.session_id = s.k AND b.event_time >= s.start AND b.event_time <= s.last
), intricate AS MATERIALIZED (
  SELECT k, last
  FROM checkout UNION
  SELECT k, last
  FROM mine
  WHERE change < 0
), moved AS MATERIALIZED (
  SELECT m.*, i.k IS NOT NULL AS intricate
  FROM (
    SELECT k, last, v, item, change, price, event_time, seq, late, place
    FROM placed
    WHERE NOT recovers
  ) m
  LEFT
  JOIN intricate i USING (k, last)
), counted AS (
  SELECT *, sum(CASE WHEN seq IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY place) AS era
  FROM (
    SELECT *
    FROM moved
    WHERE intricate
    UNION ALL BY NAME
    SELECT k, last, place
    FROM checkout
  )
), sold AS (
  SELECT *, max(era) OVER (PARTITION BY k, last, v) AS last_era
  FROM counted
  WHERE seq IS NOT NULL
), running AS (
  SELECT *, sum(change) OVER (PARTITION BY k, last, v, item ORDER BY place) AS total
  FROM sold
  WHERE era = last_era
), kept AS MATERIALIZED (
  SELECT k, last, v, item, change, price, event_time, seq, late, place, 0 AS total
  FROM moved
  WHERE NOT intricate
  UNION ALL
  SELECT k, last, v, item, change, price, event_time, seq, late, place, total
  FROM running
), held AS (
  SELECT k, last, v, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, arg_max(price, place) AS price, min(event_time) AS began, max(event_time) AS ended, max(place) AS last_place, min(seq) AS first_seq, count_if(late)::BIGINT AS late_moves
  FROM kept
  GROUP BY k, last, v, item
), cart AS MATERIALIZED (
  SELECT k, last, v, min(first_seq) AS cart, min(began) AS session_start, max(ended) AS last_event, max(last_place) AS last_place, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::DECIMAL(38,4) AS value, list(struct_pack("item" := item, "quantity" := pieces, "price" := price)) FILTER (pieces > 0) AS left_in, sum(late_moves)::BIGINT AS late_moves
  FROM held
  GROUP BY k, last, v HAVING sum(pieces) > 0
), followed AS MATERIALIZED (
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM cart c
  JOIN recovery b ON b.session_id = c.k AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000) UNION
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM (
    SELECT cart, v, last_event, last_place, unnest(left_in).item AS item
    FROM cart
  ) c
  JOIN recovery b ON b.v = c.v AND b.item = c.item AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000)
), recovered AS (
  SELECT cart, min(event_time) AS recovered_at, coalesce(sum(amount), 0)::DECIMAL(18,4) AS recovered_amount, count_if(late)::BIGINT AS late_recoveries
  FROM followed
  GROUP BY cart
)
SELECT k AS session_id, v::VARCHAR AS visitor, session_start, last_event, items, value, CASE WHEN len(left_in) = 1 THEN left_in ELSE list_sort(left_in) END AS contents, CASE WHEN recovered_at IS NOT NULL OR last_event + to_microseconds(60000000) <= NULL THEN last_event + to_microseconds(60000000) END AS abandoned_at, recovered_at, coalesce(recovered_amount, 0)::DECIMAL(18,4) AS recovered_amount, late_moves + coalesce(late_recoveries, 0) AS late_events
FROM cart
LEFT
JOIN recovered USING (cart)
WHERE recovered_at IS NULL OR recovered_at >= last_event + to_microseconds(60000000)

-- gap: slices
SELECT k, greatest(min(event_time), max(event_time) + to_microseconds(-604800000000)) AS start, max(event_time) AS last
FROM (
  SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 1800000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
  FROM (
    SELECT k, event_time, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
    FROM (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
      FROM raw
      WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
    )
    WHERE k IN (
      SELECT k
      FROM (
        SELECT k
        FROM (
          SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
          FROM raw
          WHERE event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
        )
      )
    )
  )
)
GROUP BY k, run HAVING max(event_time) >= TIMESTAMP '2020-01-05 12:00:00.000000' AND max(event_time) < TIMESTAMP '2020-01-05 13:00:00.000000'

-- gap: slices from a time on
SELECT k, greatest(min(event_time), max(event_time) + to_microseconds(-604800000000)) AS start, max(event_time) AS last
FROM (
  SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 1800000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
  FROM (
    SELECT k, event_time, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
    FROM (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
      FROM raw
      WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
    )
  )
)
GROUP BY k, run HAVING max(event_time) >= TIMESTAMP '2020-01-05 12:00:00.000000'

-- gap: slices of keys
SELECT k, greatest(min(event_time), max(event_time) + to_microseconds(-604800000000)) AS start, max(event_time) AS last
FROM (
  SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 1800000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
  FROM (
    SELECT k, event_time, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
    FROM (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
      FROM raw
      WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
    )
    WHERE k IN (
      SELECT k
      FROM keys
    )
  )
)
GROUP BY k, run HAVING max(event_time) >= TIMESTAMP '2020-01-05 12:00:00.000000' AND max(event_time) < TIMESTAMP '2020-01-05 13:00:00.000000'

-- gap: rows
WITH mine AS MATERIALIZED (
  SELECT m.*, s.last
  FROM (
    SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
  ) m
  JOIN slices s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last
), events AS (
  SELECT k, last, m.v AS v, item, change, price, NULL AS session_id, NULL AS amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, FALSE AS recovers
  FROM mine m
  UNION ALL
  SELECT NULL, NULL, v, item, NULL, NULL, session_id, amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, TRUE
  FROM (
    SELECT session_id, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, amount AS amount, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-12 13:00:00.000000' AND event_type = 12 AND TRUE
  )
), placed AS MATERIALIZED (
  SELECT * EXCLUDE (id), row_number() OVER (ORDER BY event_time, id, recovers DESC) AS place
  FROM events
), recovery AS MATERIALIZED (
  SELECT session_id, v, item, amount, event_time, seq, late, place
  FROM placed
  WHERE recovers
), checkout AS MATERIALIZED (
  SELECT s.k, s.last, b.place
  FROM slices s
  JOIN recovery b ON b.session_id IS NULL AND b.v = s.k AND b.event_time >= s.start AND b.event_time <= s.last
), intricate AS MATERIALIZED (
  SELECT k, last
  FROM checkout UNION
  SELECT k, last
  FROM mine
  WHERE change < 0
), moved AS MATERIALIZED (
  SELECT m.*, i.k IS NOT NULL AS intricate
  FROM (
    SELECT k, last, v, item, change, price, event_time, seq, late, place
    FROM placed
    WHERE NOT recovers
  ) m
  LEFT
  JOIN intricate i USING (k, last)
), counted AS (
  SELECT *, sum(CASE WHEN seq IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY place) AS era
  FROM (
    SELECT *
    FROM moved
    WHERE intricate
    UNION ALL BY NAME
    SELECT k, last, place
    FROM checkout
  )
), sold AS (
  SELECT *, max(era) OVER (PARTITION BY k, last, v) AS last_era
  FROM counted
  WHERE seq IS NOT NULL
), running AS (
  SELECT *, sum(change) OVER (PARTITION BY k, last, v, item ORDER BY place) AS total
  FROM sold
  WHERE era = last_era
), kept AS MATERIALIZED (
  SELECT k, last, v, item, change, price, event_time, seq, late, place, 0 AS total
  FROM moved
  WHERE NOT intricate
  UNION ALL
  SELECT k, last, v, item, change, price, event_time, seq, late, place, total
  FROM running
), held AS (
  SELECT k, last, v, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, arg_max(price, place) AS price, min(event_time) AS began, max(event_time) AS ended, max(place) AS last_place, min(seq) AS first_seq, count_if(late)::BIGINT AS late_moves
  FROM kept
  GROUP BY k, last, v, item
), cart AS MATERIALIZED (
  SELECT k, last, v, min(first_seq) AS cart, min(began) AS session_start, max(ended) AS last_event, max(last_place) AS last_place, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::DECIMAL(38,4) AS value, list(struct_pack("item" := item, "quantity" := pieces, "price" := price)) FILTER (pieces > 0) AS left_in, sum(late_moves)::BIGINT AS late_moves
  FROM held
  GROUP BY k, last, v HAVING sum(pieces) > 0
), followed AS MATERIALIZED (
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM cart c
  JOIN recovery b ON b.session_id IS NULL AND b.v = c.k AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000) AND (epoch_us(b.event_time) - epoch_us(c.last_event)) <= 1800000000 UNION
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM (
    SELECT cart, v, last_event, last_place, unnest(left_in).item AS item
    FROM cart
  ) c
  JOIN recovery b ON b.v = c.v AND b.item = c.item AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000)
), recovered AS (
  SELECT cart, min(event_time) AS recovered_at, coalesce(sum(amount), 0)::DECIMAL(18,4) AS recovered_amount, count_if(late)::BIGINT AS late_recoveries
  FROM followed
  GROUP BY cart
)
SELECT NULL::UUID AS session_id, k AS visitor, session_start, last_event, items, value, CASE WHEN len(left_in) = 1 THEN left_in ELSE list_sort(left_in) END AS contents, last_event + to_microseconds(60000000) AS abandoned_at, recovered_at, coalesce(recovered_amount, 0)::DECIMAL(18,4) AS recovered_amount, late_moves + coalesce(late_recoveries, 0) AS late_events
FROM cart
LEFT
JOIN recovered USING (cart)
WHERE recovered_at IS NULL OR recovered_at >= last_event + to_microseconds(60000000)

-- gap: live rows
WITH mine AS MATERIALIZED (
  SELECT m.*, s.last
  FROM (
    SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
  ) m
  JOIN slices s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last
), events AS (
  SELECT k, last, m.v AS v, item, change, price, NULL AS session_id, NULL AS amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, FALSE AS recovers
  FROM mine m
  UNION ALL
  SELECT NULL, NULL, v, item, NULL, NULL, session_id, amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, TRUE
  FROM (
    SELECT session_id, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, amount AS amount, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND event_type = 12 AND TRUE
  )
), placed AS MATERIALIZED (
  SELECT * EXCLUDE (id), row_number() OVER (ORDER BY event_time, id, recovers DESC) AS place
  FROM events
), recovery AS MATERIALIZED (
  SELECT session_id, v, item, amount, event_time, seq, late, place
  FROM placed
  WHERE recovers
), checkout AS MATERIALIZED (
  SELECT s.k, s.last, b.place
  FROM slices s
  JOIN recovery b ON b.session_id IS NULL AND b.v = s.k AND b.event_time >= s.start AND b.event_time <= s.last
), intricate AS MATERIALIZED (
  SELECT k, last
  FROM checkout UNION
  SELECT k, last
  FROM mine
  WHERE change < 0
), moved AS MATERIALIZED (
  SELECT m.*, i.k IS NOT NULL AS intricate
  FROM (
    SELECT k, last, v, item, change, price, event_time, seq, late, place
    FROM placed
    WHERE NOT recovers
  ) m
  LEFT
  JOIN intricate i USING (k, last)
), counted AS (
  SELECT *, sum(CASE WHEN seq IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY place) AS era
  FROM (
    SELECT *
    FROM moved
    WHERE intricate
    UNION ALL BY NAME
    SELECT k, last, place
    FROM checkout
  )
), sold AS (
  SELECT *, max(era) OVER (PARTITION BY k, last, v) AS last_era
  FROM counted
  WHERE seq IS NOT NULL
), running AS (
  SELECT *, sum(change) OVER (PARTITION BY k, last, v, item ORDER BY place) AS total
  FROM sold
  WHERE era = last_era
), kept AS MATERIALIZED (
  SELECT k, last, v, item, change, price, event_time, seq, late, place, 0 AS total
  FROM moved
  WHERE NOT intricate
  UNION ALL
  SELECT k, last, v, item, change, price, event_time, seq, late, place, total
  FROM running
), held AS (
  SELECT k, last, v, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, arg_max(price, place) AS price, min(event_time) AS began, max(event_time) AS ended, max(place) AS last_place, min(seq) AS first_seq, count_if(late)::BIGINT AS late_moves
  FROM kept
  GROUP BY k, last, v, item
), cart AS MATERIALIZED (
  SELECT k, last, v, min(first_seq) AS cart, min(began) AS session_start, max(ended) AS last_event, max(last_place) AS last_place, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::DECIMAL(38,4) AS value, list(struct_pack("item" := item, "quantity" := pieces, "price" := price)) FILTER (pieces > 0) AS left_in, sum(late_moves)::BIGINT AS late_moves
  FROM held
  GROUP BY k, last, v HAVING sum(pieces) > 0
), followed AS MATERIALIZED (
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM cart c
  JOIN recovery b ON b.session_id IS NULL AND b.v = c.k AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000) AND (epoch_us(b.event_time) - epoch_us(c.last_event)) <= 1800000000 UNION
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM (
    SELECT cart, v, last_event, last_place, unnest(left_in).item AS item
    FROM cart
  ) c
  JOIN recovery b ON b.v = c.v AND b.item = c.item AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000)
), recovered AS (
  SELECT cart, min(event_time) AS recovered_at, coalesce(sum(amount), 0)::DECIMAL(18,4) AS recovered_amount, count_if(late)::BIGINT AS late_recoveries
  FROM followed
  GROUP BY cart
)
SELECT NULL::UUID AS session_id, k AS visitor, session_start, last_event, items, value, CASE WHEN len(left_in) = 1 THEN left_in ELSE list_sort(left_in) END AS contents, CASE WHEN recovered_at IS NOT NULL OR last_event + to_microseconds(60000000) <= TIMESTAMP '2020-01-05 14:00:00.000000' THEN last_event + to_microseconds(60000000) END AS abandoned_at, recovered_at, coalesce(recovered_amount, 0)::DECIMAL(18,4) AS recovered_amount, late_moves + coalesce(late_recoveries, 0) AS late_events
FROM cart
LEFT
JOIN recovered USING (cart)
WHERE recovered_at IS NULL OR recovered_at >= last_event + to_microseconds(60000000)

-- gap: live rows before any clock
WITH mine AS MATERIALIZED (
  SELECT m.*, s.last
  FROM (
    SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
  ) m
  JOIN slices s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last
), events AS (
  SELECT k, last, m.v AS v, item, change, price, NULL AS session_id, NULL AS amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, FALSE AS recovers
  FROM mine m
  UNION ALL
  SELECT NULL, NULL, v, item, NULL, NULL, session_id, amount, event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, TRUE
  FROM (
    SELECT session_id, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, amount AS amount, event_time, event_id, part, position, seq, late
    FROM raw
    WHERE event_time >= TIMESTAMP '2019-12-29 12:00:00.000000' AND event_type = 12 AND TRUE
  )
), placed AS MATERIALIZED (
  SELECT * EXCLUDE (id), row_number() OVER (ORDER BY event_time, id, recovers DESC) AS place
  FROM events
), recovery AS MATERIALIZED (
  SELECT session_id, v, item, amount, event_time, seq, late, place
  FROM placed
  WHERE recovers
), checkout AS MATERIALIZED (
  SELECT s.k, s.last, b.place
  FROM slices s
  JOIN recovery b ON b.session_id IS NULL AND b.v = s.k AND b.event_time >= s.start AND b.event_time <= s.last
), intricate AS MATERIALIZED (
  SELECT k, last
  FROM checkout UNION
  SELECT k, last
  FROM mine
  WHERE change < 0
), moved AS MATERIALIZED (
  SELECT m.*, i.k IS NOT NULL AS intricate
  FROM (
    SELECT k, last, v, item, change, price, event_time, seq, late, place
    FROM placed
    WHERE NOT recovers
  ) m
  LEFT
  JOIN intricate i USING (k, last)
), counted AS (
  SELECT *, sum(CASE WHEN seq IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY place) AS era
  FROM (
    SELECT *
    FROM moved
    WHERE intricate
    UNION ALL BY NAME
    SELECT k, last, place
    FROM checkout
  )
), sold AS (
  SELECT *, max(era) OVER (PARTITION BY k, last, v) AS last_era
  FROM counted
  WHERE seq IS NOT NULL
), running AS (
  SELECT *, sum(change) OVER (PARTITION BY k, last, v, item ORDER BY place) AS total
  FROM sold
  WHERE era = last_era
), kept AS MATERIALIZED (
  SELECT k, last, v, item, change, price, event_time, seq, late, place, 0 AS total
  FROM moved
  WHERE NOT intricate
  UNION ALL
  SELECT k, last, v, item, change, price, event_time, seq, late, place, total
  FROM running
), held AS (
  SELECT k, last, v, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, arg_max(price, place) AS price, min(event_time) AS began, max(event_time) AS ended, max(place) AS last_place, min(seq) AS first_seq, count_if(late)::BIGINT AS late_moves
  FROM kept
  GROUP BY k, last, v, item
), cart AS MATERIALIZED (
  SELECT k, last, v, min(first_seq) AS cart, min(began) AS session_start, max(ended) AS last_event, max(last_place) AS last_place, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::DECIMAL(38,4) AS value, list(struct_pack("item" := item, "quantity" := pieces, "price" := price)) FILTER (pieces > 0) AS left_in, sum(late_moves)::BIGINT AS late_moves
  FROM held
  GROUP BY k, last, v HAVING sum(pieces) > 0
), followed AS MATERIALIZED (
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM cart c
  JOIN recovery b ON b.session_id IS NULL AND b.v = c.k AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000) AND (epoch_us(b.event_time) - epoch_us(c.last_event)) <= 1800000000 UNION
  SELECT c.cart, b.seq, b.event_time, b.amount, b.late
  FROM (
    SELECT cart, v, last_event, last_place, unnest(left_in).item AS item
    FROM cart
  ) c
  JOIN recovery b ON b.v = c.v AND b.item = c.item AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000)
), recovered AS (
  SELECT cart, min(event_time) AS recovered_at, coalesce(sum(amount), 0)::DECIMAL(18,4) AS recovered_amount, count_if(late)::BIGINT AS late_recoveries
  FROM followed
  GROUP BY cart
)
SELECT NULL::UUID AS session_id, k AS visitor, session_start, last_event, items, value, CASE WHEN len(left_in) = 1 THEN left_in ELSE list_sort(left_in) END AS contents, CASE WHEN recovered_at IS NOT NULL OR last_event + to_microseconds(60000000) <= NULL THEN last_event + to_microseconds(60000000) END AS abandoned_at, recovered_at, coalesce(recovered_amount, 0)::DECIMAL(18,4) AS recovered_amount, late_moves + coalesce(late_recoveries, 0) AS late_events
FROM cart
LEFT
JOIN recovered USING (cart)
WHERE recovered_at IS NULL OR recovered_at >= last_event + to_microseconds(60000000)

-- first close
INSERT INTO result.cart_abandonment
SELECT "session_id", "visitor", "session_start", "last_event", "items", "value", "contents", "abandoned_at", "recovered_at", "recovered_amount", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "session_id", "visitor", "session_start", "last_event", "items", "value", "contents", "abandoned_at", "recovered_at", "recovered_amount", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, coalesce(max(old_revision) FILTER (new_row IS NULL) OVER (PARTITION BY session_id, CASE WHEN session_id IS NULL THEN visitor END) + 1, 0)) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row, o.session_start AS old_start, n.session_start AS new_start, coalesce(o.session_id, n.session_id) AS session_id, coalesce(o.visitor, n.visitor) AS visitor
  FROM (
    SELECT rowid AS row, *, session_id AS i0, visitor AS i1, CASE WHEN session_id IS NULL THEN session_start END AS i2
    FROM result.cart_abandonment
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
  FROM n."session_start" OR o."last_event" IS DISTINCT
  FROM n."last_event" OR o."items" IS DISTINCT
  FROM n."items" OR o."value" IS DISTINCT
  FROM n."value" OR o."contents" IS DISTINCT
  FROM n."contents" OR o."abandoned_at" IS DISTINCT
  FROM n."abandoned_at" OR o."recovered_at" IS DISTINCT
  FROM n."recovered_at" OR o."recovered_amount" IS DISTINCT
  FROM n."recovered_amount"
)

-- restate 3
INSERT INTO result.cart_abandonment_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.cart_abandonment t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.cart_abandonment
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.cart_abandonment
SELECT n."session_id", n."visitor", n."session_start", n."last_event", n."items", n."value", n."contents", n."abandoned_at", n."recovered_at", n."recovered_amount", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
seq IN (
  WITH mine AS MATERIALIZED (
    SELECT m.*, s.last
    FROM (
      SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
      FROM raw
      WHERE session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
    ) m
    JOIN (
      SELECT k, max(event_time) + to_microseconds(-604800000000) AS start, max(event_time) AS last
      FROM (
        SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
        FROM raw
        WHERE session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
      )
      WHERE k IN (
        SELECT k
        FROM (
          SELECT session_id AS k
          FROM raw
          WHERE session_id::VARCHAR = 's''1'
        )
      )
      GROUP BY k
    ) s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last
  ), events AS (
    SELECT k, last, coalesce(m.v, o.v) AS v, item, change, price, NULL AS session_id, NULL AS amount, event_time, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, FALSE AS recovers
    FROM mine m
    LEFT
    JOIN (
      SELECT k, last, any_value(v) AS v
      FROM mine
      GROUP BY k, last HAVING count(DISTINCT v) = 1
    ) o USING (k, last)
    UNION ALL
    SELECT NULL, NULL, v, item, NULL, NULL, session_id, amount, event_time, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, TRUE
    FROM (
      SELECT session_id, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, amount AS amount, event_time, event_id, part, position, seq, late
      FROM raw
      WHERE event_type = 12 AND TRUE
    )
  ), placed AS MATERIALIZED (
    SELECT * EXCLUDE (id), row_number() OVER (ORDER BY event_time, id, recovers DESC) AS place
    FROM events
  ), recovery AS MATERIALIZED (
    SELECT session_id, v, item, amount, event_time, seq, late, place
    FROM placed
    WHERE recovers
  ), checkout AS MATERIALIZED (
    SELECT s.k, s.last, b.place
    FROM (
      SELECT k, max(event_time) + to_microseconds(-604800000000) AS start, max(event_time) AS last
      FROM (
        SELECT session_id AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
        FROM raw
        WHERE session_id IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
      )
      WHERE k IN (
        SELECT k
        FROM (
          SELECT session_id AS k
          FROM raw
          WHERE session_id::VARCHAR = 's''1'
        )
      )
      GROUP BY k
    ) s
    JOIN recovery b ON b.session_id = s.k AND b.event_time >= s.start AND b.event_time <= s.last
  ), intricate AS MATERIALIZED (
    SELECT k, last
    FROM checkout UNION
    SELECT k, last
    FROM mine
    WHERE change < 0
  ), moved AS MATERIALIZED (
    SELECT m.*, i.k IS NOT NULL AS intricate
    FROM (
      SELECT k, last, v, item, change, price, event_time, seq, late, place
      FROM placed
      WHERE NOT recovers
    ) m
    LEFT
    JOIN intricate i USING (k, last)
  ), counted AS (
    SELECT *, sum(CASE WHEN seq IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY place) AS era
    FROM (
      SELECT *
      FROM moved
      WHERE intricate
      UNION ALL BY NAME
      SELECT k, last, place
      FROM checkout
    )
  ), sold AS (
    SELECT *, max(era) OVER (PARTITION BY k, last, v) AS last_era
    FROM counted
    WHERE seq IS NOT NULL
  ), running AS (
    SELECT *, sum(change) OVER (PARTITION BY k, last, v, item ORDER BY place) AS total
    FROM sold
    WHERE era = last_era
  ), kept AS MATERIALIZED (
    SELECT k, last, v, item, change, price, event_time, seq, late, place, 0 AS total
    FROM moved
    WHERE NOT intricate
    UNION ALL
    SELECT k, last, v, item, change, price, event_time, seq, late, place, total
    FROM running
  ), held AS (
    SELECT k, last, v, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, arg_max(price, place) AS price, min(event_time) AS began, max(event_time) AS ended, max(place) AS last_place, min(seq) AS first_seq, count_if(late)::BIGINT AS late_moves
    FROM kept
    GROUP BY k, last, v, item
  ), cart AS MATERIALIZED (
    SELECT k, last, v, min(first_seq) AS cart, min(began) AS session_start, max(ended) AS last_event, max(last_place) AS last_place, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::DECIMAL(38,4) AS value, list(struct_pack("item" := item, "quantity" := pieces, "price" := price)) FILTER (pieces > 0) AS left_in, sum(late_moves)::BIGINT AS late_moves
    FROM held
    GROUP BY k, last, v HAVING sum(pieces) > 0
  ), followed AS MATERIALIZED (
    SELECT c.cart, b.seq, b.event_time, b.amount, b.late
    FROM cart c
    JOIN recovery b ON b.session_id = c.k AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000) UNION
    SELECT c.cart, b.seq, b.event_time, b.amount, b.late
    FROM (
      SELECT cart, v, last_event, last_place, unnest(left_in).item AS item
      FROM cart
    ) c
    JOIN recovery b ON b.v = c.v AND b.item = c.item AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000)
  ), recovered AS (
    SELECT cart, min(event_time) AS recovered_at, coalesce(sum(amount), 0)::DECIMAL(18,4) AS recovered_amount, count_if(late)::BIGINT AS late_recoveries
    FROM followed
    GROUP BY cart
  ), asked AS (
    SELECT *
    FROM cart
    WHERE v::VARCHAR = 'x''y'
  )
  SELECT seq
  FROM kept
  WHERE (k, last, hash(v)) IN (
    SELECT (k, last, hash(v))
    FROM asked
  ) UNION
  SELECT seq
  FROM followed
  WHERE cart IN (
    SELECT cart
    FROM asked
  )
)

-- events of a row without keys
seq IN (
  WITH mine AS MATERIALIZED (
    SELECT m.*, s.last
    FROM (
      SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
      FROM raw
      WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
    ) m
    JOIN (
      SELECT k, greatest(min(event_time), max(event_time) + to_microseconds(-604800000000)) AS start, max(event_time) AS last
      FROM (
        SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 1800000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
        FROM (
          SELECT k, event_time, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
          )
          WHERE k IN (
            SELECT k
            FROM (
              SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k
              FROM raw
              WHERE coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)::VARCHAR = 'v1'
            )
          )
        )
      )
      GROUP BY k, run
    ) s ON m.k = s.k AND m.event_time >= s.start AND m.event_time <= s.last
  ), events AS (
    SELECT k, last, m.v AS v, item, change, price, NULL AS session_id, NULL AS amount, event_time, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, FALSE AS recovers
    FROM mine m
    UNION ALL
    SELECT NULL, NULL, v, item, NULL, NULL, session_id, amount, event_time, coalesce(event_id, (
      SELECT p.partition_key
      FROM partition p
      WHERE p.id = part
    ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS id, seq, late, TRUE
    FROM (
      SELECT session_id, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, amount AS amount, event_time, event_id, part, position, seq, late
      FROM raw
      WHERE event_type = 12 AND TRUE
    )
  ), placed AS MATERIALIZED (
    SELECT * EXCLUDE (id), row_number() OVER (ORDER BY event_time, id, recovers DESC) AS place
    FROM events
  ), recovery AS MATERIALIZED (
    SELECT session_id, v, item, amount, event_time, seq, late, place
    FROM placed
    WHERE recovers
  ), checkout AS MATERIALIZED (
    SELECT s.k, s.last, b.place
    FROM (
      SELECT k, greatest(min(event_time), max(event_time) + to_microseconds(-604800000000)) AS start, max(event_time) AS last
      FROM (
        SELECT *, sum(CASE WHEN (epoch_us(event_time) - epoch_us(before)) > 1800000000 THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY event_time) AS run
        FROM (
          SELECT k, event_time, lag(event_time) OVER (PARTITION BY k ORDER BY event_time) AS before
          FROM (
            SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS v, product_id AS item, CASE WHEN event_type = 6 THEN coalesce(quantity, 1)::BIGINT ELSE -coalesce(quantity, 1)::BIGINT END AS change, CASE WHEN event_type = 6 THEN price END AS price, event_time, event_id, part, position, seq, late
            FROM raw
            WHERE session_id IS NULL AND coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL AND (event_type = 6 OR event_type = 7) AND TRUE
          )
          WHERE k IN (
            SELECT k
            FROM (
              SELECT coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS k
              FROM raw
              WHERE coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)::VARCHAR = 'v1'
            )
          )
        )
      )
      GROUP BY k, run
    ) s
    JOIN recovery b ON b.session_id IS NULL AND b.v = s.k AND b.event_time >= s.start AND b.event_time <= s.last
  ), intricate AS MATERIALIZED (
    SELECT k, last
    FROM checkout UNION
    SELECT k, last
    FROM mine
    WHERE change < 0
  ), moved AS MATERIALIZED (
    SELECT m.*, i.k IS NOT NULL AS intricate
    FROM (
      SELECT k, last, v, item, change, price, event_time, seq, late, place
      FROM placed
      WHERE NOT recovers
    ) m
    LEFT
    JOIN intricate i USING (k, last)
  ), counted AS (
    SELECT *, sum(CASE WHEN seq IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k, last ORDER BY place) AS era
    FROM (
      SELECT *
      FROM moved
      WHERE intricate
      UNION ALL BY NAME
      SELECT k, last, place
      FROM checkout
    )
  ), sold AS (
    SELECT *, max(era) OVER (PARTITION BY k, last, v) AS last_era
    FROM counted
    WHERE seq IS NOT NULL
  ), running AS (
    SELECT *, sum(change) OVER (PARTITION BY k, last, v, item ORDER BY place) AS total
    FROM sold
    WHERE era = last_era
  ), kept AS MATERIALIZED (
    SELECT k, last, v, item, change, price, event_time, seq, late, place, 0 AS total
    FROM moved
    WHERE NOT intricate
    UNION ALL
    SELECT k, last, v, item, change, price, event_time, seq, late, place, total
    FROM running
  ), held AS (
    SELECT k, last, v, item, (sum(change) - least(0, min(total)))::BIGINT AS pieces, arg_max(price, place) AS price, min(event_time) AS began, max(event_time) AS ended, max(place) AS last_place, min(seq) AS first_seq, count_if(late)::BIGINT AS late_moves
    FROM kept
    GROUP BY k, last, v, item
  ), cart AS MATERIALIZED (
    SELECT k, last, v, min(first_seq) AS cart, min(began) AS session_start, max(ended) AS last_event, max(last_place) AS last_place, sum(pieces)::BIGINT AS items, coalesce(sum(pieces * price), 0)::DECIMAL(38,4) AS value, list(struct_pack("item" := item, "quantity" := pieces, "price" := price)) FILTER (pieces > 0) AS left_in, sum(late_moves)::BIGINT AS late_moves
    FROM held
    GROUP BY k, last, v HAVING sum(pieces) > 0
  ), followed AS MATERIALIZED (
    SELECT c.cart, b.seq, b.event_time, b.amount, b.late
    FROM cart c
    JOIN recovery b ON b.session_id IS NULL AND b.v = c.k AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000) AND (epoch_us(b.event_time) - epoch_us(c.last_event)) <= 1800000000 UNION
    SELECT c.cart, b.seq, b.event_time, b.amount, b.late
    FROM (
      SELECT cart, v, last_event, last_place, unnest(left_in).item AS item
      FROM cart
    ) c
    JOIN recovery b ON b.v = c.v AND b.item = c.item AND b.place > c.last_place AND b.event_time <= c.last_event + to_microseconds(604800000000)
  ), recovered AS (
    SELECT cart, min(event_time) AS recovered_at, coalesce(sum(amount), 0)::DECIMAL(18,4) AS recovered_amount, count_if(late)::BIGINT AS late_recoveries
    FROM followed
    GROUP BY cart
  ), asked AS (
    SELECT *
    FROM cart
    WHERE epoch_us(session_start) = 1578225600000000
  )
  SELECT seq
  FROM kept
  WHERE (k, last, hash(v)) IN (
    SELECT (k, last, hash(v))
    FROM asked
  ) UNION
  SELECT seq
  FROM followed
  WHERE cart IN (
    SELECT cart
    FROM asked
  )
)

-- present
SELECT CASE WHEN session_id IS NOT NULL THEN session_id::VARCHAR ELSE '~' || visitor::VARCHAR || '~' || epoch_us(session_start)::VARCHAR END AS "session_id", visitor::VARCHAR AS "user_id", value AS "cart_value", items AS "items", list_sort(list_transform(list_zip(list_select((
  SELECT list(text ORDER BY id)
  FROM symbol
), list_transform(contents, lambda x: coalesce(x.item, 0))), contents), lambda x: struct_pack("product_id" := x[1], quantity := x[2].quantity, price := x[2].price))) AS "products", last_event AS "last_cart_event", CASE WHEN recovered_at IS NOT NULL THEN 'recovered' WHEN abandoned_at IS NULL THEN 'open' ELSE 'abandoned' END AS "status", abandoned_at AS "abandoned_at", recovered_at AS "recovered_at", recovered_amount AS "recovered_amount", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.cart_abandonment
) r

-- stored rows
SELECT "session_id", "visitor", "session_start", "last_event", "items", "value", "contents", "abandoned_at", "recovered_at", "recovered_amount", late_events, TRUE AS is_final, revision, epoch
FROM result.cart_abandonment t
WHERE TRUE

-- live rows
SELECT "session_id", "visitor", "session_start", "last_event", "items", "value", "contents", "abandoned_at", "recovered_at", "recovered_amount", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.cart_abandonment

-- drop 2
DROP TABLE IF EXISTS result.cart_abandonment_history

-- drop 3
DROP TABLE IF EXISTS result.cart_abandonment_open

-- id columns
result.cart_abandonment session_id UUID, result.cart_abandonment visitor VARCHAR, result.cart_abandonment_history session_id UUID, result.cart_abandonment_history visitor VARCHAR
