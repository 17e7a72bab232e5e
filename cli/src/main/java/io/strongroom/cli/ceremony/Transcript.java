package io.strongroom.cli.ceremony;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A ceremony's record as people read and file it. */
final class Transcript {

  private static final int WIDTH = 16;
  private static final int COLUMN = 20;

  private Transcript() {}

  /** The text for a record without signatures, and its SHA-256. */
  static String of(Map<String, Object> record, String sha256) {
    StringBuilder text = new StringBuilder("KEY CEREMONY\n\n");
    record.forEach((name, value) -> {
      switch (value) {
        case Map<?, ?> map -> {
          text.append('\n').append(name).append('\n');
          map.forEach((key, inner) -> line(text, "  " + key, inner));
        }
        case List<?> list when list.stream().anyMatch(Map.class::isInstance) ->
            table(text, name, list);
        case List<?> list ->
            line(text, name, String.join(", ", list.stream().map(Object::toString).toList()));
        default -> line(text, name, value);
      }
    });
    text.append("\nrecord's SHA-256\n  ").append(sha256).append("\n\nSigned on paper:\n\n");
    names(record)
        .forEach(
            name -> text.append("  ______________________________  ").append(name).append("\n\n"));
    return text.toString();
  }

  private static void table(StringBuilder text, String name, List<?> entries) {
    text.append('\n').append(name).append('\n');
    if (entries.getFirst() instanceof Map<?, ?> first) {
      row(text, first.keySet());
    }
    for (Object entry : entries) {
      if (entry instanceof Map<?, ?> map) {
        row(text, map.values());
      }
    }
    text.append('\n');
  }

  private static void row(StringBuilder text, Collection<?> cells) {
    StringBuilder row = new StringBuilder();
    cells.forEach(cell -> row.append(("  %-" + COLUMN + "s").formatted(cell)));
    text.append(row.toString().stripTrailing()).append('\n');
  }

  private static List<String> names(Map<String, Object> record) {
    List<String> names = new java.util.ArrayList<>();
    if (record.get("custodians") instanceof List<?> custodians) {
      custodians.forEach(
          c -> names.add(c instanceof Map<?, ?> map ? "" + map.get("name") : "" + c));
    }
    if (record.get("witnesses") instanceof List<?> witnesses) {
      witnesses.forEach(w -> names.add(w + " (witness)"));
    }
    return names;
  }

  private static void line(StringBuilder text, String name, Object value) {
    text.append(("%-" + WIDTH + "s  %s%n").formatted(name, value));
  }
}
