-- Records of the CRM that conversations are linked to. What is known of a record itself is
-- no Page's: its title, and until when which user may be told of it (who has no row may
-- not, or it is not known). A line of a conversation that is about a record names it.

CREATE TABLE links (
  page_id         TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  record_type     TEXT NOT NULL,
  record_id       TEXT NOT NULL,
  doc             TEXT NOT NULL,
  PRIMARY KEY (page_id, conversation_id, record_type, record_id)
);
CREATE INDEX links_by_record ON links (record_type, record_id, page_id, conversation_id);

CREATE TABLE records (
  record_type TEXT NOT NULL,
  record_id   TEXT NOT NULL,
  title       TEXT NOT NULL,
  PRIMARY KEY (record_type, record_id)
);

CREATE TABLE record_sights (
  user_id     TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  record_type TEXT   NOT NULL,
  record_id   TEXT   NOT NULL,
  until       BIGINT NOT NULL,
  PRIMARY KEY (user_id, record_type, record_id)
);
CREATE INDEX record_sights_by_record ON record_sights (record_type, record_id);
CREATE INDEX record_sights_valid ON record_sights (user_id, until, record_type, record_id);

ALTER TABLE messages ADD COLUMN record TEXT NOT NULL DEFAULT '';
