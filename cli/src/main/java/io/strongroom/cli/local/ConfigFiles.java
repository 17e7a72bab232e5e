package io.strongroom.cli.local;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes {@code node.yaml} and {@code cluster.yaml}; never over a file that is there. */
final class ConfigFiles {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER).build();

  private ConfigFiles() {}

  static void writeNode(String cluster, NodePlace node, String hsmUrl, List<NodePlace> all) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("cluster", cluster);
    document.put("name", node.name());
    document.put("az", node.zone());
    document.put("listen", node.address());
    document.put("hsm", hsmUrl);
    document.put("seals", "seals");
    document.put("tls", tls("node.crt", "node.key"));
    document.put(
        "peers", all.stream().filter(n -> !n.equals(node)).map(ConfigFiles::member).toList());
    write(node.folder().resolve("node.yaml"), document);
  }

  static void writeCluster(Path file, String cluster, List<NodePlace> nodes, String identity) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("cluster", cluster);
    document.put("az", nodes.getFirst().zone());
    document.put("nodes", nodes.stream().map(ConfigFiles::member).toList());
    document.put("tls", tls(identity + ".crt", identity + ".key"));
    // No quorum: the default grows with the cluster.
    document.put("deadline", "5s");
    write(file, document);
  }

  private static Map<String, Object> member(NodePlace node) {
    Map<String, Object> member = new LinkedHashMap<>();
    member.put("name", node.name());
    member.put("az", node.zone());
    member.put("address", node.address());
    return member;
  }

  private static Map<String, Object> tls(String certificate, String key) {
    Map<String, Object> tls = new LinkedHashMap<>();
    tls.put("ca", "ca.crt");
    tls.put("certificate", certificate);
    tls.put("key", key);
    return tls;
  }

  private static void write(Path file, Map<String, Object> document) {
    try {
      Files.writeString(file, YAML.writeValueAsString(document), StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
