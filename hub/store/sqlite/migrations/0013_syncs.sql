-- Transcripts of linked conversations in the CRM: how each conversation's stands, and the
-- notes that were written, with what stands in each. Which records a note stands on is
-- kept beside, newest day first, for who looks at a record.

CREATE TABLE syncs (
  page_id         TEXT   NOT NULL,
  conversation_id TEXT   NOT NULL,
  changed         BIGINT NOT NULL DEFAULT 0,
  noticed         BIGINT NOT NULL DEFAULT 0,
  wake_at         BIGINT NOT NULL DEFAULT 0,
  doc             TEXT   NOT NULL,
  PRIMARY KEY (page_id, conversation_id)
);
CREATE INDEX syncs_due ON syncs (wake_at, page_id, conversation_id) WHERE wake_at <> 0;
CREATE INDEX syncs_changed ON syncs (page_id, conversation_id) WHERE changed > noticed;

CREATE TABLE transcripts (
  page_id         TEXT    NOT NULL,
  conversation_id TEXT    NOT NULL,
  day             TEXT    NOT NULL,
  number          INTEGER NOT NULL,
  doc             TEXT    NOT NULL,
  PRIMARY KEY (page_id, conversation_id, day, number)
);

CREATE TABLE transcript_records (
  page_id         TEXT    NOT NULL,
  conversation_id TEXT    NOT NULL,
  day             TEXT    NOT NULL,
  number          INTEGER NOT NULL,
  record_type     TEXT    NOT NULL,
  record_id       TEXT    NOT NULL,
  note            BIGINT  NOT NULL,
  PRIMARY KEY (page_id, conversation_id, day, number, record_type, record_id)
);
CREATE INDEX transcript_records_by_record ON transcript_records (record_type, record_id, day, note);

-- What was linked before is written, too.
INSERT INTO syncs (page_id, conversation_id, wake_at, doc)
  SELECT DISTINCT page_id, conversation_id, 1, '{"Conversation":"' || conversation_id || '"}' FROM links;
