-- Words, for search (parley/hub/search). A row of search_words is a message or, as
-- number 0, the customer's name. Its row id is made of the conversation's key here
-- and the message's first_seq, so that nothing has to map the one to the other, and
-- all of a conversation stands together. The words alone are kept, not the text.
-- They begin with the key of their Page, so that one Page's search touches no word
-- of another's.

CREATE TABLE search_pages (
  key     INTEGER PRIMARY KEY,
  page_id TEXT NOT NULL UNIQUE
);

-- name is the customer's, as it is indexed.
CREATE TABLE search_conversations (
  key             INTEGER PRIMARY KEY,
  page_id         TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  name            TEXT NOT NULL,
  UNIQUE (page_id, conversation_id)
);

CREATE VIRTUAL TABLE search_words USING fts5 (
  words, content='', contentless_delete=1, tokenize="ascii tokenchars '_'"
);
