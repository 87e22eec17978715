-- People who sign in. A password is kept as its scrypt hash with the parameters it was made with; null until it is set.
CREATE TABLE account (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- The name as it is compared: one writing of it, in lower case.
  lookup TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  password TEXT,
  created INTEGER NOT NULL,
  signed_in INTEGER
) STRICT;

-- Browsers that are signed in: of a cookie, only the SHA-256 is kept.
CREATE TABLE sign_in (
  hash BLOB PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created INTEGER NOT NULL,
  seen INTEGER NOT NULL
) STRICT;

-- Links that let somebody in once to set a password. Without an account: the first administrator.
CREATE TABLE one_time_link (
  hash BLOB PRIMARY KEY,
  account TEXT UNIQUE REFERENCES account (id) ON DELETE CASCADE,
  created INTEGER NOT NULL
) STRICT;

-- Who did what: each line holds the hash of the one before, and numbers are never given twice.
CREATE TABLE audit (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  -- JSON; the hash is of the former hash and these bytes.
  entry TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'lines of the audit log stay'); END;
CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'lines of the audit log stay'); END;
