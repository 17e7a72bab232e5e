-- Tells every instance that what it remembers of keys and aliases may be out of date. By triggers, so
-- that a change made by hand is told as well.

CREATE FUNCTION announce_key_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('strongroom_keys', TG_TABLE_SCHEMA);
  RETURN NULL;
END
$$;

CREATE TRIGGER cmk_announced
  AFTER UPDATE OR DELETE OR TRUNCATE ON cmk
  FOR EACH STATEMENT EXECUTE FUNCTION announce_key_change();

CREATE TRIGGER cmk_version_announced
  AFTER UPDATE OR DELETE OR TRUNCATE ON cmk_version
  FOR EACH STATEMENT EXECUTE FUNCTION announce_key_change();

CREATE TRIGGER alias_announced
  AFTER UPDATE OR DELETE OR TRUNCATE ON alias
  FOR EACH STATEMENT EXECUTE FUNCTION announce_key_change();
