-- Checkpoints are signed now, so that a public key is enough to check them. Those from before have
-- a MAC and no signature; they vouch for nothing any more (docs/adr/0011).
ALTER TABLE audit_checkpoint ADD COLUMN signed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_checkpoint ADD COLUMN signature TEXT NOT NULL DEFAULT '';

-- The public halves of the keys that have signed here: SubjectPublicKeyInfo in Base64, by its
-- SHA-256. A convenience only: whoever can write here can put his own key in.
CREATE TABLE audit_key (
  fingerprint TEXT PRIMARY KEY,
  public_key  TEXT NOT NULL,
  created_ms  BIGINT NOT NULL
);
