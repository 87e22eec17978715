-- How many facts were on disk beside a database: lines that are gone from the end of the log are missed by it alone.
CREATE TABLE fact_mark (
  database TEXT PRIMARY KEY,
  facts INTEGER NOT NULL
) STRICT;
