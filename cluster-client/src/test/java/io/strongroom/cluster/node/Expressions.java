package io.strongroom.cluster.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The PromQL expressions of dashboards and alert rules. */
final class Expressions {

  private Expressions() {}

  /** Of these files, YAML or JSON, which is YAML too. */
  static List<String> in(Path... files) throws IOException {
    List<String> expressions = new ArrayList<>();
    for (Path file : files) {
      JsonNode page = new YAMLMapper().readTree(file.toFile());
      page.findValues("expr").forEach(expression -> expressions.add(expression.asText()));
      page.findValues("definition").forEach(query -> expressions.add(query.asText()));
    }
    return expressions;
  }
}
