-- Who is mentioned in a conversation and has not opened it since; and what users want to be
-- notified of, and how.

CREATE TABLE mentions (
  page_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (page_id, conversation_id, user_id)
) WITHOUT ROWID;
CREATE INDEX mentions_user ON mentions (page_id, user_id, conversation_id);

CREATE TABLE notification_preferences (
  user_id TEXT PRIMARY KEY,
  doc TEXT NOT NULL
) WITHOUT ROWID;
