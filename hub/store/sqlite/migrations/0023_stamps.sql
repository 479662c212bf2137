-- Each row of a Page's log has a random stamp, and the Page that of its newest row, which
-- may be forgotten: by it a client proves that the log is still the one that it followed.
-- Rows of before have none.

ALTER TABLE events ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE pages ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
