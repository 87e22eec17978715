-- types
product_id symbol, opened_at time, available_stock integer, threshold integer, closed_at time, status text

-- table 1
CREATE TABLE result.low_stock_alerts ("product_id" INTEGER, "opened_at" TIMESTAMP, "closed_at" TIMESTAMP, "balance" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT)

-- table 2
CREATE TABLE result.low_stock_alerts_history ("product_id" INTEGER, "opened_at" TIMESTAMP, "closed_at" TIMESTAMP, "balance" BIGINT, late_events BIGINT, revision INTEGER, epoch BIGINT, op VARCHAR, until_epoch BIGINT, cause VARCHAR)

-- rows
WITH fresh AS MATERIALIZED (
  SELECT k, moment, counted, change, known, given, late_events
  FROM (
    SELECT k, event_time AS moment, NULL::BIGINT AS counted, change, change > 0 AS known, NULL::INTEGER AS given, late::INTEGER AS late_events
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
    )
  )
  UNION ALL
  SELECT k, moment, counted, change, known, given, late_events
  FROM (
    SELECT k, counted_at AS moment, counted, 0 AS change, TRUE AS known, NULL::INTEGER AS given, 0 AS late_events
    FROM (
      SELECT s.id AS k, (d.attributes ->> 'stock')::BIGINT AS counted, d.valid_from AS counted_at
      FROM dimension d
      JOIN symbol s ON s.text = d.key
      WHERE d.kind = 'stock'
    )
  )
), instants AS (
  SELECT k, moment, max(counted) AS counted, sum(change)::BIGINT AS change, max(CASE WHEN known THEN 1 ELSE 0 END) AS known, max(given) AS given, sum(late_events)::BIGINT AS late_events
  FROM (
    SELECT *
    FROM fresh
  )
  GROUP BY k, moment
), eras AS (
  SELECT * REPLACE (max(known) OVER (PARTITION BY k ORDER BY moment) AS known), count(counted) OVER (PARTITION BY k ORDER BY moment) AS era
  FROM instants
), balances AS (
  SELECT *, (sum(coalesce(counted, 0) + change) OVER (PARTITION BY k, era ORDER BY moment))::BIGINT AS balance
  FROM eras
), decided AS (
  SELECT *, coalesce(given, CASE WHEN known = 1 AND balance < 10 THEN 1 WHEN balance >= 12 THEN 0 END) AS side
  FROM balances
), runs AS (
  SELECT *, count(side) OVER (PARTITION BY k ORDER BY moment) AS run
  FROM decided
), levels AS (
  SELECT *, coalesce(max(side) OVER (PARTITION BY k, run), 0) AS low
  FROM runs
), turns AS (
  SELECT *, coalesce(lag(low) OVER (PARTITION BY k ORDER BY moment), 0) AS low_before
  FROM levels
), numbered AS (
  SELECT *, sum(CASE WHEN low > low_before THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY moment) AS episode
  FROM turns
)
SELECT k AS "product_id", min(moment) AS opened_at, max(CASE WHEN low = 0 THEN moment END) AS closed_at, last(balance ORDER BY moment) FILTER (balance IS NOT NULL) AS balance, sum(late_events)::BIGINT AS late_events
FROM numbered
WHERE low + low_before > 0
GROUP BY k, episode

-- rows of keys up to a frontier
WITH fresh AS MATERIALIZED (
  SELECT k, moment, counted, change, known, given, late_events
  FROM (
    SELECT k, event_time AS moment, NULL::BIGINT AS counted, change, change > 0 AS known, NULL::INTEGER AS given, late::INTEGER AS late_events
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
    )
  )
  UNION ALL
  SELECT k, moment, counted, change, known, given, late_events
  FROM (
    SELECT k, counted_at AS moment, counted, 0 AS change, TRUE AS known, NULL::INTEGER AS given, 0 AS late_events
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
), instants AS (
  SELECT k, moment, max(counted) AS counted, sum(change)::BIGINT AS change, max(CASE WHEN known THEN 1 ELSE 0 END) AS known, max(given) AS given, sum(late_events)::BIGINT AS late_events
  FROM (
    SELECT *
    FROM fresh
  )
  GROUP BY k, moment
), eras AS (
  SELECT * REPLACE (max(known) OVER (PARTITION BY k ORDER BY moment) AS known), count(counted) OVER (PARTITION BY k ORDER BY moment) AS era
  FROM instants
), balances AS (
  SELECT *, (sum(coalesce(counted, 0) + change) OVER (PARTITION BY k, era ORDER BY moment))::BIGINT AS balance
  FROM eras
), decided AS (
  SELECT *, coalesce(given, CASE WHEN known = 1 AND balance < 10 THEN 1 WHEN balance >= 12 THEN 0 END) AS side
  FROM balances
), runs AS (
  SELECT *, count(side) OVER (PARTITION BY k ORDER BY moment) AS run
  FROM decided
), levels AS (
  SELECT *, coalesce(max(side) OVER (PARTITION BY k, run), 0) AS low
  FROM runs
), turns AS (
  SELECT *, coalesce(lag(low) OVER (PARTITION BY k ORDER BY moment), 0) AS low_before
  FROM levels
), numbered AS (
  SELECT *, sum(CASE WHEN low > low_before THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY moment) AS episode
  FROM turns
)
SELECT k AS "product_id", min(moment) AS opened_at, max(CASE WHEN low = 0 THEN moment END) AS closed_at, last(balance ORDER BY moment) FILTER (balance IS NOT NULL) AS balance, sum(late_events)::BIGINT AS late_events
FROM numbered
WHERE low + low_before > 0
GROUP BY k, episode

-- rows gone on from
WITH fresh AS MATERIALIZED (
  SELECT k, moment, counted, change, known, given, late_events
  FROM (
    SELECT k, event_time AS moment, NULL::BIGINT AS counted, change, change > 0 AS known, NULL::INTEGER AS given, late::INTEGER AS late_events
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
    )
  )
  UNION ALL
  SELECT k, moment, counted, change, known, given, late_events
  FROM (
    SELECT k, counted_at AS moment, counted, 0 AS change, TRUE AS known, NULL::INTEGER AS given, 0 AS late_events
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
), instants AS (
  SELECT k, moment, max(counted) AS counted, sum(change)::BIGINT AS change, max(CASE WHEN known THEN 1 ELSE 0 END) AS known, max(given) AS given, sum(late_events)::BIGINT AS late_events
  FROM (
    SELECT *
    FROM fresh
    UNION ALL
    SELECT b."product_id" AS k, coalesce(o.opened_at, TIMESTAMP '-infinity') AS moment, b.balance AS counted, 0 AS change, (b.counted_at IS NOT NULL OR b.added > 0) AS known, CASE WHEN o.opened_at IS NULL THEN 0 ELSE 1 END AS given, coalesce(o.late_events, 0) AS late_events
    FROM result.inventory_status b
    LEFT
    JOIN (
      SELECT *
      FROM result.low_stock_alerts
      WHERE closed_at IS NULL
    ) o ON o."product_id" = b."product_id"
    WHERE b."product_id" IN (
      SELECT k
      FROM fresh
    )
  )
  GROUP BY k, moment
), eras AS (
  SELECT * REPLACE (max(known) OVER (PARTITION BY k ORDER BY moment) AS known), count(counted) OVER (PARTITION BY k ORDER BY moment) AS era
  FROM instants
), balances AS (
  SELECT *, (sum(coalesce(counted, 0) + change) OVER (PARTITION BY k, era ORDER BY moment))::BIGINT AS balance
  FROM eras
), decided AS (
  SELECT *, coalesce(given, CASE WHEN known = 1 AND balance < 10 THEN 1 WHEN balance >= 12 THEN 0 END) AS side
  FROM balances
), runs AS (
  SELECT *, count(side) OVER (PARTITION BY k ORDER BY moment) AS run
  FROM decided
), levels AS (
  SELECT *, coalesce(max(side) OVER (PARTITION BY k, run), 0) AS low
  FROM runs
), turns AS (
  SELECT *, coalesce(lag(low) OVER (PARTITION BY k ORDER BY moment), 0) AS low_before
  FROM levels
), numbered AS (
  SELECT *, sum(CASE WHEN low > low_before THEN 1 ELSE 0 END) OVER (PARTITION BY k ORDER BY moment) AS episode
  FROM turns
)
SELECT k AS "product_id", min(moment) AS opened_at, max(CASE WHEN low = 0 THEN moment END) AS closed_at, last(balance ORDER BY moment) FILTER (balance IS NOT NULL) AS balance, sum(late_events)::BIGINT AS late_events
FROM numbered
WHERE low + low_before > 0
GROUP BY k, episode

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
INSERT INTO result.low_stock_alerts
SELECT "product_id", "opened_at", "closed_at", "balance", late_events, 0, 7
FROM (FROM fresh)

-- restate 1
CREATE OR REPLACE TEMP TABLE view_fresh AS
SELECT "product_id", "opened_at", "closed_at", "balance", late_events
FROM (FROM fresh)

-- restate 2
CREATE OR REPLACE TEMP TABLE view_change AS
SELECT *, coalesce(old_revision + 1, 0) AS revision
FROM (
  SELECT o.row AS old_row, o.revision AS old_revision, n.row AS new_row
  FROM (
    SELECT rowid AS row, *, "product_id" AS i0, opened_at AS i1
    FROM result.low_stock_alerts
    WHERE TRUE
  ) o
  FULL
  JOIN (
    SELECT rowid AS row, *, "product_id" AS i0, opened_at AS i1
    FROM view_fresh
  ) n ON o.i0 IS NOT DISTINCT
  FROM n.i0 AND o.i1 IS NOT DISTINCT
  FROM n.i1
  WHERE o.row IS NULL OR n.row IS NULL OR o."product_id" IS DISTINCT
  FROM n."product_id" OR o."opened_at" IS DISTINCT
  FROM n."opened_at" OR o."closed_at" IS DISTINCT
  FROM n."closed_at" OR o."balance" IS DISTINCT
  FROM n."balance"
)

-- restate 3
INSERT INTO result.low_stock_alerts_history
SELECT t.*, CASE WHEN c.new_row IS NULL THEN 'delete' ELSE 'update' END, 7, 'late'
FROM result.low_stock_alerts t
JOIN view_change c ON t.rowid = c.old_row

-- restate 4
DELETE
FROM result.low_stock_alerts
WHERE rowid IN (
  SELECT old_row
  FROM view_change
  WHERE old_row IS NOT NULL
)

-- restate 5
INSERT INTO result.low_stock_alerts
SELECT n."product_id", n."opened_at", n."closed_at", n."balance", n.late_events, c.revision, 7
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
) AND event_time >= TIMESTAMP '2020-01-05 12:00:00.000000' AND event_time <= TIMESTAMP '2020-01-05 12:00:00.000000'

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
) AND event_time >= TIMESTAMP '2020-01-05 12:00:00.000000'

-- present
SELECT "s_product_id".text AS "product_id", opened_at AS "opened_at", balance AS "available_stock", 10::BIGINT AS "threshold", closed_at AS "closed_at", CASE WHEN closed_at IS NULL THEN 'open' ELSE 'closed' END AS "status", r.is_final, r.revision, r.late_events, r.epoch
FROM (
  SELECT *
  FROM result.low_stock_alerts
) r
LEFT
JOIN symbol "s_product_id" ON "s_product_id".id = r."product_id"

-- stored rows
SELECT "product_id", "opened_at", "closed_at", "balance", late_events, TRUE AS is_final, revision, epoch
FROM result.low_stock_alerts t
WHERE TRUE

-- live rows
SELECT "product_id", "opened_at", "closed_at", "balance", late_events, FALSE AS is_final, 0 AS revision, NULL::BIGINT AS epoch
FROM (FROM live)

-- drop 1
DROP TABLE IF EXISTS result.low_stock_alerts

-- drop 2
DROP TABLE IF EXISTS result.low_stock_alerts_history

-- drop 3
DROP TABLE IF EXISTS result.low_stock_alerts_open

-- id columns

