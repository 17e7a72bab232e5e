package io.strongroom.cluster;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmDriver;
import io.strongroom.hsm.HsmException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Opens {@code cluster:<path of cluster.yaml>}, with optional settings behind it: {@code
 * ?nodes=b,c} (only these nodes), {@code &identity=<path without .crt and .key>}, {@code &az=az-b}.
 * Names and values are percent-encoded.
 */
public final class ClusterDriver implements HsmDriver {

  private static final String SCHEME = "cluster";
  private static final List<String> SETTINGS = List.of("nodes", "identity", "az");

  /** For {@code ServiceLoader}. */
  public ClusterDriver() {}

  @Override
  public String scheme() {
    return SCHEME;
  }

  /**
   * {@inheritDoc}
   *
   * @throws HsmException.BadInput also if the configuration is not usable; the message names file
   *     and key
   */
  @Override
  public Hsm open(String url) {
    return ClusterHsm.open(config(url));
  }

  /**
   * The configuration that a URL stands for.
   *
   * @throws HsmException.BadInput if URL or file is malformed
   */
  public static ClusterConfig config(String url) {
    int colon = url.indexOf(':');
    if (!url.substring(0, Math.max(0, colon)).equalsIgnoreCase(SCHEME)) {
      throw new HsmException.BadInput(
          "this is no cluster: URL; one looks like cluster:/etc/strongroom/cluster.yaml");
    }
    String rest = url.substring(colon + 1);
    int mark = rest.indexOf('?');
    String path = decode(mark < 0 ? rest : rest.substring(0, mark));
    if (path.isEmpty()) {
      throw new HsmException.BadInput(
          "the cluster: URL names no file; one looks like cluster:/etc/strongroom/cluster.yaml");
    }
    Map<String, String> settings = settings(mark < 0 ? "" : rest.substring(mark + 1));
    ClusterConfig config = ClusterConfig.read(Path.of(path));
    String nodes = settings.get("nodes");
    if (nodes != null) {
      config = config.withNodes(List.of(nodes.split(",")));
    }
    String identity = settings.get("identity");
    if (identity != null) {
      config = config.withIdentity(Path.of(identity));
    }
    String zone = settings.get("az");
    return zone == null ? config : config.withZone(zone);
  }

  private static Map<String, String> settings(String query) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String part : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      int equals = part.indexOf('=');
      String name = decode(equals < 0 ? part : part.substring(0, equals));
      if (equals < 0 || !SETTINGS.contains(name)) {
        throw new HsmException.BadInput(
            "unknown setting \"" + name + "\" in the cluster: URL; there are " + SETTINGS);
      }
      String value = decode(part.substring(equals + 1));
      if (value.isEmpty() || settings.put(name, value) != null) {
        throw new HsmException.BadInput(
            "setting \"" + name + "\" of the cluster: URL is empty or there twice; give it once");
      }
    }
    return settings;
  }

  private static String decode(String text) {
    try {
      // A plus sign is itself in a URL of this kind, not a space as in a form.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new HsmException.BadInput("the cluster: URL has a malformed percent escape", e);
    }
  }
}
