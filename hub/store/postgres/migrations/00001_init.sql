-- +goose Up

-- What one Page holds has a key that begins with its page_id; nothing here relies on serials,
-- triggers or advisory locks, so that Pages can be divided among machines. Text that keys are made
-- of is compared by its bytes. Times are microseconds since 1970, 0 for none; doc is the whole
-- record as JSON, in bytes, since text and jsonb refuse U+0000. The columns beside it are what is
-- searched, sorted or judged by.

CREATE TABLE store (
  name  text COLLATE "C" NOT NULL PRIMARY KEY,
  value bytea NOT NULL
);

CREATE TABLE counters (
  name  text COLLATE "C" NOT NULL PRIMARY KEY,
  value bigint NOT NULL
);

-- Which hub works on the store, and until when unless it renews that, by the database's clock.
CREATE TABLE holders (
  name    text COLLATE "C" NOT NULL PRIMARY KEY,
  holder  text COLLATE "C" NOT NULL,
  expires timestamptz NOT NULL
);

-- Users and what signs them in.

CREATE TABLE users (
  id  text COLLATE "C" NOT NULL PRIMARY KEY,
  doc bytea NOT NULL
);

CREATE TABLE tokens (
  hash    bytea NOT NULL PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL REFERENCES users (id),
  at      bigint NOT NULL,
  used_at bigint NOT NULL DEFAULT 0
);
CREATE INDEX tokens_of ON tokens (user_id);

CREATE TABLE login_codes (
  hash    bytea NOT NULL PRIMARY KEY,
  user_id text COLLATE "C" NOT NULL REFERENCES users (id),
  expires bigint NOT NULL
);

CREATE TABLE ssh_keys (
  fingerprint text COLLATE "C" NOT NULL PRIMARY KEY,
  user_id     text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  comment     bytea NOT NULL,
  at          bigint NOT NULL
);
CREATE INDEX ssh_keys_of ON ssh_keys (user_id, at);

CREATE TABLE crm_users (
  user_id text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  doc     bytea NOT NULL
);

CREATE TABLE device_logins (
  hash       bytea NOT NULL PRIMARY KEY,
  code_hash  bytea NOT NULL UNIQUE,
  state_hash bytea UNIQUE,
  expires    bigint NOT NULL,
  doc        bytea NOT NULL
);
CREATE INDEX device_logins_by_expiry ON device_logins (expires);

CREATE TABLE views (
  user_id text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id      text COLLATE "C" NOT NULL,
  place   integer NOT NULL,
  doc     bytea NOT NULL,
  PRIMARY KEY (user_id, id)
);

CREATE TABLE notification_preferences (
  user_id text COLLATE "C" NOT NULL PRIMARY KEY,
  doc     bytea NOT NULL
);

-- The owner of a snippet is a user, or '' for the team.
CREATE TABLE snippets (
  owner text COLLATE "C" NOT NULL,
  key   text COLLATE "C" NOT NULL,
  doc   bytea NOT NULL,
  PRIMARY KEY (owner, key)
);

-- What is known of the CRM's records, and until when which user may be told of them.

CREATE TABLE records (
  record_type text COLLATE "C" NOT NULL,
  record_id   text COLLATE "C" NOT NULL,
  title       bytea NOT NULL,
  state       bytea NOT NULL DEFAULT '',
  PRIMARY KEY (record_type, record_id)
);

CREATE TABLE record_sights (
  user_id     text COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  record_type text COLLATE "C" NOT NULL,
  record_id   text COLLATE "C" NOT NULL,
  until       bigint NOT NULL,
  PRIMARY KEY (user_id, record_type, record_id)
);
CREATE INDEX record_sights_by_record ON record_sights (record_type, record_id);

-- Pages and their logs. The row of a Page is locked first by each transaction that writes in it:
-- seq is the counter that every change takes, writes counts the transactions.

CREATE TABLE pages (
  page_id      text COLLATE "C" NOT NULL PRIMARY KEY,
  meta_id      text COLLATE "C" NOT NULL,
  installation integer NOT NULL,
  active       boolean NOT NULL,
  seq          bigint NOT NULL,
  stamp        text COLLATE "C" NOT NULL,
  writes       bigint NOT NULL DEFAULT 0,
  doc          bytea NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX pages_by_meta ON pages (meta_id, installation);

CREATE TABLE events (
  page_id   text COLLATE "C" NOT NULL,
  seq       bigint NOT NULL,
  kind      text COLLATE "C" NOT NULL,
  object_id text COLLATE "C" NOT NULL,
  at        bigint NOT NULL,
  stamp     text COLLATE "C" NOT NULL,
  PRIMARY KEY (page_id, seq)
);

-- Conversations. awake_at is from when one that is not done counts as open; a reply is allowed
-- from free_from until before free_until, as far as the conversation goes; waits is 1 for a
-- customer, 2 for a reply that asks.

CREATE TABLE conversations (
  page_id    text COLLATE "C" NOT NULL,
  id         text COLLATE "C" NOT NULL,
  status     text COLLATE "C" NOT NULL,
  updated_at bigint NOT NULL,
  assignee   text COLLATE "C",
  awake_at   bigint NOT NULL,
  free_from  bigint NOT NULL,
  free_until bigint NOT NULL,
  unread     integer NOT NULL,
  nameless   boolean NOT NULL,
  profile_at bigint NOT NULL,
  waits      smallint NOT NULL,
  entered    text COLLATE "C" NOT NULL,
  pinned     boolean NOT NULL,
  doc        bytea NOT NULL,
  PRIMARY KEY (page_id, id)
) WITH (fillfactor = 80);
CREATE INDEX conversations_by_status ON conversations (page_id, status, updated_at, id);
CREATE INDEX conversations_by_assignee ON conversations (page_id, assignee, status, updated_at, id) WHERE assignee IS NOT NULL;
CREATE INDEX conversations_waiting ON conversations (page_id, status, updated_at, id) WHERE waits <> 0;
CREATE INDEX conversations_nameless ON conversations (profile_at, page_id, id) WHERE nameless;

-- Customers' names, as words.
CREATE TABLE names (
  page_id         text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  words           tsvector NOT NULL,
  PRIMARY KEY (page_id, conversation_id)
);
CREATE INDEX names_words ON names USING gin (words);

CREATE TABLE conversation_labels (
  page_id         text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  key             text COLLATE "C" NOT NULL,
  label           text COLLATE "C" NOT NULL,
  status          text COLLATE "C" NOT NULL,
  updated_at      bigint NOT NULL,
  PRIMARY KEY (page_id, conversation_id, key)
);
CREATE INDEX conversation_labels_in_order ON conversation_labels (page_id, key, status, updated_at, conversation_id);

CREATE TABLE mentions (
  page_id         text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  user_id         text COLLATE "C" NOT NULL,
  PRIMARY KEY (page_id, conversation_id, user_id)
);
CREATE INDEX mentions_user ON mentions (page_id, user_id, conversation_id);

-- Messages. said: between customer and Page, and neither failed nor unsent; words is how the text
-- is found, long that it has more words than positions are kept of.

CREATE TABLE messages (
  page_id         text COLLATE "C" NOT NULL,
  id              text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  mid             text COLLATE "C" NOT NULL,
  direction       text COLLATE "C" NOT NULL,
  state           text COLLATE "C" NOT NULL,
  author_kind     text COLLATE "C" NOT NULL,
  author_id       text COLLATE "C" NOT NULL,
  order_at        bigint NOT NULL,
  first_seq       bigint NOT NULL,
  meta_time       boolean NOT NULL,
  said            boolean NOT NULL,
  long            boolean NOT NULL,
  record          text COLLATE "C" NOT NULL,
  words           tsvector NOT NULL,
  doc             bytea NOT NULL,
  PRIMARY KEY (page_id, id)
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX messages_mid ON messages (page_id, mid) WHERE mid <> '';
CREATE INDEX messages_in_order ON messages (page_id, conversation_id, order_at, first_seq);
CREATE INDEX messages_by_seq ON messages (page_id, conversation_id, first_seq);
CREATE INDEX messages_words ON messages USING gin (words);

-- Meta's events: those that wait for their message, and all as they came. An event is known by half
-- of the SHA-256 of its Page and key.

CREATE TABLE pending (
  page_id  text COLLATE "C" NOT NULL,
  mid      text COLLATE "C" NOT NULL,
  number   integer NOT NULL,
  customer text COLLATE "C" NOT NULL,
  kind     text COLLATE "C" NOT NULL,
  at       bigint NOT NULL,
  doc      bytea NOT NULL,
  PRIMARY KEY (page_id, mid, number)
);
CREATE INDEX pending_by_customer ON pending (page_id, customer);

CREATE TABLE raw_events (
  page_id     text COLLATE "C" NOT NULL,
  event       bytea NOT NULL,
  customer    text COLLATE "C" NOT NULL,
  name        text COLLATE "C" NOT NULL,
  at          bigint NOT NULL,
  received_at bigint NOT NULL,
  understood  boolean NOT NULL,
  body        bytea NOT NULL,
  PRIMARY KEY (page_id, event)
);
CREATE INDEX raw_events_by_customer ON raw_events (page_id, customer);
CREATE INDEX raw_events_by_age ON raw_events (received_at) WHERE understood;
CREATE INDEX raw_events_strange ON raw_events (page_id) WHERE NOT understood;

-- Replies on their way to Meta.

CREATE TABLE replies (
  page_id         text COLLATE "C" NOT NULL,
  message_id      text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  user_id         text COLLATE "C" NOT NULL,
  client_id       text COLLATE "C" NOT NULL,
  state           text COLLATE "C" NOT NULL,
  accepted_seq    bigint NOT NULL,
  wake_at         bigint NOT NULL,
  doc             bytea NOT NULL,
  PRIMARY KEY (page_id, message_id)
);
CREATE UNIQUE INDEX replies_client ON replies (page_id, user_id, client_id) WHERE client_id <> '';
CREATE INDEX replies_by_conversation ON replies (page_id, conversation_id, accepted_seq)
  WHERE state IN ('scheduled', 'queued', 'posting', 'unknown', 'ask');
CREATE INDEX replies_of ON replies (page_id, conversation_id);
CREATE INDEX replies_by_state ON replies (page_id, state, accepted_seq);
CREATE INDEX replies_due ON replies (page_id, state, wake_at, message_id) WHERE wake_at <> 0;
CREATE INDEX replies_open ON replies (state) WHERE state IN ('queued', 'posting', 'unknown', 'ask');

CREATE TABLE attempts (
  page_id    text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  number     integer NOT NULL,
  token      text COLLATE "C" NOT NULL,
  mid        text COLLATE "C" NOT NULL,
  at         bigint NOT NULL,
  PRIMARY KEY (page_id, message_id, number)
);
CREATE UNIQUE INDEX attempts_token ON attempts (page_id, token) WHERE token <> '';
CREATE INDEX attempts_mid ON attempts (page_id, mid) WHERE mid <> '';

CREATE TABLE carried (
  page_id         text COLLATE "C" NOT NULL,
  message_id      text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  upload          text COLLATE "C" NOT NULL,
  PRIMARY KEY (page_id, message_id)
);
CREATE INDEX carried_upload ON carried (upload);
CREATE INDEX carried_of ON carried (page_id, conversation_id);

CREATE TABLE reacting (
  page_id         text COLLATE "C" NOT NULL,
  message_id      text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  wake_at         bigint NOT NULL,
  doc             bytea NOT NULL,
  PRIMARY KEY (page_id, message_id)
);
CREATE INDEX reacting_of ON reacting (page_id, conversation_id);

-- The content of attachments, and hashes of content that is gone until its files are.

CREATE TABLE media (
  page_id         text COLLATE "C" NOT NULL,
  id              text COLLATE "C" NOT NULL,
  message_id      text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  later           boolean NOT NULL,
  wake_at         bigint NOT NULL,
  hash            text COLLATE "C" NOT NULL,
  at              bigint NOT NULL,
  doc             bytea NOT NULL,
  PRIMARY KEY (page_id, id)
);
CREATE INDEX media_by_message ON media (page_id, message_id);
CREATE INDEX media_by_conversation ON media (page_id, conversation_id);
CREATE INDEX media_due ON media (page_id, later, wake_at, id) WHERE wake_at <> 0;
CREATE INDEX media_by_hash ON media (hash) WHERE hash <> '';
CREATE INDEX media_by_age ON media (at, page_id, id) WHERE hash <> '';

CREATE TABLE dropped_media (
  page_id text COLLATE "C" NOT NULL,
  hash    text COLLATE "C" NOT NULL,
  PRIMARY KEY (page_id, hash)
);

-- Notices and the mails about them.

CREATE TABLE notices (
  page_id    text COLLATE "C" NOT NULL,
  id         text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  doc        bytea NOT NULL,
  PRIMARY KEY (page_id, id)
);
CREATE INDEX notices_newest ON notices (page_id, created_at, id);

CREATE TABLE mails (
  page_id   text COLLATE "C" NOT NULL,
  notice_id text COLLATE "C" NOT NULL,
  wake_at   bigint NOT NULL,
  doc       bytea NOT NULL,
  PRIMARY KEY (page_id, notice_id)
);
CREATE INDEX mails_due ON mails (wake_at, page_id, notice_id) WHERE wake_at <> 0;

-- Links to records of the CRM, and the transcripts that are kept there.

CREATE TABLE links (
  page_id         text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  record_type     text COLLATE "C" NOT NULL,
  record_id       text COLLATE "C" NOT NULL,
  doc             bytea NOT NULL,
  PRIMARY KEY (page_id, conversation_id, record_type, record_id)
);
CREATE INDEX links_by_record ON links (record_type, record_id, page_id, conversation_id);

CREATE TABLE syncs (
  page_id         text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  changed         bigint NOT NULL DEFAULT 0,
  noticed         bigint NOT NULL DEFAULT 0,
  wake_at         bigint NOT NULL DEFAULT 0,
  doc             bytea NOT NULL,
  PRIMARY KEY (page_id, conversation_id)
);
CREATE INDEX syncs_due ON syncs (wake_at, page_id, conversation_id) WHERE wake_at <> 0;
CREATE INDEX syncs_changed ON syncs (page_id, conversation_id) WHERE changed > noticed;

CREATE TABLE transcripts (
  page_id         text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  day             text COLLATE "C" NOT NULL,
  number          integer NOT NULL,
  doc             bytea NOT NULL,
  PRIMARY KEY (page_id, conversation_id, day, number)
);

CREATE TABLE transcript_records (
  page_id         text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  day             text COLLATE "C" NOT NULL,
  number          integer NOT NULL,
  record_type     text COLLATE "C" NOT NULL,
  record_id       text COLLATE "C" NOT NULL,
  note            bigint NOT NULL,
  PRIMARY KEY (page_id, conversation_id, day, number, record_type, record_id)
);
CREATE INDEX transcript_records_by_record ON transcript_records (record_type, record_id, day, note);

-- Who did what, and when; what belongs to no Page has the page_id ''.

CREATE TABLE audit (
  page_id text COLLATE "C" NOT NULL,
  id      text COLLATE "C" NOT NULL,
  content boolean NOT NULL,
  at      bigint NOT NULL,
  record  text COLLATE "C" NOT NULL,
  doc     bytea NOT NULL,
  PRIMARY KEY (page_id, id)
);
CREATE INDEX audit_newest ON audit (page_id, content, at, id);

-- What is still known of deleted conversations, so that nothing of them comes back.

CREATE TABLE tombstones (
  page_id         text COLLATE "C" NOT NULL,
  conversation_id text COLLATE "C" NOT NULL,
  until           bigint NOT NULL,
  PRIMARY KEY (page_id, conversation_id)
);

CREATE TABLE buried_tokens (
  page_id text COLLATE "C" NOT NULL,
  token   text COLLATE "C" NOT NULL,
  PRIMARY KEY (page_id, token)
);

CREATE TABLE buried_mids (
  page_id text COLLATE "C" NOT NULL,
  mid     text COLLATE "C" NOT NULL,
  PRIMARY KEY (page_id, mid)
);

CREATE TABLE buried_replies (
  page_id   text COLLATE "C" NOT NULL,
  user_id   text COLLATE "C" NOT NULL,
  client_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (page_id, user_id, client_id)
);

CREATE TABLE buried_keys (
  page_id text COLLATE "C" NOT NULL,
  event   bytea NOT NULL,
  PRIMARY KEY (page_id, event)
);
