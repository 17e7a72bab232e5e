package io.strongroom.integration.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Changes a configuration file as an operator would with an editor. */
final class YamlFile {
  private static final YAMLMapper YAML = new YAMLMapper();

  private YamlFile() {}

  static void edit(Path file, Consumer<ObjectNode> change) throws IOException {
    ObjectNode document = (ObjectNode) YAML.readTree(file.toFile());
    change.accept(document);
    YAML.writeValue(file.toFile(), document);
  }
}
