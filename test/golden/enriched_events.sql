-- types
event_id text, event_timestamp time, event_type symbol, product_id symbol, product_name text, category_id symbol, category_code symbol, category_name symbol, brand symbol, price money, price_category text, user_id id, user_session id, event_hour integer, is_weekend boolean, processing_timestamp time, user_name text, user_country text, user_region text, user_city text, user_segment text

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

-- rows
SELECT r."event_id" AS "event_id", r."event_timestamp" AS "event_timestamp", "s_event_type".text AS "event_type", "s_product_id".text AS "product_id", coalesce(product_dimension.attributes ->> 'product_name', r."product_name") AS "product_name", "s_category_id".text AS "category_id", "s_category_code".text AS "category_code", "s_category_name".text AS "category_name", "s_brand".text AS "brand", r."price" AS "price", r."price_category" AS "price_category", r."user_id"::VARCHAR AS "user_id", r."user_session"::VARCHAR AS "user_session", r."event_hour" AS "event_hour", r."is_weekend" AS "is_weekend", r."processing_timestamp" AS "processing_timestamp", (user_dimension.attributes ->> 'name') AS "user_name", (user_dimension.attributes ->> 'country') AS "user_country", (user_dimension.attributes ->> 'region') AS "user_region", (user_dimension.attributes ->> 'city') AS "user_city", (user_dimension.attributes ->> 'segment') AS "user_segment", TRUE AS is_final, 0 AS revision, r.late::BIGINT AS late_events, NULL::BIGINT AS epoch
FROM (
  SELECT coalesce(event_id, (
    SELECT p.partition_key
    FROM partition p
    WHERE p.id = part
  ) || ':0:' || lpad(position::VARCHAR, 20, '0')) AS "event_id", event_time AS "event_timestamp", CASE event_type WHEN 6 THEN 5176 WHEN 7 THEN 3786 ELSE event_type END AS "event_type", product_id AS "product_id", product_name AS "product_name", category_id AS "category_id", category_code AS "category_code", category_name AS "category_name", brand AS "brand", price AS "price", CASE WHEN price IS NULL THEN 'Unknown' WHEN price < 50 THEN 'Budget' WHEN price < 200 THEN 'Mid-Range' ELSE 'Premium' END AS "price_category", coalesce(user_id::VARCHAR, anonymous_id::VARCHAR) AS "user_id", session_id AS "user_session", hour(timezone('Europe/Athens', timezone('UTC', event_time))) AS "event_hour", (dayofweek(timezone('Europe/Athens', timezone('UTC', event_time))) + 1) IN (1, 7) AS "is_weekend", (
    SELECT b.arrival
    FROM batch b
    WHERE b.batch = raw.batch
  ) AS "processing_timestamp", event_time AS event_at, late, (
    SELECT text
    FROM symbol
    WHERE id = product_id
  ) AS product_key, coalesce(user_id::VARCHAR, anonymous_id::VARCHAR)::VARCHAR AS visitor_key
  FROM raw
  LEFT
  JOIN raw_extra USING (seq)
  WHERE TRUE AND TRUE
) r
LEFT
JOIN symbol "s_event_type" ON "s_event_type".id = r."event_type"
LEFT
JOIN symbol "s_product_id" ON "s_product_id".id = r."product_id"
LEFT
JOIN dimension product_dimension ON product_dimension.kind = 'product' AND product_dimension.key = r.product_key AND r.event_at >= product_dimension.valid_from AND r.event_at < product_dimension.valid_to
LEFT
JOIN symbol "s_category_id" ON "s_category_id".id = r."category_id"
LEFT
JOIN symbol "s_category_code" ON "s_category_code".id = r."category_code"
LEFT
JOIN symbol "s_category_name" ON "s_category_name".id = r."category_name"
LEFT
JOIN symbol "s_brand" ON "s_brand".id = r."brand"
LEFT
JOIN dimension user_dimension ON user_dimension.kind = 'user' AND user_dimension.key = r.visitor_key AND r.event_at >= user_dimension.valid_from AND r.event_at < user_dimension.valid_to
