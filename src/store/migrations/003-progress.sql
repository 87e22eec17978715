-- A batch keeps only the progress that it changed; every so often, all of it.
ALTER TABLE batch ADD COLUMN whole BOOLEAN;
UPDATE batch SET whole = TRUE;
