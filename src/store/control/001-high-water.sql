-- The newest state ever committed to a database, noted after each commit: a database behind it was lost or replaced.
CREATE TABLE high_water (
  database TEXT PRIMARY KEY,
  generation INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT;
