-- What is still known of deleted conversations, so that nothing of them comes back: the
-- tokens of attempts that may have reached Meta, Meta's ids where the time alone would
-- not tell, and the ids by which clients handed replies and notes in. No text, no name.

CREATE TABLE buried_tokens (
  page_id TEXT NOT NULL,
  token   TEXT NOT NULL,
  PRIMARY KEY (page_id, token)
);

CREATE TABLE buried_mids (
  page_id TEXT NOT NULL,
  mid     TEXT NOT NULL,
  PRIMARY KEY (page_id, mid)
);

CREATE TABLE buried_replies (
  page_id   TEXT NOT NULL,
  user_id   TEXT NOT NULL,
  client_id TEXT NOT NULL,
  PRIMARY KEY (page_id, user_id, client_id)
);
