-- Plain SQL that SQLite and PostgreSQL both take: TEXT, INTEGER and BIGINT only, times in
-- milliseconds since 1970, hashes and ids as lower-case hexadecimal or UUID text.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE cmk (
  id              TEXT PRIMARY KEY,
  spec            TEXT NOT NULL,
  origin          TEXT NOT NULL,
  state           TEXT NOT NULL,
  description     TEXT NOT NULL,
  created_ms      BIGINT NOT NULL,
  current_version INTEGER NOT NULL,
  delete_after_ms BIGINT
);

-- hsm_key_id is null when the material is gone; kcv and fingerprint stay, so that only the same
-- material can come back.
CREATE TABLE cmk_version (
  cmk_id      TEXT NOT NULL REFERENCES cmk (id),
  version     INTEGER NOT NULL,
  hsm_key_id  TEXT UNIQUE,
  kcv         TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  created_ms  BIGINT NOT NULL,
  expires_ms  BIGINT,
  PRIMARY KEY (cmk_id, version)
);

CREATE TABLE alias (
  name       TEXT PRIMARY KEY,
  cmk_id     TEXT NOT NULL REFERENCES cmk (id),
  updated_ms BIGINT NOT NULL
);

CREATE INDEX alias_by_cmk ON alias (cmk_id);

CREATE TABLE wrapping_key (
  token_hash TEXT PRIMARY KEY,
  cmk_id     TEXT NOT NULL REFERENCES cmk (id),
  algorithm  TEXT NOT NULL,
  hsm_key_id TEXT NOT NULL UNIQUE,
  label      TEXT NOT NULL,
  expires_ms BIGINT NOT NULL,
  status     TEXT NOT NULL
);

-- Keys that may be in the device and that nothing else here accounts for. Written before the
-- device is touched; whoever finds a row whose owner is gone destroys the key.
CREATE TABLE hsm_intent (
  hsm_key_id TEXT PRIMARY KEY,
  label      TEXT NOT NULL UNIQUE,
  kind       TEXT NOT NULL,
  owner      TEXT NOT NULL,
  since_ms   BIGINT NOT NULL
);

-- checkpoint_seq: the last checkpoint that there was when the record was written; 0 for none.
CREATE TABLE audit (
  seq            BIGINT PRIMARY KEY,
  time_ms        BIGINT NOT NULL,
  principal      TEXT NOT NULL,
  operation      TEXT NOT NULL,
  key_id         TEXT,
  alias          TEXT,
  result         TEXT NOT NULL,
  nodes          TEXT NOT NULL,
  details        TEXT NOT NULL,
  checkpoint_seq BIGINT NOT NULL,
  previous_hash  TEXT NOT NULL,
  hash           TEXT NOT NULL
);

CREATE TABLE audit_checkpoint (
  seq     BIGINT PRIMARY KEY,
  hash    TEXT NOT NULL,
  mac     TEXT NOT NULL,
  time_ms BIGINT NOT NULL
);
