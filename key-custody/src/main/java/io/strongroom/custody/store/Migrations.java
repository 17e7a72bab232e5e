package io.strongroom.custody.store;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/**
 * Brings a store's tables up to date. The scripts are named here instead of being searched for:
 * Flyway's scan of the class path does not see into a named module.
 */
final class Migrations {

  private static final List<String> COMMON =
      List.of(
          "common/V1__custody.sql",
          "common/V3__life.sql",
          "common/V4__signed_checkpoints.sql",
          "common/V5__rotation.sql");

  private Migrations() {}

  static void run(Dialect dialect) {
    // Not from a pool: Flyway holds several connections at a time.
    DataSource dataSource = dialect.writers().getDataSource();
    List<LoadableResource> scripts =
        Stream.concat(COMMON.stream(), dialect.ownMigrations().stream())
            .<LoadableResource>map(Script::new)
            .toList();
    dialect.alone(() ->
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(dataSource)
            .resourceProvider(new Scripts(scripts))
            .loggers("slf4j")
            .load()
            .migrate());
  }

  private record Scripts(List<LoadableResource> scripts) implements ResourceProvider {
    @Override
    public @Nullable LoadableResource getResource(String name) {
      return scripts.stream()
          .filter(s -> s.getRelativePath().equals(name))
          .findFirst()
          .orElse(null);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
      return scripts.stream()
          .filter(s -> s.getFilename().startsWith(prefix))
          .filter(s -> List.of(suffixes).stream().anyMatch(s.getFilename()::endsWith))
          .toList();
    }
  }

  private static final class Script extends LoadableResource {
    private final String path;

    Script(String path) {
      this.path = path;
    }

    @Override
    public Reader read() {
      InputStream stream = Migrations.class.getResourceAsStream(path);
      if (stream == null) {
        throw new IllegalStateException("the jar lacks " + path + "; it is damaged");
      }
      return new InputStreamReader(stream, StandardCharsets.UTF_8);
    }

    @Override
    public String getAbsolutePath() {
      return path;
    }

    @Override
    public String getAbsolutePathOnDisk() {
      return path;
    }

    @Override
    public String getFilename() {
      return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public String getRelativePath() {
      return path;
    }
  }
}
