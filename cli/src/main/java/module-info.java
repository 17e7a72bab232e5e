/** The {@code strongroom} command: the only place where everything is wired. */
@org.jspecify.annotations.NullMarked
module io.strongroom.cli {
  requires static org.jspecify;
  requires io.strongroom.provider;
  requires io.strongroom.cluster;
  requires io.strongroom.custody;
  requires io.strongroom.softhsm;
  requires info.picocli;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires java.logging;
  requires java.sql;
  requires org.slf4j;
  requires ch.qos.logback.classic;

  exports io.strongroom.cli;

  opens io.strongroom.cli to
      info.picocli;
}
