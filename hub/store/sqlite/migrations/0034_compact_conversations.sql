-- Conversations in less room: what is only shown is in doc, as the package compact makes it; the seq
-- has a column, and the id stands once.
-- The rows are moved in pieces; the table takes its name when all are.

CREATE TABLE IF NOT EXISTS conversations_moved (
  page_id    TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  seq        INTEGER NOT NULL,
  status     TEXT    NOT NULL,
  updated_at BIGINT  NOT NULL,
  assignee   TEXT,
  awake_at   BIGINT  NOT NULL,
  free_from  BIGINT  NOT NULL,
  free_until BIGINT  NOT NULL,
  unread     INTEGER NOT NULL,
  nameless   INTEGER NOT NULL,
  profile_at BIGINT  NOT NULL,
  waits      INTEGER NOT NULL DEFAULT 0,
  entered    TEXT    NOT NULL DEFAULT 'direct',
  pinned     INTEGER NOT NULL DEFAULT 0,
  doc        BLOB    NOT NULL,
  PRIMARY KEY (page_id, id)
);
