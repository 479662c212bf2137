-- What one Page holds has a key that begins with its page_id; nothing here
-- relies on row ids, serials or triggers. Times are microseconds since 1970, 0
-- for none; doc is the whole record as JSON, the columns beside it are what is
-- searched or sorted by.

CREATE TABLE store (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE counters (
  name  TEXT   NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL
);

-- Users and what signs them in.

CREATE TABLE users (
  id  TEXT NOT NULL PRIMARY KEY,
  doc TEXT NOT NULL
);

CREATE TABLE tokens (
  hash    BLOB   NOT NULL PRIMARY KEY,
  user_id TEXT   NOT NULL REFERENCES users (id),
  at      BIGINT NOT NULL
);

CREATE TABLE login_codes (
  hash    BLOB   NOT NULL PRIMARY KEY,
  user_id TEXT   NOT NULL REFERENCES users (id),
  expires BIGINT NOT NULL
);

-- Pages and their logs. pages.seq is the counter that every change takes first.

CREATE TABLE pages (
  page_id      TEXT    NOT NULL PRIMARY KEY,
  meta_id      TEXT    NOT NULL,
  installation INTEGER NOT NULL,
  active       INTEGER NOT NULL,
  seq          BIGINT  NOT NULL,
  doc          TEXT    NOT NULL
);
CREATE INDEX pages_by_meta ON pages (meta_id, installation);

CREATE TABLE events (
  page_id   TEXT   NOT NULL,
  seq       BIGINT NOT NULL,
  kind      TEXT   NOT NULL,
  object_id TEXT   NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (page_id, seq)
);

-- Conversations. awake_at is from when one that is not done counts as open;
-- a reply is allowed from free_from until before free_until, as far as the
-- conversation goes. The two indexes hold all that a list or a count asks.

CREATE TABLE conversations (
  page_id    TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  status     TEXT    NOT NULL,
  updated_at BIGINT  NOT NULL,
  assignee   TEXT,
  awake_at   BIGINT  NOT NULL,
  free_from  BIGINT  NOT NULL,
  free_until BIGINT  NOT NULL,
  unread     INTEGER NOT NULL,
  nameless   INTEGER NOT NULL,
  profile_at BIGINT  NOT NULL,
  doc        TEXT    NOT NULL,
  PRIMARY KEY (page_id, id)
);
CREATE INDEX conversations_by_status ON conversations
  (page_id, status, updated_at, id, awake_at, free_from, free_until, assignee, unread);
CREATE INDEX conversations_by_assignee ON conversations
  (page_id, assignee, status, updated_at, id, awake_at);
CREATE INDEX conversations_nameless ON conversations (profile_at, page_id, id)
  WHERE nameless = 1;

CREATE TABLE tombstones (
  page_id         TEXT   NOT NULL,
  conversation_id TEXT   NOT NULL,
  until           BIGINT NOT NULL,
  PRIMARY KEY (page_id, conversation_id)
);

CREATE TABLE messages (
  page_id         TEXT    NOT NULL,
  id              TEXT    NOT NULL,
  conversation_id TEXT    NOT NULL,
  mid             TEXT    NOT NULL,
  direction       TEXT    NOT NULL,
  state           TEXT    NOT NULL,
  author_kind     TEXT    NOT NULL,
  author_id       TEXT    NOT NULL,
  order_at        BIGINT  NOT NULL,
  first_seq       BIGINT  NOT NULL,
  meta_time       INTEGER NOT NULL,
  doc             TEXT    NOT NULL,
  PRIMARY KEY (page_id, id)
);
CREATE UNIQUE INDEX messages_mid ON messages (page_id, mid) WHERE mid <> '';
CREATE INDEX messages_in_order ON messages
  (page_id, conversation_id, order_at, first_seq, direction);
CREATE INDEX messages_by_seq ON messages
  (page_id, conversation_id, first_seq, direction);

CREATE TABLE pending (
  page_id  TEXT    NOT NULL,
  mid      TEXT    NOT NULL,
  number   INTEGER NOT NULL,
  customer TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  at       BIGINT  NOT NULL,
  doc      TEXT    NOT NULL,
  PRIMARY KEY (page_id, mid, number)
);
CREATE INDEX pending_by_customer ON pending (page_id, customer);

CREATE TABLE raw_events (
  page_id     TEXT    NOT NULL,
  key         TEXT    NOT NULL,
  customer    TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  at          BIGINT  NOT NULL,
  received_at BIGINT  NOT NULL,
  understood  INTEGER NOT NULL,
  body        BLOB    NOT NULL,
  PRIMARY KEY (page_id, key)
);
CREATE INDEX raw_events_by_customer ON raw_events (page_id, customer);
CREATE INDEX raw_events_by_age ON raw_events (understood, received_at);

-- Replies on their way to Meta.

CREATE TABLE replies (
  page_id         TEXT   NOT NULL,
  message_id      TEXT   NOT NULL,
  conversation_id TEXT   NOT NULL,
  user_id         TEXT   NOT NULL,
  client_id       TEXT   NOT NULL,
  state           TEXT   NOT NULL,
  accepted_seq    BIGINT NOT NULL,
  wake_at         BIGINT NOT NULL,
  doc             TEXT   NOT NULL,
  PRIMARY KEY (page_id, message_id)
);
CREATE UNIQUE INDEX replies_client ON replies (page_id, user_id, client_id)
  WHERE client_id <> '';
CREATE INDEX replies_by_conversation ON replies (page_id, conversation_id, state, accepted_seq);
CREATE INDEX replies_by_state ON replies (page_id, state, accepted_seq);
CREATE INDEX replies_due ON replies (wake_at, page_id, message_id) WHERE wake_at <> 0;

CREATE TABLE attempts (
  page_id    TEXT    NOT NULL,
  message_id TEXT    NOT NULL,
  number     INTEGER NOT NULL,
  token      TEXT    NOT NULL,
  mid        TEXT    NOT NULL,
  at         BIGINT  NOT NULL,
  PRIMARY KEY (page_id, message_id, number)
);
CREATE UNIQUE INDEX attempts_token ON attempts (page_id, token) WHERE token <> '';
CREATE INDEX attempts_mid ON attempts (page_id, mid) WHERE mid <> '';

CREATE TABLE notices (
  page_id    TEXT   NOT NULL,
  id         TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  doc        TEXT   NOT NULL,
  PRIMARY KEY (page_id, id)
);
CREATE INDEX notices_newest ON notices (page_id, created_at, id);
