-- A role for instances of Strongroom that may use a store, but not change its tables: run it as
-- the tables' owner, once Strongroom has made them. The password is yours to choose.
CREATE ROLE strongroom_app LOGIN PASSWORD '…';
GRANT USAGE ON SCHEMA custody_schema TO strongroom_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA custody_schema TO strongroom_app;
REVOKE UPDATE, DELETE ON custody_schema.audit, custody_schema.audit_checkpoint FROM strongroom_app;
REVOKE INSERT, UPDATE, DELETE ON custody_schema.flyway_schema_history FROM strongroom_app;
