-- Replies that are scheduled are looked up whenever their customer writes. There are few of them.
-- A program that does not know this state would neither send them nor ask.
CREATE INDEX replies_scheduled ON replies (page_id, conversation_id, accepted_seq) WHERE state = 'scheduled';
