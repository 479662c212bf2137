-- Who did what, and when. Rows are only ever added. What belongs to no Page has the
-- page_id ''; content is 1 for what was done inside a Page, to a conversation, which
-- only those who see the Page may read.

CREATE TABLE audit (
  page_id TEXT    NOT NULL,
  id      TEXT    NOT NULL,
  content INTEGER NOT NULL,
  at      BIGINT  NOT NULL,
  doc     TEXT    NOT NULL,
  PRIMARY KEY (page_id, id)
);
CREATE INDEX audit_newest ON audit (page_id, content, at, id);

-- When a token was last used, to some minutes; 0: never.

ALTER TABLE tokens ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
