-- What the running verification found when it last looked at a stretch of a view: one row each, so that it cannot grow
-- beyond history. Times of the stretch in microseconds; null where a view is compared as a whole. `differed` is when
-- there last was a difference, whatever has become of it.
CREATE TABLE self_verify (
  view VARCHAR, span_start BIGINT, span_end BIGINT, checked TIMESTAMP, rows BIGINT, differences BIGINT, epoch BIGINT,
  differed TIMESTAMP
);
