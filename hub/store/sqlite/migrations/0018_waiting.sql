-- Who waits in a conversation, by the last message between customer and Page: 1 the
-- customer, 2 a reply that asks. The index holds all that the list of those and its count
-- ask.

ALTER TABLE conversations ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;

UPDATE conversations SET waits = 1 WHERE 'in' = (
  SELECT m.direction FROM messages m
  WHERE m.page_id = conversations.page_id AND m.conversation_id = conversations.id
    AND m.direction IN ('in', 'out') AND m.state NOT IN ('failed', 'dropped')
    AND coalesce(json_extract(m.doc, '$.standby'), 0) = 0 AND coalesce(json_extract(m.doc, '$.deleted'), 0) = 0
  ORDER BY m.order_at DESC, m.first_seq DESC LIMIT 1);
UPDATE conversations SET waits = 2 WHERE EXISTS (
  SELECT 1 FROM replies r
  WHERE r.page_id = conversations.page_id AND r.conversation_id = conversations.id AND r.state = 'ask');

UPDATE conversations SET doc = json_set(doc, '$.waits', 'nobody') WHERE waits = 0;
UPDATE conversations SET doc = json_set(doc, '$.waits', 'customer', '$.waits_since', (
  SELECT json_extract(m.doc, '$.sent_at') FROM messages m
  WHERE m.page_id = conversations.page_id AND m.conversation_id = conversations.id
    AND m.direction IN ('in', 'out') AND m.state NOT IN ('failed', 'dropped')
    AND coalesce(json_extract(m.doc, '$.standby'), 0) = 0 AND coalesce(json_extract(m.doc, '$.deleted'), 0) = 0
  ORDER BY m.order_at DESC, m.first_seq DESC LIMIT 1)) WHERE waits = 1;
UPDATE conversations SET doc = json_set(doc, '$.waits', 'reply', '$.waits_since', (
  SELECT json_extract(m.doc, '$.sent_at') FROM messages m
  WHERE m.page_id = conversations.page_id AND m.conversation_id = conversations.id AND m.state = 'ask'
  ORDER BY m.order_at, m.first_seq LIMIT 1)) WHERE waits = 2;

CREATE INDEX conversations_waiting ON conversations (page_id, status, updated_at, id, awake_at, waits) WHERE waits <> 0;
