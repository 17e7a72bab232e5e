/** Customer master keys over any {@code Hsm}: import, aliases, rotation, encryption, audit. */
@org.jspecify.annotations.NullMarked
module io.strongroom.custody {
  requires static transitive org.jspecify;
  requires transitive io.strongroom.provider;
  requires com.fasterxml.jackson.databind;
  requires com.zaxxer.hikari;
  requires flyway.core;
  requires flyway.database.postgresql;
  // Jdbi has no module descriptor that would ask for it.
  requires io.leangen.geantyref;
  requires java.sql;
  requires org.jdbi.v3.core;
  requires org.postgresql.jdbc;
  requires org.slf4j;
  requires org.xerial.sqlitejdbc;

  exports io.strongroom.custody;
  exports io.strongroom.custody.audit;
  exports io.strongroom.custody.ceremony to
      io.strongroom.cli;
  exports io.strongroom.custody.secret to
      io.strongroom.cli;
}
