-- What customers and others send besides text: where Meta has it, and what was fetched of it.
-- The content is in files beside the store, by its hash. Hashes of rows that are gone are kept
-- until their files are removed.

CREATE TABLE media (
  page_id         TEXT   NOT NULL,
  id              TEXT   NOT NULL,
  message_id      TEXT   NOT NULL,
  conversation_id TEXT   NOT NULL,
  later           INTEGER NOT NULL DEFAULT 0,
  wake_at         BIGINT NOT NULL DEFAULT 0,
  hash            TEXT   NOT NULL DEFAULT '',
  at              BIGINT NOT NULL,
  doc             TEXT   NOT NULL,
  PRIMARY KEY (page_id, id)
);
CREATE INDEX media_by_message ON media (page_id, message_id);
CREATE INDEX media_by_conversation ON media (page_id, conversation_id);
CREATE INDEX media_due ON media (page_id, later, wake_at, id) WHERE wake_at <> 0;
CREATE INDEX media_by_hash ON media (hash) WHERE hash <> '';
CREATE INDEX media_by_age ON media (at, page_id, id) WHERE hash <> '';

CREATE TABLE dropped_media (
  page_id TEXT NOT NULL,
  hash    TEXT NOT NULL,
  PRIMARY KEY (page_id, hash)
);
