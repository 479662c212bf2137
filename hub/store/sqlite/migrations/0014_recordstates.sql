-- How a record of the CRM stood when it was last told of, by which changes of it are known.

ALTER TABLE records ADD COLUMN state TEXT NOT NULL DEFAULT '';
