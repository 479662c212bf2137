-- Events as Meta sent them, in less room. What is about a Page has the Page's number, which
-- search_pages has given it; an event is known by half of the SHA-256 of its Page and key; a
-- customer's id is a number where it can be, and the name is missing where it is 'message'. The
-- body is as the package compact makes it. A row's own key only follows the order of arrival.
-- The rows are moved in pieces; the table takes its name when all are.

CREATE TABLE IF NOT EXISTS raw_events_moved (
  key         INTEGER PRIMARY KEY,
  page        INTEGER NOT NULL,
  event       BLOB    NOT NULL,
  customer            NOT NULL,
  name        TEXT,
  at          INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  understood  INTEGER NOT NULL,
  body        BLOB    NOT NULL
);
