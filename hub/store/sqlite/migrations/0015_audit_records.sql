-- Which record of the CRM an entry of the audit log is about: who may not see the record
-- is not told of it here either.

ALTER TABLE audit ADD COLUMN record TEXT NOT NULL DEFAULT '';
UPDATE audit SET record = json_extract(doc, '$.record.type') || ':' || json_extract(doc, '$.record.id')
  WHERE json_extract(doc, '$.record.id') IS NOT NULL;
