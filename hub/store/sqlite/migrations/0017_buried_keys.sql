-- Keys of events that went with a deleted conversation and whose time would not tell it
-- when they come again: those that Meta timed later than they came.

CREATE TABLE buried_keys (
  page_id TEXT NOT NULL,
  key     TEXT NOT NULL,
  PRIMARY KEY (page_id, key)
);
