package io.strongroom.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.Hsm;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application that knows nothing of Vert.x needs to compile. */
class PlainJavaTest {

  private static final String APPLICATION =
      """
      import io.strongroom.cluster.ClusterDriver;
      import io.strongroom.cluster.ClusterHsm;
      import io.strongroom.hsm.Hsm;

      class Application {
        static byte[] byUrl() {
          try (Hsm hsm = Hsm.open("cluster:/etc/strongroom/cluster.yaml")) {
            return hsm.random(16);
          }
        }

        static int byName() {
          try (ClusterHsm hsm = ClusterHsm.open(ClusterDriver.config("cluster:/x"))) {
            return hsm.status().size() + hsm.keys().size();
          }
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void application_withoutVertxOnItsPath_compiles() throws Exception {
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    String path = location(Hsm.class) + java.io.File.pathSeparator + location(ClusterHsm.class);
    List<String> options =
        List.of("-proc:none", "-Xlint:none", "-d", folder.toString(), "-cp", path);
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(new StringWriter(), null, said, options, null, List.of(source()))
            .call();
    assertThat(said.getDiagnostics().stream().filter(d -> isError(d.getKind()))).isEmpty();
    assertThat(compiled).isTrue();
  }

  private static boolean isError(javax.tools.Diagnostic.Kind kind) {
    return kind == javax.tools.Diagnostic.Kind.ERROR;
  }

  private static Path location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static SimpleJavaFileObject source() {
    return new SimpleJavaFileObject(
        URI.create("string:///Application.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return APPLICATION;
      }
    };
  }
}
