-- Mails about notices on their way to the support inbox; wake_at 0: none is to be sent.

CREATE TABLE mails (
  page_id   TEXT   NOT NULL,
  notice_id TEXT   NOT NULL,
  wake_at   BIGINT NOT NULL,
  doc       TEXT   NOT NULL,
  PRIMARY KEY (page_id, notice_id)
);
CREATE INDEX mails_due ON mails (wake_at, page_id, notice_id) WHERE wake_at <> 0;
