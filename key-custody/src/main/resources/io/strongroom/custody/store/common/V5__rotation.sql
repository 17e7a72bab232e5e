-- Where aliases pointed before, and how long the keys that they left stay usable. The rows refer to
-- keys and aliases by name only: the history outlives both.
CREATE TABLE alias_move (
  sequence        BIGINT PRIMARY KEY,
  alias           TEXT NOT NULL,
  from_id         TEXT NOT NULL,
  to_id           TEXT NOT NULL,
  kind            TEXT NOT NULL,
  principal       TEXT NOT NULL,
  time_ms         BIGINT NOT NULL,
  usable_until_ms BIGINT,
  retired_ms      BIGINT
);

CREATE INDEX alias_move_by_alias ON alias_move (alias, sequence);

CREATE INDEX alias_move_by_from ON alias_move (from_id);

-- How long the key that an alias leaves stays usable; an alias without a row here keeps it for ever.
CREATE TABLE alias_policy (
  alias              TEXT PRIMARY KEY REFERENCES alias (name) ON DELETE CASCADE,
  previous_usable_ms BIGINT NOT NULL
);

-- Every key that this store ever had the HSM make. A key in the HSM that is here, and that nothing
-- else accounts for, is an orphan of this store and of no other.
CREATE TABLE hsm_birth (
  hsm_key_id TEXT PRIMARY KEY,
  label      TEXT NOT NULL,
  since_ms   BIGINT NOT NULL
);

INSERT INTO hsm_birth (hsm_key_id, label, since_ms)
SELECT hsm_key_id, 'cmk/' || cmk_id || '/v' || version, created_ms
  FROM cmk_version WHERE hsm_key_id IS NOT NULL;

INSERT INTO hsm_birth (hsm_key_id, label, since_ms)
SELECT hsm_key_id, label, expires_ms FROM wrapping_key;

INSERT INTO hsm_birth (hsm_key_id, label, since_ms)
SELECT hsm_key_id, label, since_ms FROM hsm_intent
 WHERE hsm_key_id NOT IN (SELECT hsm_key_id FROM hsm_birth);
