-- How refused rows are written and what their columns mean, as JSON: what is needed to read one again by itself.
CREATE TABLE row_shape (id INTEGER, shape VARCHAR);
-- `repaired` is the number of the fact by which the row is an event now; null while it is refused.
ALTER TABLE quarantine ADD COLUMN shape INTEGER;
ALTER TABLE quarantine ADD COLUMN repaired INTEGER;
-- Rules that were applied, by the number of their fact, and the rows that they are for, wherever those are read again.
-- `undone` is the number of the fact that took the repair back.
CREATE TABLE repair (number INTEGER, rule VARCHAR, recorded TIMESTAMP, undone INTEGER);
CREATE TABLE repair_row (repair INTEGER, partition_key VARCHAR, position BIGINT, content VARCHAR);
