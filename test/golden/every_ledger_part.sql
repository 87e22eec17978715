-- types
product symbol, name text, price text, brand text, balance integer, since integer, uncounted boolean, moves integer, revenue money, typical double, least money, most money, first_buyer id, last_note text

-- table 1
CREATE TABLE result.every_ledger_part ("product" INTEGER, "balance" BIGINT, "taken" BIGINT, "added" BIGINT, "counted" BIGINT, "counted_at" TIMESTAMP, "name" VARCHAR, "price" VARCHAR, "brand" VARCHAR, "last_product_name" VARCHAR, "last_brand" INTEGER, "count" BIGINT, "sum_amount_fa3295" DECIMAL(18,4), "sum_price" DECIMAL(18,4), "present_price" BIGINT, "min_price" DECIMAL(18,4), "max_price" DECIMAL(18,4), "first_visitor" VARCHAR, "last_properties_9bbd6c" VARCHAR, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.every_ledger_part_history ("product" INTEGER, "balance" BIGINT, "taken" BIGINT, "added" BIGINT, "counted" BIGINT, "counted_at" TIMESTAMP, "name" VARCHAR, "price" VARCHAR, "brand" VARCHAR, "last_product_name" VARCHAR, "last_brand" INTEGER, "count" BIGINT, "sum_amount_fa3295" DECIMAL(18,4), "sum_price" DECIMAL(18,4), "present_price" BIGINT, "min_price" DECIMAL(18,4), "max_price" DECIMAL(18,4), "first_visitor" VARCHAR, "last_properties_9bbd6c" VARCHAR, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows
WITH latest AS MATERIALIZED (
  SELECT k, counted, counted_at
  FROM (
    SELECT *, row_number() OVER (PARTITION BY k ORDER BY counted_at DESC) AS place
    FROM (
      SELECT s.id AS k, (d.attributes ->> 'stock')::BIGINT AS counted, d.valid_from AS counted_at
      FROM dimension d
      JOIN symbol s ON s.text = d.key
      WHERE d.kind = 'stock'
    )
  )
  WHERE place = 1
), moved AS (
  SELECT k, coalesce(sum(CASE WHEN counted_at IS NULL OR event_time >= counted_at THEN change END), 0)::BIGINT AS since, coalesce(sum(CASE WHEN change < 0 THEN -change END), 0)::BIGINT AS taken, coalesce(sum(CASE WHEN change > 0 THEN change END), 0)::BIGINT AS added, last(product_name ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (product_name IS NOT NULL) AS "last_product_name", last(brand ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (brand IS NOT NULL) AS "last_brand", count(*) AS "count", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", min(price) AS "min_price", max(price) AS "max_price", first(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL) AS "first_visitor", last((
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER ((
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) IS NOT NULL) AS "last_properties_9bbd6c", max(event_time) AS moved_at, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT m.*, x.product_name
    FROM (
      SELECT *, CASE WHEN (event_type = 12 OR (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) IS NULL) THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
      FROM (
        SELECT product_id AS k, *
        FROM raw
        WHERE product_id IS NOT NULL AND ((event_type = 12 OR true) OR true)
      )
      WHERE ((event_type = 12 OR (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) IS NULL) OR NOT coalesce((
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) = 'it''s', FALSE)) AND (price > 1 OR (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."a b"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) = 'c')
    ) m
    LEFT
    JOIN raw_extra x ON x.seq = m.seq
  )
  LEFT
  JOIN latest USING (k)
  GROUP BY k
)
SELECT e.k AS "product", coalesce(e.counted, 0) + coalesce(e.since, 0) AS balance, coalesce(e.taken, 0) AS taken, coalesce(e.added, 0) AS added, e.counted AS counted, e.counted_at AS counted_at, product_dimension.attributes ->> 'o''name' AS "name", product_dimension.attributes ->> 'title' AS "price", product_dimension.attributes ->> 'brand' AS "brand", e."last_product_name" AS "last_product_name", e."last_brand" AS "last_brand", coalesce(e."count", 0) AS "count", coalesce(e."sum_amount_fa3295", 0) AS "sum_amount_fa3295", coalesce(e."sum_price", 0) AS "sum_price", coalesce(e."present_price", 0) AS "present_price", e."min_price" AS "min_price", e."max_price" AS "max_price", e."first_visitor" AS "first_visitor", e."last_properties_9bbd6c" AS "last_properties_9bbd6c", coalesce(e.late_events, 0) AS late_events
FROM (
  SELECT *, greatest(moved_at, counted_at) AS entered_at, (
    SELECT text
    FROM symbol
    WHERE id = k
  ) AS key_text
  FROM (
    SELECT *
    FROM moved
    FULL
    JOIN latest USING (k)
  )
) e
LEFT
JOIN dimension product_dimension ON product_dimension.kind = 'product' AND product_dimension.key = e.key_text AND e.entered_at >= product_dimension.valid_from AND e.entered_at < product_dimension.valid_to

-- rows of keys up to a frontier
WITH latest AS MATERIALIZED (
  SELECT k, counted, counted_at
  FROM (
    SELECT *, row_number() OVER (PARTITION BY k ORDER BY counted_at DESC) AS place
    FROM (
      SELECT s.id AS k, (d.attributes ->> 'stock')::BIGINT AS counted, d.valid_from AS counted_at
      FROM dimension d
      JOIN symbol s ON s.text = d.key
      WHERE d.kind = 'stock' AND d.valid_from < TIMESTAMP '2020-01-05 12:00:00.000000' AND s.id IN (
        SELECT k
        FROM keys
      )
    )
  )
  WHERE place = 1
), moved AS (
  SELECT k, coalesce(sum(CASE WHEN counted_at IS NULL OR event_time >= counted_at THEN change END), 0)::BIGINT AS since, coalesce(sum(CASE WHEN change < 0 THEN -change END), 0)::BIGINT AS taken, coalesce(sum(CASE WHEN change > 0 THEN change END), 0)::BIGINT AS added, last(product_name ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (product_name IS NOT NULL) AS "last_product_name", last(brand ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (brand IS NOT NULL) AS "last_brand", count(*) AS "count", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", min(price) AS "min_price", max(price) AS "max_price", first(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL) AS "first_visitor", last((
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER ((
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) IS NOT NULL) AS "last_properties_9bbd6c", max(event_time) AS moved_at, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT m.*, x.product_name
    FROM (
      SELECT *, CASE WHEN (event_type = 12 OR (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) IS NULL) THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
      FROM (
        SELECT product_id AS k, *
        FROM raw
        WHERE product_id IS NOT NULL AND ((event_type = 12 OR true) OR true) AND event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND product_id IN (
          SELECT k
          FROM keys
        )
      )
      WHERE ((event_type = 12 OR (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) IS NULL) OR NOT coalesce((
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) = 'it''s', FALSE)) AND (price > 1 OR (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."a b"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) = 'c')
    ) m
    LEFT
    JOIN raw_extra x ON x.seq = m.seq
  )
  LEFT
  JOIN latest USING (k)
  GROUP BY k
)
SELECT e.k AS "product", coalesce(e.counted, 0) + coalesce(e.since, 0) AS balance, coalesce(e.taken, 0) AS taken, coalesce(e.added, 0) AS added, e.counted AS counted, e.counted_at AS counted_at, product_dimension.attributes ->> 'o''name' AS "name", product_dimension.attributes ->> 'title' AS "price", product_dimension.attributes ->> 'brand' AS "brand", e."last_product_name" AS "last_product_name", e."last_brand" AS "last_brand", coalesce(e."count", 0) AS "count", coalesce(e."sum_amount_fa3295", 0) AS "sum_amount_fa3295", coalesce(e."sum_price", 0) AS "sum_price", coalesce(e."present_price", 0) AS "present_price", e."min_price" AS "min_price", e."max_price" AS "max_price", e."first_visitor" AS "first_visitor", e."last_properties_9bbd6c" AS "last_properties_9bbd6c", coalesce(e.late_events, 0) AS late_events
FROM (
  SELECT *, greatest(moved_at, counted_at) AS entered_at, (
    SELECT text
    FROM symbol
    WHERE id = k
  ) AS key_text
  FROM (
    SELECT *
    FROM moved
    FULL
    JOIN latest USING (k)
  )
) e
LEFT
JOIN dimension product_dimension ON product_dimension.kind = 'product' AND product_dimension.key = e.key_text AND e.entered_at >= product_dimension.valid_from AND e.entered_at < product_dimension.valid_to

-- rows gone on from
WITH latest AS MATERIALIZED (
  SELECT k, counted, counted_at
  FROM (
    SELECT *, row_number() OVER (PARTITION BY k ORDER BY counted_at DESC) AS place
    FROM (
      SELECT s.id AS k, (d.attributes ->> 'stock')::BIGINT AS counted, d.valid_from AS counted_at
      FROM dimension d
      JOIN symbol s ON s.text = d.key
      WHERE d.kind = 'stock' AND d.valid_from >= TIMESTAMP '2020-01-05 12:00:00.000000' AND d.valid_from < TIMESTAMP '2020-01-05 13:00:00.000000' AND s.id IN (
        SELECT k
        FROM keys
      )
    )
  )
  WHERE place = 1
), moved AS (
  SELECT k, coalesce(sum(CASE WHEN counted_at IS NULL OR event_time >= counted_at THEN change END), 0)::BIGINT AS since, coalesce(sum(CASE WHEN change < 0 THEN -change END), 0)::BIGINT AS taken, coalesce(sum(CASE WHEN change > 0 THEN change END), 0)::BIGINT AS added, last(product_name ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (product_name IS NOT NULL) AS "last_product_name", last(brand ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (brand IS NOT NULL) AS "last_brand", count(*) AS "count", coalesce(sum(CASE WHEN event_type = 12 THEN amount END), 0)::DECIMAL(18,4) AS "sum_amount_fa3295", coalesce(sum(price), 0)::DECIMAL(18,4) AS "sum_price", count(price) AS "present_price", min(price) AS "min_price", max(price) AS "max_price", first(coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) IS NOT NULL) AS "first_visitor", last((
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER ((
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) IS NOT NULL) AS "last_properties_9bbd6c", max(event_time) AS moved_at, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT m.*, x.product_name
    FROM (
      SELECT *, CASE WHEN (event_type = 12 OR (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) IS NULL) THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
      FROM (
        SELECT product_id AS k, *
        FROM raw
        WHERE product_id IS NOT NULL AND ((event_type = 12 OR true) OR true) AND event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND product_id IN (
          SELECT k
          FROM keys
        )
      )
      WHERE ((event_type = 12 OR (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) IS NULL) OR NOT coalesce((
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) = 'it''s', FALSE)) AND (price > 1 OR (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."a b"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) = 'c')
    ) m
    LEFT
    JOIN raw_extra x ON x.seq = m.seq
  )
  LEFT
  JOIN latest USING (k)
  GROUP BY k
)
SELECT e.k AS "product", coalesce(e.counted, coalesce(b.balance, 0)) + coalesce(e.since, 0) AS balance, coalesce(b.taken, 0) + coalesce(e.taken, 0) AS taken, coalesce(b.added, 0) + coalesce(e.added, 0) AS added, coalesce(e.counted, b.counted) AS counted, coalesce(e.counted_at, b.counted_at) AS counted_at, product_dimension.attributes ->> 'o''name' AS "name", product_dimension.attributes ->> 'title' AS "price", product_dimension.attributes ->> 'brand' AS "brand", coalesce(e."last_product_name", b."last_product_name") AS "last_product_name", coalesce(e."last_brand", b."last_brand") AS "last_brand", coalesce(b."count", 0) + coalesce(e."count", 0) AS "count", coalesce(b."sum_amount_fa3295", 0) + coalesce(e."sum_amount_fa3295", 0) AS "sum_amount_fa3295", coalesce(b."sum_price", 0) + coalesce(e."sum_price", 0) AS "sum_price", coalesce(b."present_price", 0) + coalesce(e."present_price", 0) AS "present_price", least(b."min_price", e."min_price") AS "min_price", greatest(b."max_price", e."max_price") AS "max_price", coalesce(b."first_visitor", e."first_visitor") AS "first_visitor", coalesce(e."last_properties_9bbd6c", b."last_properties_9bbd6c") AS "last_properties_9bbd6c", coalesce(b.late_events, 0) + coalesce(e.late_events, 0) AS late_events
FROM (
  SELECT *, greatest(moved_at, counted_at) AS entered_at, (
    SELECT text
    FROM symbol
    WHERE id = k
  ) AS key_text
  FROM (
    SELECT *
    FROM moved
    FULL
    JOIN latest USING (k)
  )
) e
LEFT
JOIN result.every_ledger_part b ON b."product" = e.k
LEFT
JOIN dimension product_dimension ON product_dimension.kind = 'product' AND product_dimension.key = e.key_text AND e.entered_at >= product_dimension.valid_from AND e.entered_at < product_dimension.valid_to

-- keys with entries
SELECT k
FROM (
  SELECT *, CASE WHEN (event_type = 12 OR (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) IS NULL) THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
  FROM (
    SELECT product_id AS k, *
    FROM raw
    WHERE product_id IS NOT NULL AND ((event_type = 12 OR true) OR true) AND event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000'
  )
  WHERE ((event_type = 12 OR (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) IS NULL) OR NOT coalesce((
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) = 'it''s', FALSE)) AND (price > 1 OR (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."a b"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) = 'c')
) UNION
SELECT k
FROM (
  SELECT s.id AS k, (d.attributes ->> 'stock')::BIGINT AS counted, d.valid_from AS counted_at
  FROM dimension d
  JOIN symbol s ON s.text = d.key
  WHERE d.kind = 'stock' AND d.valid_from >= TIMESTAMP '2020-01-05 12:00:00.000000' AND d.valid_from < TIMESTAMP '2020-01-05 13:00:00.000000'
)

-- nothing yet
SELECT k
FROM (
  SELECT *, CASE WHEN (event_type = 12 OR (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) IS NULL) THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
  FROM (
    SELECT product_id AS k, *
    FROM raw
    WHERE product_id IS NOT NULL AND ((event_type = 12 OR true) OR true) AND FALSE
  )
  WHERE ((event_type = 12 OR (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) IS NULL) OR NOT coalesce((
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) = 'it''s', FALSE)) AND (price > 1 OR (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."a b"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) = 'c')
) UNION
SELECT k
FROM (
  SELECT s.id AS k, (d.attributes ->> 'stock')::BIGINT AS counted, d.valid_from AS counted_at
  FROM dimension d
  JOIN symbol s ON s.text = d.key
  WHERE d.kind = 'stock' AND FALSE
)

-- first close
INSERT INTO result.every_ledger_part
SELECT "product", "balance", "taken", "added", "counted", "counted_at", "name", "price", "brand", "last_product_name", "last_brand", "count", "sum_amount_fa3295", "sum_price", "present_price", "min_price", "max_price", "first_visitor", "last_properties_9bbd6c", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "product", "balance", "taken", "added", "counted", "counted_at", "name", "price", "brand", "last_product_name", "last_brand", "count", "sum_amount_fa3295", "sum_price", "present_price", "min_price", "max_price", "first_visitor", "last_properties_9bbd6c", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, "product" AS i0
    FROM result.every_ledger_part
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, "product" AS i0
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0
  WHERE o.row IS NULL OR n.row IS NULL OR o."product" IS DISTINCT
  FROM n."product" OR o."balance" IS DISTINCT
  FROM n."balance" OR o."taken" IS DISTINCT
  FROM n."taken" OR o."added" IS DISTINCT
  FROM n."added" OR o."counted" IS DISTINCT
  FROM n."counted" OR o."counted_at" IS DISTINCT
  FROM n."counted_at" OR o."name" IS DISTINCT
  FROM n."name" OR o."price" IS DISTINCT
  FROM n."price" OR o."brand" IS DISTINCT
  FROM n."brand" OR o."last_product_name" IS DISTINCT
  FROM n."last_product_name" OR o."last_brand" IS DISTINCT
  FROM n."last_brand" OR o."count" IS DISTINCT
  FROM n."count" OR o."sum_amount_fa3295" IS DISTINCT
  FROM n."sum_amount_fa3295" OR o."sum_price" IS DISTINCT
  FROM n."sum_price" OR o."present_price" IS DISTINCT
  FROM n."present_price" OR o."min_price" IS DISTINCT
  FROM n."min_price" OR o."max_price" IS DISTINCT
  FROM n."max_price" OR o."first_visitor" IS DISTINCT
  FROM n."first_visitor" OR o."last_properties_9bbd6c" IS DISTINCT
  FROM n."last_properties_9bbd6c"
)

-- restate 3
INSERT INTO result.every_ledger_part_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.every_ledger_part t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.every_ledger_part
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.every_ledger_part
SELECT n."product", n."balance", n."taken", n."added", n."counted", n."counted_at", n."name", n."price", n."brand", n."last_product_name", n."last_brand", n."count", n."sum_amount_fa3295", n."sum_price", n."present_price", n."min_price", n."max_price", n."first_visitor", n."last_properties_9bbd6c", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
seq IN (
  SELECT seq
  FROM (
    SELECT *, CASE WHEN (event_type = 12 OR (
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) IS NULL) THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
    FROM (
      SELECT product_id AS k, *
      FROM raw
      WHERE product_id IS NOT NULL AND ((event_type = 12 OR true) OR true) AND product_id = (
        SELECT id
        FROM symbol
        WHERE text = 'x''y'
      )
    )
    WHERE ((event_type = 12 OR (
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) IS NULL) OR NOT coalesce((
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) = 'it''s', FALSE)) AND (price > 1 OR (
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."a b"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) = 'c')
  )
)

-- events of a row without keys
seq IN (
  SELECT seq
  FROM (
    SELECT *, CASE WHEN (event_type = 12 OR (
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) IS NULL) THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
    FROM (
      SELECT product_id AS k, *
      FROM raw
      WHERE product_id IS NOT NULL AND ((event_type = 12 OR true) OR true) AND product_id IS NULL
    )
    WHERE ((event_type = 12 OR (
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."gift"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) IS NULL) OR NOT coalesce((
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."note"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) = 'it''s', FALSE)) AND (price > 1 OR (
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."a b"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) = 'c')
  )
)

-- present
SELECT "s_product".text AS "product", r."name" AS "name", coalesce(r."price", last_product_name) AS "price", coalesce(r."brand", (
  SELECT text
  FROM symbol
  WHERE id = last_brand
)) AS "brand", balance AS "balance", hour(timezone('Europe/Athens', timezone('UTC', counted_at))) AS "since", counted IS NULL AS "uncounted", count AS "moves", sum_amount_fa3295 AS "revenue", CASE WHEN present_price > 0 THEN sum_price::DOUBLE / present_price::DOUBLE END AS "typical", min_price AS "least", max_price AS "most", first_visitor::VARCHAR AS "first_buyer", last_properties_9bbd6c AS "last_note", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.every_ledger_part
) r
LEFT
JOIN symbol "s_product" ON "s_product".id = r."product"

-- stored rows
SELECT "product", "balance", "taken", "added", "counted", "counted_at", "name", "price", "brand", "last_product_name", "last_brand", "count", "sum_amount_fa3295", "sum_price", "present_price", "min_price", "max_price", "first_visitor", "last_properties_9bbd6c", late_events, TRUE AS is_final, revision, epoch
FROM result.every_ledger_part t
WHERE TRUE

-- live rows
SELECT "product", "balance", "taken", "added", "counted", "counted_at", "name", "price", "brand", "last_product_name", "last_brand", "count", "sum_amount_fa3295", "sum_price", "present_price", "min_price", "max_price", "first_visitor", "last_properties_9bbd6c", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.every_ledger_part

-- drop 2
DROP TABLE IF EXISTS result.every_ledger_part_history

-- drop 3
DROP TABLE IF EXISTS result.every_ledger_part_open

-- id columns
result.every_ledger_part first_visitor VARCHAR, result.every_ledger_part_history first_visitor VARCHAR
