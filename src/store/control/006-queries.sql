-- Queries that people keep, by name: text, which is run as anybody's query is.
CREATE TABLE saved_query (
  name TEXT PRIMARY KEY,
  sql TEXT NOT NULL,
  description TEXT NOT NULL,
  owner_kind TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL
) STRICT;

-- What each caller asked lately.
CREATE TABLE query_history (
  id INTEGER PRIMARY KEY,
  caller_kind TEXT NOT NULL,
  caller_id TEXT NOT NULL,
  asked INTEGER NOT NULL,
  sql TEXT NOT NULL,
  seconds REAL NOT NULL,
  -- Of an answer.
  rows INTEGER,
  -- Code of the error; null for an answer.
  error TEXT
) STRICT;
CREATE INDEX query_history_caller ON query_history (caller_kind, caller_id, id);
