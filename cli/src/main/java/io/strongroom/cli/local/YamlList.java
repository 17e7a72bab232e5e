package io.strongroom.cli.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.strongroom.hsm.HsmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The list of nodes in a YAML file's text: entries are put and removed, all other lines, comments
 * too, stay as they are. Immutable.
 */
final class YamlList {
  private static final YAMLMapper YAML = new YAMLMapper();

  private final List<String> lines;
  private final String key;
  private final int head;
  private final List<Item> items;

  /** An entry: its lines, from and to (exclusive), and its name. */
  private record Item(int from, int to, String name) {}

  private YamlList(List<String> lines, String key, int head, List<Item> items) {
    this.lines = lines;
    this.key = key;
    this.head = head;
    this.items = items;
  }

  /**
   * Finds the list in a file's text.
   *
   * @param key the list's key at the top level: {@code nodes} or {@code peers}
   * @throws HsmException.BadInput if it is not written one entry a line or more
   */
  static YamlList of(String text, String key) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    Pattern block = Pattern.compile(key + ":\\s*(\\[\\s*\\]\\s*)?(#.*)?");
    Pattern any = Pattern.compile(key + ":.*");
    for (int i = 0; i < lines.size(); i++) {
      if (block.matcher(lines.get(i)).matches()) {
        return new YamlList(lines, key, i, items(lines, i + 1));
      }
      if (any.matcher(lines.get(i)).matches()) {
        throw new HsmException.BadInput(
            "the entries of \"" + key + "\" stand in one line; write each as a line of its own");
      }
    }
    lines.add(key + ":");
    return new YamlList(lines, key, lines.size() - 1, List.of());
  }

  private static List<Item> items(List<String> lines, int first) {
    List<Item> items = new ArrayList<>();
    int i = first;
    while (i < lines.size() && isOfList(lines.get(i))) {
      if (!lines.get(i).stripLeading().startsWith("- ")) {
        i++;
        continue;
      }
      int from = i;
      int indent = indent(lines.get(i));
      do {
        i++;
      } while (i < lines.size() && !lines.get(i).isBlank() && indent(lines.get(i)) > indent);
      items.add(new Item(from, i, name(lines.subList(from, i))));
    }
    return items;
  }

  private static boolean isOfList(String line) {
    return line.isBlank()
        || Character.isWhitespace(line.charAt(0))
        || line.startsWith("- ")
        || line.startsWith("#");
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }

  private static String name(List<String> entry) {
    try {
      JsonNode parsed = YAML.readTree(String.join("\n", entry));
      return parsed.path(0).path("name").asText();
    } catch (JsonProcessingException e) {
      throw new HsmException.BadInput("an entry is no YAML: " + entry.getFirst(), e);
    }
  }

  /** The text with this node's entry, in place of another of its name. */
  String with(NodePlace node) {
    List<String> changed = new ArrayList<>(lines);
    Item old = find(node.name());
    int indent = items.isEmpty() ? 0 : indent(lines.get(items.getFirst().from()));
    String entry = " ".repeat(indent) + entry(node);
    if (old != null) {
      if (isSame(lines.subList(old.from(), old.to()), node)) {
        return text(lines);
      }
      changed.subList(old.from(), old.to()).clear();
      changed.add(old.from(), entry);
    } else {
      changed.add(items.isEmpty() ? head + 1 : items.getLast().to(), entry);
    }
    changed.set(head, changed.get(head).replaceFirst(":\\s*\\[\\s*\\]", ":"));
    return text(changed);
  }

  private static boolean isSame(List<String> entry, NodePlace node) {
    try {
      JsonNode now = YAML.readTree(String.join("\n", entry)).path(0);
      return now.path("az").asText().equals(node.zone())
          && now.path("address").asText().equals(node.address());
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** The text without this node's entry. */
  String without(String name) {
    Item old = find(name);
    if (old == null) {
      return text(lines);
    }
    List<String> changed = new ArrayList<>(lines);
    changed.subList(old.from(), old.to()).clear();
    if (items.size() == 1) {
      changed.set(head, changed.get(head).replaceFirst(key + ":", key + ": []"));
    }
    return text(changed);
  }

  private @Nullable Item find(String name) {
    return items.stream().filter(item -> item.name().equals(name)).findFirst().orElse(null);
  }

  /** An entry as people write it. */
  static String entry(NodePlace node) {
    return "- {name: \"%s\", az: \"%s\", address: \"%s\"}"
        .formatted(node.name(), node.zone(), node.address());
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }
}
