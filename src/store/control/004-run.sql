-- Changes that were asked for over HTTP and may take long: what came of them, and the requests that are the same one.
CREATE TABLE run (
  id TEXT PRIMARY KEY,
  operation TEXT NOT NULL,
  -- Whose key for the request, and SHA-256 of what was asked: another input with the same key is another request.
  request_key TEXT UNIQUE,
  request_body TEXT NOT NULL,
  begun INTEGER NOT NULL,
  ended INTEGER,
  -- running, done, failed, interrupted
  status TEXT NOT NULL,
  -- JSON: the result, or the error.
  outcome TEXT
) STRICT;
CREATE INDEX run_begun ON run (begun);
