-- Snippets: texts that users insert by name. The owner is a user, or '' for the team's; the key is
-- the name as names are compared.

CREATE TABLE snippets (
  owner TEXT NOT NULL,
  key   TEXT NOT NULL,
  doc   TEXT NOT NULL,
  PRIMARY KEY (owner, key)
);
