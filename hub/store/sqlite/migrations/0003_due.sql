-- What is due is read for each Page and state by itself, so that many replies of one
-- Page, or of one kind, don't stand before all others.

DROP INDEX IF EXISTS replies_due;
CREATE INDEX replies_due ON replies (page_id, state, wake_at, message_id) WHERE wake_at <> 0;
