-- Keys that let users in over SSH, by their fingerprints. A key is one user's.

CREATE TABLE ssh_keys (
  fingerprint TEXT   NOT NULL PRIMARY KEY,
  user_id     TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  comment     TEXT   NOT NULL,
  at          BIGINT NOT NULL
);
CREATE INDEX ssh_keys_of ON ssh_keys (user_id, at);
