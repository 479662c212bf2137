-- What is kept of users from the CRM, and sign-ins through a browser that have not ended.
-- The company that the store belongs to stands in store, as crm_company.

CREATE TABLE crm_users (
  user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  doc     TEXT NOT NULL
);

CREATE TABLE device_logins (
  hash       BLOB   NOT NULL PRIMARY KEY,
  code_hash  BLOB   NOT NULL UNIQUE,
  state_hash BLOB,
  expires    BIGINT NOT NULL,
  doc        TEXT   NOT NULL
);
CREATE UNIQUE INDEX device_logins_by_state ON device_logins (state_hash);
CREATE INDEX device_logins_by_expiry ON device_logins (expires);
