-- Counts changes of keys and aliases, so that an instance sees that what it remembers may be out of
-- date. The file's own version tells that something changed, which most often is the audit alone.

CREATE TABLE key_changes (
  count BIGINT NOT NULL
);

INSERT INTO key_changes (count) VALUES (0);

CREATE TRIGGER cmk_updated AFTER UPDATE ON cmk
BEGIN
  UPDATE key_changes SET count = count + 1;
END;

CREATE TRIGGER cmk_deleted AFTER DELETE ON cmk
BEGIN
  UPDATE key_changes SET count = count + 1;
END;

CREATE TRIGGER cmk_version_updated AFTER UPDATE ON cmk_version
BEGIN
  UPDATE key_changes SET count = count + 1;
END;

CREATE TRIGGER cmk_version_deleted AFTER DELETE ON cmk_version
BEGIN
  UPDATE key_changes SET count = count + 1;
END;

CREATE TRIGGER alias_updated AFTER UPDATE ON alias
BEGIN
  UPDATE key_changes SET count = count + 1;
END;

CREATE TRIGGER alias_deleted AFTER DELETE ON alias
BEGIN
  UPDATE key_changes SET count = count + 1;
END;
