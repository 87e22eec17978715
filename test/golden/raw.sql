-- types
event_id VARCHAR, product_id INTEGER, category_id INTEGER, category_code INTEGER, category INTEGER, brand INTEGER, price DECIMAL(18,4), quantity INTEGER, amount DECIMAL(18,4), currency INTEGER, order_id VARCHAR, user_id BIGINT, anonymous_id VARCHAR, session_id UUID, country INTEGER, channel INTEGER, utm_source INTEGER, device INTEGER, foreign_price DECIMAL(18,4), foreign_amount DECIMAL(18,4), id_hash BIGINT

-- without any
CREATE OR REPLACE VIEW raw AS
SELECT seq, batch, part, position, event_time, event_type, category_name, late, NULL::VARCHAR AS event_id, NULL::INTEGER AS product_id, NULL::INTEGER AS category_id, NULL::INTEGER AS category_code, NULL::INTEGER AS category, NULL::INTEGER AS brand, NULL::DECIMAL(18,4) AS price, NULL::INTEGER AS quantity, NULL::DECIMAL(18,4) AS amount, NULL::INTEGER AS currency, NULL::VARCHAR AS order_id, NULL::BIGINT AS user_id, NULL::VARCHAR AS anonymous_id, NULL::UUID AS session_id, NULL::INTEGER AS country, NULL::INTEGER AS channel, NULL::INTEGER AS utm_source, NULL::INTEGER AS device, NULL::DECIMAL(18,4) AS foreign_price, NULL::DECIMAL(18,4) AS foreign_amount, NULL::BIGINT AS id_hash, raw_event.event_type AS given_type
FROM raw_event

-- with some
CREATE OR REPLACE VIEW raw AS
SELECT seq, batch, part, position, event_time, event_type, category_name, late, NULL::VARCHAR AS event_id, NULL::INTEGER AS product_id, NULL::INTEGER AS category_id, NULL::INTEGER AS category_code, NULL::INTEGER AS category, NULL::INTEGER AS brand, price, NULL::INTEGER AS quantity, NULL::DECIMAL(18,4) AS amount, NULL::INTEGER AS currency, NULL::VARCHAR AS order_id, user_id, NULL::VARCHAR AS anonymous_id, NULL::UUID AS session_id, NULL::INTEGER AS country, NULL::INTEGER AS channel, NULL::INTEGER AS utm_source, NULL::INTEGER AS device, NULL::DECIMAL(18,4) AS foreign_price, NULL::DECIMAL(18,4) AS foreign_amount, id_hash, raw_event.event_type AS given_type
FROM raw_event

-- integrity
SELECT part, day, count(*)::BIGINT AS events, sum(h)::HUGEINT AS h0, sum(hash(h, event_time, position))::HUGEINT AS h1
FROM (
  SELECT part, (epoch_us(event_time) // 86400000000)::INTEGER AS day, event_time, position, hash(part, position, event_id, event_time, given_type, product_id, category_id, category_code, category, brand, CASE WHEN foreign_price IS NULL THEN price END, quantity, CASE WHEN foreign_amount IS NULL THEN amount END, currency, order_id, user_id, anonymous_id, session_id, country, channel, utm_source, device, foreign_price, foreign_amount) AS h
  FROM raw
  WHERE seq <= 9
)
GROUP BY part, day
