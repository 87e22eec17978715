-- Raw events are narrow: ids of symbols, numbers and typed ids. Wide text lives in raw_extra under the same seq.
CREATE SCHEMA result;

CREATE TABLE symbol (id INTEGER, text VARCHAR);

CREATE TABLE partition (id INTEGER, partition_key VARCHAR);

-- The other columns of an event are added when the first event has one: a column of nulls costs 25 ns an event.
-- `raw` is a view that has them all.
CREATE TABLE raw_event (
  seq BIGINT, batch INTEGER, part INTEGER, position BIGINT, event_time TIMESTAMP, event_type INTEGER,
  category_name INTEGER, late BOOLEAN
);

CREATE TABLE raw_extra (
  seq BIGINT, product_name VARCHAR, coupon INTEGER, discount DECIMAL(18,4), tax DECIMAL(18,4),
  shipping DECIMAL(18,4), payment_method INTEGER, page_url VARCHAR, referrer VARCHAR,
  utm_medium INTEGER, utm_campaign INTEGER, utm_term VARCHAR, utm_content VARCHAR, browser INTEGER,
  region INTEGER, city INTEGER, properties VARCHAR
);

-- One row a batch, appended only: the newest says where reading goes on. progress is JSON.
CREATE TABLE batch (
  batch INTEGER, arrival TIMESTAMP, first_seq BIGINT, events BIGINT, rejected BIGINT, late BIGINT,
  duplicates BIGINT, watermark BIGINT, progress VARCHAR
);

-- One row an epoch, appended only: the newest says what is final. frontier is JSON.
CREATE TABLE epoch (epoch BIGINT, closed TIMESTAMP, batch INTEGER, watermark BIGINT, by_end BOOLEAN, frontier VARCHAR);

CREATE TABLE quarantine (
  id BIGINT, batch INTEGER, partition_key VARCHAR, position BIGINT, code VARCHAR, pointer VARCHAR,
  message VARCHAR, bytes BLOB, arrival TIMESTAMP
);

-- Late events that were kept out of raw by the policy `drop`.
CREATE TABLE late_event (batch INTEGER, partition_key VARCHAR, position BIGINT, event_time TIMESTAMP, watermark BIGINT);

-- What ingest asks the finalizer to recompute. `load` is null for live events.
CREATE TABLE dirty_window (view VARCHAR, window_start BIGINT, window_end BIGINT, cause VARCHAR, load INTEGER, batch INTEGER);
CREATE TABLE dirty_session (session_id UUID, visitor BIGINT, event_time TIMESTAMP, cause VARCHAR, load INTEGER, batch INTEGER);

-- Count and commutative 128-bit hash of what came in, by partition and day (semantics, "Verify"), up to last_seq.
CREATE TABLE intake (epoch BIGINT, last_seq BIGINT, part INTEGER, day INTEGER, events BIGINT, h0 HUGEINT, h1 HUGEINT);

CREATE TABLE dimension (
  kind VARCHAR, key VARCHAR, valid_from TIMESTAMP, valid_to TIMESTAMP, attributes VARCHAR, version INTEGER
);

-- Settings that numbers depend on, and the shape of what is stored: one value a name.
CREATE TABLE setting (name VARCHAR, value VARCHAR);
