-- Keys of programs. A key itself is shown once and kept nowhere: only its SHA-256 is.
CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  -- The beginning of the key, by which its owner recognises it.
  prefix TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER,
  revoked INTEGER
) STRICT;
