-- A first guard only: the tables' owner can drop the triggers. The hash chain and its checkpoints are
-- what finds such a change.

CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% records are never changed or removed', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER audit_no_change
  BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_guard();

CREATE TRIGGER audit_checkpoint_no_change
  BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION audit_guard();
