-- How many conversations of a Page there are of each kind (parley/hub/store/sqlite/tally), kept
-- with each change of one: counting them took a millisecond for each thousand. Kinds that end
-- at a time are kept by that time, in buckets; the indexes have what a bucket holds.

CREATE TABLE conversation_tallies (
  page_id TEXT    NOT NULL,
  kind    INTEGER NOT NULL,
  who     TEXT    NOT NULL,
  bucket  INTEGER NOT NULL,
  n       INTEGER NOT NULL,
  PRIMARY KEY (page_id, kind, who, bucket)
) WITHOUT ROWID;

CREATE INDEX conversations_closing ON conversations (page_id, free_until, assignee) WHERE status <> 'done';
CREATE INDEX conversations_held ON conversations (page_id, min(free_from, free_until))
  WHERE status <> 'done' AND free_from > -9000000000000000000;
CREATE INDEX conversations_opening ON conversations (page_id, min(max(free_from, awake_at), free_until), assignee)
  WHERE status <> 'done' AND (free_from > -9000000000000000000 OR awake_at > -9000000000000000000);
CREATE INDEX conversations_waking ON conversations (page_id, awake_at, waits) WHERE status = 'snoozed';
