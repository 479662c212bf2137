-- Words that were deleted stood on in the index until it was merged. In this one they are
-- taken out of where they stand; it has to be told which they were. It is filled anew, and
-- what older programs left in the file between what is kept is overwritten.

DROP TABLE search_words;
CREATE VIRTUAL TABLE search_words USING fts5 (
  words, content='', columnsize=0, tokenize="ascii tokenchars '_'"
);
INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1);
