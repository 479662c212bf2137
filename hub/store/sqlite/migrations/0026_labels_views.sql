-- The labels of conversations, by what those have in common that are the same, with what the
-- lists of one label are sorted and parted by; by which way customers came, and whether a
-- conversation is pinned, which lists are asked by; the views that users saved.

CREATE TABLE conversation_labels (
  page_id         TEXT   NOT NULL,
  conversation_id TEXT   NOT NULL,
  key             TEXT   NOT NULL,
  label           TEXT   NOT NULL,
  status          TEXT   NOT NULL,
  updated_at      BIGINT NOT NULL,
  PRIMARY KEY (page_id, conversation_id, key)
);
CREATE INDEX conversation_labels_in_order ON conversation_labels (page_id, key, status, updated_at, conversation_id, label);

ALTER TABLE conversations ADD COLUMN entered TEXT NOT NULL DEFAULT 'direct';
ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;

CREATE TABLE views (
  user_id TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id      TEXT    NOT NULL,
  place   INTEGER NOT NULL,
  doc     TEXT    NOT NULL,
  PRIMARY KEY (user_id, id)
);
