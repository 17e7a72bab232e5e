package io.strongroom.cluster.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.strongroom.hsm.HsmException.BadInput;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mapping in a YAML file. Unknown keys are refused, and every error is an {@link BadInput} that
 * names the file and the key. Immutable.
 */
public final class YamlMap {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m)");
  private static final int MAX_FILE_BYTES = 1 << 20;

  private final Path file;
  private final String path;
  private final ObjectNode node;

  private YamlMap(Path file, String path, ObjectNode node) {
    this.file = file;
    this.path = path;
    this.node = node;
  }

  /**
   * Reads a file whose top level is a mapping with some of these keys.
   *
   * @throws BadInput if it cannot be read, is no such mapping, or has another key
   */
  public static YamlMap read(Path file, Set<String> keys) {
    ObjectMapper mapper =
        new ObjectMapper(new YAMLFactory())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    JsonNode root;
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new BadInput(file + ": more than " + MAX_FILE_BYTES + " bytes; wanted a small file");
      }
      root = mapper.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new BadInput(file + ": cannot be read: " + reason(e), e);
    }
    if (!(root instanceof ObjectNode object)) {
      throw new BadInput(file + ": wanted a mapping with the keys " + sorted(keys));
    }
    return new YamlMap(file.toAbsolutePath(), "", object).withOnly(keys);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "permission denied";
      default -> String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    };
  }

  private YamlMap withOnly(Set<String> keys) {
    for (var entry : node.properties()) {
      if (!keys.contains(entry.getKey())) {
        throw new BadInput(at(entry.getKey()) + ": unknown key; there are " + sorted(keys));
      }
    }
    return this;
  }

  private static List<String> sorted(Set<String> keys) {
    return keys.stream().sorted().toList();
  }

  /** The file and this key, as errors name them: {@code /etc/node.yaml: tls.ca}. */
  public String at(String key) {
    return file + ": " + path + key;
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** A text that must be there and not be empty. */
  public String text(String key) {
    String value = textOrNull(key);
    if (value == null) {
      throw new BadInput(at(key) + ": missing; give a text");
    }
    return value;
  }

  /** A text that is not empty, or null where the key is missing. */
  public @Nullable String textOrNull(String key) {
    JsonNode value = node.get(key);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isValueNode() || value.asText().isEmpty()) {
      throw new BadInput(at(key) + ": wanted a text");
    }
    return value.asText();
  }

  /** A file or folder; a relative one is meant from the folder of this file. */
  public Path path(String key) {
    return file.resolveSibling(text(key)).normalize();
  }

  /** The same, or null where the key is missing. */
  public @Nullable Path pathOrNull(String key) {
    return has(key) ? path(key) : null;
  }

  /** A whole number from {@code least} on. */
  public int integer(String key, int least, int defaultValue) {
    JsonNode value = node.get(key);
    if (value == null || value.isNull()) {
      return defaultValue;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < least) {
      throw new BadInput(
          at(key) + ": got \"" + value.asText() + "\", wanted a whole number of at least " + least);
    }
    return value.intValue();
  }

  /** A duration above zero: {@code 500ms}, {@code 5s}, {@code 2m}. */
  public Duration duration(String key, Duration defaultValue) {
    String text = textOrNull(key);
    if (text == null) {
      return defaultValue;
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw new BadInput(
          at(key) + ": got \"" + text + "\", wanted a duration like 500ms, 5s or 2m");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      default -> Duration.ofMinutes(amount);
    };
  }

  /** {@code host:port}, unresolved; IPv6 hosts in brackets. */
  public InetSocketAddress address(String key) {
    String text = text(key);
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (!host.isEmpty() && port >= 0 && port <= 65_535) {
        return InetSocketAddress.createUnresolved(host, port);
      }
    } catch (NumberFormatException e) {
      throw new BadInput(at(key) + ": got \"" + text + "\", wanted host:port", e);
    }
    throw new BadInput(at(key) + ": got \"" + text + "\", wanted host:port");
  }

  /** A mapping that must be there, with some of these keys. */
  public YamlMap map(String key, Set<String> keys) {
    if (!(node.get(key) instanceof ObjectNode object)) {
      throw new BadInput(at(key) + ": wanted a mapping with the keys " + sorted(keys));
    }
    return new YamlMap(file, path + key + ".", object).withOnly(keys);
  }

  /** A list of mappings with some of these keys; empty where the key is missing. */
  public List<YamlMap> list(String key, Set<String> keys) {
    JsonNode value = node.get(key);
    if (value == null || value.isNull()) {
      return List.of();
    }
    if (!value.isArray()) {
      throw new BadInput(at(key) + ": wanted a list of mappings with the keys " + sorted(keys));
    }
    List<YamlMap> maps = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      if (!(value.get(i) instanceof ObjectNode object)) {
        throw new BadInput(at(key) + ": wanted a list of mappings with the keys " + sorted(keys));
      }
      maps.add(new YamlMap(file, path + key + "[" + i + "].", object).withOnly(keys));
    }
    return maps;
  }
}
