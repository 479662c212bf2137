-- The log of Pages in less room. A row's key is the Page's number (search_pages) and the seq; the kind
-- is a number; an object's id is without its Page, the bytes of a UUID or a number where it is one;
-- the stamp is the bytes that it writes out.
-- The rows are moved in pieces; the table takes its name when all are.

CREATE TABLE IF NOT EXISTS events_moved (
  key    INTEGER PRIMARY KEY,
  kind           NOT NULL,
  object,
  at     INTEGER NOT NULL,
  stamp          NOT NULL
);
