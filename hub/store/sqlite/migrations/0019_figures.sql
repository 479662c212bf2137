-- Replies that are not settled are counted over all Pages, for the hub's figures: by an
-- index of them alone, which are few beside those that were sent.

CREATE INDEX replies_open ON replies (state) WHERE state IN ('queued', 'posting', 'unknown', 'ask');
