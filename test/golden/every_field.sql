-- types
id text, coupon symbol, page text, name text, kind text, one double

-- events of a row with keys
coalesce(event_id, (
  SELECT p.partition_key
  FROM partition p
  WHERE p.id = part
) || ':0:' || lpad(position::VARCHAR, 20, '0')) = 'undefined'

-- events of a row without keys
coalesce(event_id, (
  SELECT p.partition_key
  FROM partition p
  WHERE p.id = part
) || ':0:' || lpad(position::VARCHAR, 20, '0')) = 'undefined'

-- rows
SELECT r."id" AS "id", "s_coupon".text AS "coupon", r."page" AS "page", (user_dimension.attributes ->> 'o''name') AS "name", (product_dimension.attributes ->> 'kind') AS "kind", r."one" AS "one", TRUE AS is_final, 0 AS revision, r.late::BIGINT AS late_events, NULL::BIGINT AS epoch
FROM (
  SELECT coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS "id", coupon AS "coupon", page_url AS "page", 1 AS "one", event_time AS event_at, late, (
    SELECT text
    FROM symbol
    WHERE id = product_id
  ) AS product_key, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)::VARCHAR AS visitor_key
  FROM raw
  LEFT
  JOIN raw_extra USING (seq)
  WHERE TRUE AND event_type = 5
) r
LEFT
JOIN symbol "s_coupon" ON "s_coupon".id = r."coupon"
LEFT
JOIN dimension user_dimension ON user_dimension.kind = 'user' AND user_dimension.key = r.visitor_key AND r.event_at >= user_dimension.valid_from AND r.event_at < user_dimension.valid_to
LEFT
JOIN dimension product_dimension ON product_dimension.kind = 'product' AND product_dimension.key = r.product_key AND r.event_at >= product_dimension.valid_from AND r.event_at < product_dimension.valid_to
