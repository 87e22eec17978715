-- Stores that results are copied to. How far each copy is, it says itself.
CREATE TABLE sink (
  name TEXT PRIMARY KEY,
  -- What its copies are known by in the store.
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  -- JSON list of names; null: all views with stored rows.
  views TEXT,
  paused INTEGER NOT NULL DEFAULT 0,
  anew INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL
) STRICT;
