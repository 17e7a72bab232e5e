-- What a key is for; its place in lists; when it rotates; its tags; keys that are no more.

ALTER TABLE cmk ADD COLUMN key_use TEXT NOT NULL DEFAULT 'SIGN_VERIFY';
UPDATE cmk SET key_use = 'ENCRYPT_DECRYPT' WHERE spec = 'AES_256';
UPDATE cmk SET key_use = 'GENERATE_VERIFY_MAC' WHERE spec = 'HMAC_256';

-- Grows with every key in the order of the transactions, whatever the clocks say, and no number
-- comes back: so a list that goes on after a number leaves nothing out and repeats nothing.
ALTER TABLE cmk ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
UPDATE cmk SET seq = (
  SELECT COUNT(*) FROM cmk AS older
  WHERE older.created_ms < cmk.created_ms
     OR (older.created_ms = cmk.created_ms AND older.id <= cmk.id)
);
CREATE UNIQUE INDEX cmk_by_seq ON cmk (seq);

ALTER TABLE cmk ADD COLUMN rotation_days INTEGER;
ALTER TABLE cmk ADD COLUMN next_rotation_ms BIGINT;

CREATE TABLE cmk_tag (
  cmk_id TEXT NOT NULL REFERENCES cmk (id),
  name   TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (cmk_id, name)
);

CREATE INDEX cmk_tag_by_name ON cmk_tag (name, value);

-- So that whoever meets the name of a key that is no more is told what became of it.
CREATE TABLE destroyed_key (
  id           TEXT PRIMARY KEY,
  seq          BIGINT NOT NULL,
  spec         TEXT NOT NULL,
  origin       TEXT NOT NULL,
  created_ms   BIGINT NOT NULL,
  versions     INTEGER NOT NULL,
  destroyed_ms BIGINT NOT NULL
);
