-- What ingest and facts ask the finalizer to recompute of ledgers. key is a symbol; null means the keys of the batch's
-- own events that are before the watermark. event_time is the earliest that changed.
CREATE TABLE dirty_key (key INTEGER, event_time TIMESTAMP, cause VARCHAR, load INTEGER, batch INTEGER);
