package io.strongroom.provider.wycheproof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of Project Wycheproof: where they are, and what is in them. */
final class VectorFile {
  /** The system property that names the folder. */
  static final String PROPERTY = "wycheproof.dir";

  // Tests run in the module's folder; the vectors lie beside the project's.
  private static final Path DEFAULT = Path.of("../../shared/wycheproof");

  private VectorFile() {}

  /** The folder that holds the files. */
  static Path folder() {
    String named = System.getProperty(PROPERTY, "");
    return named.isEmpty() ? DEFAULT : Path.of(named);
  }

  /** Why nothing can be tested, and what to do. */
  static String howToGetThem() {
    return "the test vectors of Project Wycheproof are not in "
        + folder().toAbsolutePath().normalize()
        + "; clone C2SP/wycheproof and give its folder testvectors_v1 with -D"
        + PROPERTY
        + "=FOLDER";
  }

  /** The names of all files there are. */
  static List<String> names() {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("_test.json"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The vectors of one file, in its order. */
  static List<Vector> read(String name) {
    List<Vector> vectors = new ArrayList<>();
    try {
      JsonNode root = new ObjectMapper().readTree(folder().resolve(name).toFile());
      for (JsonNode group : root.required("testGroups")) {
        for (JsonNode test : group.required("tests")) {
          vectors.add(new Vector(group, test));
        }
      }
      return vectors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
