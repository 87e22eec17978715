-- types
product_id symbol, product_name text, category text, available_stock integer, sold_total integer, restocked_total integer, last_movement time, counted_stock integer, counted_at time, status text

-- table 1
CREATE TABLE result.inventory_status ("product_id" INTEGER, "balance" BIGINT, "taken" BIGINT, "added" BIGINT, "counted" BIGINT, "counted_at" TIMESTAMP, "product_name" VARCHAR, "category" VARCHAR, "last_product_name" VARCHAR, "last_category_name" INTEGER, "max_event_time" TIMESTAMP, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.inventory_status_history ("product_id" INTEGER, "balance" BIGINT, "taken" BIGINT, "added" BIGINT, "counted" BIGINT, "counted_at" TIMESTAMP, "product_name" VARCHAR, "category" VARCHAR, "last_product_name" VARCHAR, "last_category_name" INTEGER, "max_event_time" TIMESTAMP, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

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
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (product_name IS NOT NULL) AS "last_product_name", last(category_name ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (category_name IS NOT NULL) AS "last_category_name", max(event_time) AS "max_event_time", max(event_time) AS moved_at, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT m.*, x.product_name
    FROM (
      SELECT *, CASE WHEN event_type = 12 THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
      FROM (
        SELECT product_id AS k, *
        FROM raw
        WHERE product_id IS NOT NULL AND (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND true)))
      )
      WHERE (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) = 'true'))) AND TRUE
    ) m
    LEFT
    JOIN raw_extra x ON x.seq = m.seq
  )
  LEFT
  JOIN latest USING (k)
  GROUP BY k
)
SELECT e.k AS "product_id", coalesce(e.counted, 0) + coalesce(e.since, 0) AS balance, coalesce(e.taken, 0) AS taken, coalesce(e.added, 0) AS added, e.counted AS counted, e.counted_at AS counted_at, product_dimension.attributes ->> 'product_name' AS "product_name", product_dimension.attributes ->> 'category_name' AS "category", e."last_product_name" AS "last_product_name", e."last_category_name" AS "last_category_name", e."max_event_time" AS "max_event_time", coalesce(e.late_events, 0) AS late_events
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
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (product_name IS NOT NULL) AS "last_product_name", last(category_name ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (category_name IS NOT NULL) AS "last_category_name", max(event_time) AS "max_event_time", max(event_time) AS moved_at, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT m.*, x.product_name
    FROM (
      SELECT *, CASE WHEN event_type = 12 THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
      FROM (
        SELECT product_id AS k, *
        FROM raw
        WHERE product_id IS NOT NULL AND (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND true))) AND event_time < TIMESTAMP '2020-01-05 12:00:00.000000' AND product_id IN (
          SELECT k
          FROM keys
        )
      )
      WHERE (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) = 'true'))) AND TRUE
    ) m
    LEFT
    JOIN raw_extra x ON x.seq = m.seq
  )
  LEFT
  JOIN latest USING (k)
  GROUP BY k
)
SELECT e.k AS "product_id", coalesce(e.counted, 0) + coalesce(e.since, 0) AS balance, coalesce(e.taken, 0) AS taken, coalesce(e.added, 0) AS added, e.counted AS counted, e.counted_at AS counted_at, product_dimension.attributes ->> 'product_name' AS "product_name", product_dimension.attributes ->> 'category_name' AS "category", e."last_product_name" AS "last_product_name", e."last_category_name" AS "last_category_name", e."max_event_time" AS "max_event_time", coalesce(e.late_events, 0) AS late_events
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
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (product_name IS NOT NULL) AS "last_product_name", last(category_name ORDER BY event_time, coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0'))) FILTER (category_name IS NOT NULL) AS "last_category_name", max(event_time) AS "max_event_time", max(event_time) AS moved_at, count_if(late)::BIGINT AS late_events
  FROM (
    SELECT m.*, x.product_name
    FROM (
      SELECT *, CASE WHEN event_type = 12 THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
      FROM (
        SELECT product_id AS k, *
        FROM raw
        WHERE product_id IS NOT NULL AND (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND true))) AND event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000' AND product_id IN (
          SELECT k
          FROM keys
        )
      )
      WHERE (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND (
        SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
        FROM (
          SELECT seq AS extra_seq, properties
          FROM raw_extra
        )
        WHERE extra_seq = seq
      ) = 'true'))) AND TRUE
    ) m
    LEFT
    JOIN raw_extra x ON x.seq = m.seq
  )
  LEFT
  JOIN latest USING (k)
  GROUP BY k
)
SELECT e.k AS "product_id", coalesce(e.counted, coalesce(b.balance, 0)) + coalesce(e.since, 0) AS balance, coalesce(b.taken, 0) + coalesce(e.taken, 0) AS taken, coalesce(b.added, 0) + coalesce(e.added, 0) AS added, coalesce(e.counted, b.counted) AS counted, coalesce(e.counted_at, b.counted_at) AS counted_at, product_dimension.attributes ->> 'product_name' AS "product_name", product_dimension.attributes ->> 'category_name' AS "category", coalesce(e."last_product_name", b."last_product_name") AS "last_product_name", coalesce(e."last_category_name", b."last_category_name") AS "last_category_name", greatest(b."max_event_time", e."max_event_time") AS "max_event_time", coalesce(b.late_events, 0) + coalesce(e.late_events, 0) AS late_events
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
JOIN result.inventory_status b ON b."product_id" = e.k
LEFT
JOIN dimension product_dimension ON product_dimension.kind = 'product' AND product_dimension.key = e.key_text AND e.entered_at >= product_dimension.valid_from AND e.entered_at < product_dimension.valid_to

-- keys with entries
SELECT k
FROM (
  SELECT *, CASE WHEN event_type = 12 THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
  FROM (
    SELECT product_id AS k, *
    FROM raw
    WHERE product_id IS NOT NULL AND (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND true))) AND event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time < TIMESTAMP '2020-01-05 13:00:00.000000'
  )
  WHERE (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) = 'true'))) AND TRUE
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
  SELECT *, CASE WHEN event_type = 12 THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
  FROM (
    SELECT product_id AS k, *
    FROM raw
    WHERE product_id IS NOT NULL AND (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND true))) AND FALSE
  )
  WHERE (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND (
    SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
    FROM (
      SELECT seq AS extra_seq, properties
      FROM raw_extra
    )
    WHERE extra_seq = seq
  ) = 'true'))) AND TRUE
) UNION
SELECT k
FROM (
  SELECT s.id AS k, (d.attributes ->> 'stock')::BIGINT AS counted, d.valid_from AS counted_at
  FROM dimension d
  JOIN symbol s ON s.text = d.key
  WHERE d.kind = 'stock' AND FALSE
)

-- first close
INSERT INTO result.inventory_status
SELECT "product_id", "balance", "taken", "added", "counted", "counted_at", "product_name", "category", "last_product_name", "last_category_name", "max_event_time", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "product_id", "balance", "taken", "added", "counted", "counted_at", "product_name", "category", "last_product_name", "last_category_name", "max_event_time", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, "product_id" AS i0
    FROM result.inventory_status
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, "product_id" AS i0
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0
  WHERE o.row IS NULL OR n.row IS NULL OR o."product_id" IS DISTINCT
  FROM n."product_id" OR o."balance" IS DISTINCT
  FROM n."balance" OR o."taken" IS DISTINCT
  FROM n."taken" OR o."added" IS DISTINCT
  FROM n."added" OR o."counted" IS DISTINCT
  FROM n."counted" OR o."counted_at" IS DISTINCT
  FROM n."counted_at" OR o."product_name" IS DISTINCT
  FROM n."product_name" OR o."category" IS DISTINCT
  FROM n."category" OR o."last_product_name" IS DISTINCT
  FROM n."last_product_name" OR o."last_category_name" IS DISTINCT
  FROM n."last_category_name" OR o."max_event_time" IS DISTINCT
  FROM n."max_event_time"
)

-- restate 3
INSERT INTO result.inventory_status_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.inventory_status t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.inventory_status
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.inventory_status
SELECT n."product_id", n."balance", n."taken", n."added", n."counted", n."counted_at", n."product_name", n."category", n."last_product_name", n."last_category_name", n."max_event_time", n.late_events, c.revision, 7
FROM view_fresh n
JOIN view_change c ON n.rowid = c.new_row

-- events of a row with keys
seq IN (
  SELECT seq
  FROM (
    SELECT *, CASE WHEN event_type = 12 THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
    FROM (
      SELECT product_id AS k, *
      FROM raw
      WHERE product_id IS NOT NULL AND (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND true))) AND product_id = (
        SELECT id
        FROM symbol
        WHERE text = 'x''y'
      )
    )
    WHERE (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND (
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) = 'true'))) AND TRUE
  )
)

-- events of a row without keys
seq IN (
  SELECT seq
  FROM (
    SELECT *, CASE WHEN event_type = 12 THEN -coalesce(quantity, 1) ELSE coalesce(quantity, 1) END AS change
    FROM (
      SELECT product_id AS k, *
      FROM raw
      WHERE product_id IS NOT NULL AND (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND true))) AND product_id IS NULL
    )
    WHERE (event_type = 12 OR (event_type = 14 OR (event_type = 13 AND (
      SELECT CASE WHEN json_valid(properties) THEN properties ->> '$."restocked"' END
      FROM (
        SELECT seq AS extra_seq, properties
        FROM raw_extra
      )
      WHERE extra_seq = seq
    ) = 'true'))) AND TRUE
  )
)

-- present
SELECT "s_product_id".text AS "product_id", coalesce(r."product_name", last_product_name) AS "product_name", coalesce(r."category", (
  SELECT text
  FROM symbol
  WHERE id = last_category_name
)) AS "category", balance AS "available_stock", taken AS "sold_total", added AS "restocked_total", max_event_time AS "last_movement", counted AS "counted_stock", counted_at AS "counted_at", CASE WHEN balance IS NULL THEN 'ok' WHEN balance < 0 THEN 'negative' WHEN balance < 1 THEN 'out' WHEN balance < 10 THEN 'low' ELSE 'ok' END AS "status", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.inventory_status
) r
LEFT
JOIN symbol "s_product_id" ON "s_product_id".id = r."product_id"

-- stored rows
SELECT "product_id", "balance", "taken", "added", "counted", "counted_at", "product_name", "category", "last_product_name", "last_category_name", "max_event_time", late_events, TRUE AS is_final, revision, epoch
FROM result.inventory_status t
WHERE TRUE

-- live rows
SELECT "product_id", "balance", "taken", "added", "counted", "counted_at", "product_name", "category", "last_product_name", "last_category_name", "max_event_time", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.inventory_status

-- drop 2
DROP TABLE IF EXISTS result.inventory_status_history

-- drop 3
DROP TABLE IF EXISTS result.inventory_status_open

-- id columns

