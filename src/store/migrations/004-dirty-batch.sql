-- Batches with events that may change what is closed of a view, whatever its slices are. Those events lie between the
-- two times, in microseconds, inclusive; which they are is found in the batch itself.
CREATE TABLE dirty_batch (
  view VARCHAR, first_time BIGINT, last_time BIGINT, cause VARCHAR, load INTEGER, batch INTEGER
);
