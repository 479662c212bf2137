-- Reactions of ours that Meta has not confirmed yet, one for each message.

CREATE TABLE reacting (
  page_id         TEXT   NOT NULL,
  message_id      TEXT   NOT NULL,
  conversation_id TEXT   NOT NULL,
  wake_at         BIGINT NOT NULL,
  doc             TEXT   NOT NULL,
  PRIMARY KEY (page_id, message_id)
);
CREATE INDEX reacting_of ON reacting (page_id, conversation_id);

-- Which replies carry which uploaded files, so that a file goes with its last reply.

CREATE TABLE carried (
  page_id         TEXT NOT NULL,
  message_id      TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  upload          TEXT NOT NULL,
  PRIMARY KEY (page_id, message_id)
);
CREATE INDEX carried_upload ON carried (upload);
CREATE INDEX carried_of ON carried (page_id, conversation_id);
