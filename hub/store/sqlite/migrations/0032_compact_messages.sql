-- Messages in less room. Each id stands once, and by a number where it has one: a message's key is
-- the Page's number (search_pages) and the seq with which it was stored first, a conversation's is
-- that which search_conversations has for it. A UUID and Meta's id are the bytes that they write
-- out; what has no such form is text. Direction and state are numbers; flags are sums of 1 (order_at
-- is Meta's time) and 2 (said between customer and Page); author is the user who wrote it. What is
-- only shown is in doc, as the package compact makes it. The indexes by id and by Meta's id have eight
-- bytes of these, and whoever looks something up compares the rest.
-- The rows are moved in pieces; the table takes its name when all are.

CREATE TABLE IF NOT EXISTS messages_moved (
  key          INTEGER PRIMARY KEY,
  id                   NOT NULL,
  conversation INTEGER NOT NULL,
  mid,
  order_at     INTEGER NOT NULL,
  direction            NOT NULL,
  state                NOT NULL,
  flags        INTEGER NOT NULL,
  author       TEXT,
  record       TEXT,
  doc          BLOB    NOT NULL
);
