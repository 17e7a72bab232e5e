package io.strongroom.cli;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints a command's result: one JSON document, or lines that people read. For one thread. */
final class Output {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final ObjectMapper LINES = new ObjectMapper();

  private final PrintWriter out;
  private final boolean json;

  Output(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** A document with the fields in the order in which they are put. */
  static Map<String, @Nullable Object> document() {
    return new LinkedHashMap<>();
  }

  boolean json() {
    return json;
  }

  /** One thing: all its fields. */
  void one(Map<String, @Nullable Object> document) {
    if (json) {
      print(document);
      return;
    }
    int width = document.keySet().stream().mapToInt(String::length).max().orElse(0);
    document.forEach((name, value) -> {
      if (value != null) {
        out.printf("%-" + width + "s  %s%n", name, text(value));
      }
    });
    out.flush();
  }

  /** Many things: a JSON document with {@code items}, or a table of the named columns. */
  void many(List<Map<String, @Nullable Object>> items, String... columns) {
    if (json) {
      Map<String, @Nullable Object> document = document();
      document.put("items", items);
      print(document);
      return;
    }
    table(items, columns);
  }

  /** The same as a page; {@code marker} leads to the next one, and is null on the last. */
  void page(List<Map<String, @Nullable Object>> items, @Nullable String marker, String... columns) {
    if (json) {
      Map<String, @Nullable Object> document = document();
      document.put("items", items);
      document.put("nextMarker", marker);
      print(document);
      return;
    }
    table(items, columns);
    if (marker != null) {
      line("there are more; go on with --marker " + marker);
    }
  }

  /** A table of the named columns, whatever the form of the result. */
  void table(List<Map<String, @Nullable Object>> items, String... columns) {
    int[] widths = new int[columns.length];
    for (int i = 0; i < columns.length; i++) {
      int column = i;
      widths[i] =
          Math.max(
              columns[i].length(),
              items.stream().mapToInt(m -> text(m.get(columns[column])).length()).max().orElse(0));
    }
    out.println(row(List.of(columns), widths));
    for (Map<String, @Nullable Object> item : items) {
      out.println(row(List.of(columns).stream().map(c -> text(item.get(c))).toList(), widths));
    }
    out.flush();
  }

  /** One of many things that come one by one: a JSON document on a line, or the named fields. */
  void each(Map<String, @Nullable Object> document, String... fields) {
    out.println(
        json
            ? line(document)
            : List.of(fields).stream().map(f -> text(document.get(f))).collect(joining("  ")));
    out.flush();
  }

  /** A line as it is, whatever the form of the result. */
  void raw(String line) {
    out.print(line + "\n");
  }

  /** Makes sure that what was printed went out. */
  void requireOpen() {
    if (!isOpen()) {
      throw new UncheckedIOException(
          "standard output cannot be written", new IOException("it is closed or full"));
    }
  }

  /** Whether anybody still reads. */
  boolean isOpen() {
    return !out.checkError();
  }

  /** A line for people; nothing when the result is JSON. */
  void line(String text) {
    if (!json) {
      out.println(text);
      out.flush();
    }
  }

  private static String line(Object document) {
    try {
      return LINES.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the result cannot be written as JSON", e);
    }
  }

  private void print(Object document) {
    out.println(jsonText(document));
    out.flush();
  }

  /** A document as a file's content. */
  static byte[] file(Map<String, @Nullable Object> document) {
    return (jsonText(document) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String jsonText(Object document) {
    try {
      return JSON.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the result cannot be written as JSON", e);
    }
  }

  private static String row(List<String> cells, int[] widths) {
    StringBuilder row = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      row.append(String.format("%-" + widths[i] + "s  ", cells.get(i)));
    }
    return row.toString().stripTrailing();
  }

  private static String text(@Nullable Object value) {
    String text =
        switch (value) {
          case null -> "";
          case List<?> list ->
              list.stream()
                  .map(Output::text)
                  .collect(joining(list.stream().anyMatch(Map.class::isInstance) ? "; " : ", "));
          case Map<?, ?> map ->
              map.entrySet().stream()
                  .filter(e -> e.getValue() != null)
                  .map(e -> e.getKey() + "=" + text(e.getValue()))
                  .collect(joining(" "));
          default -> value.toString();
        };
    return text.isEmpty() ? "-" : text;
  }
}
