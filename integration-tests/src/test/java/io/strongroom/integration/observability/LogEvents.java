package io.strongroom.integration.observability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The log lines of the product's sources: their texts, and the levels of each event. */
record LogEvents(List<String> texts, Map<String, Set<String>> levels) {
  private static final Path ROOT = Path.of("..");
  private static final List<String> MODULES =
      List.of("hsm-provider", "cluster-client", "key-custody", "cli");
  private static final Pattern CALL =
      Pattern.compile(
          "LOG\\s*\\.\\s*(?:log\\(\\s*(?:System\\.Logger\\.)?Level\\.(\\w+)\\s*,|(\\w+)\\()\\s*"
              + "((?:\"(?:[^\"\\\\]|\\\\.)*\"[\\s+]*)+)([^;]*);");
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern EVENT = Pattern.compile("event=(\\{}|[^ ]+)");
  private static final Pattern CHOSEN = Pattern.compile("\"([a-z]+(?:_[a-z]+)+)\"");
  private static final Map<String, String> SAME = Map.of("WARNING", "WARN");

  static LogEvents ofSources() throws IOException {
    LogEvents events = new LogEvents(new ArrayList<>(), new TreeMap<>());
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(events::read);
      }
    }
    return events;
  }

  private void read(Path file) {
    try {
      CALL.matcher(Files.readString(file)).results().forEach(this::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(MatchResult call) {
    StringBuilder text = new StringBuilder();
    LITERAL.matcher(call.group(3)).results().forEach(part -> text.append(part.group(1)));
    texts.add(text.toString());
    String level = (call.group(1) == null ? call.group(2) : call.group(1)).toUpperCase(Locale.ROOT);
    Matcher event = EVENT.matcher(text);
    if (!event.find()) {
      return;
    }
    if (event.group(1).equals("{}")) {
      CHOSEN.matcher(call.group(4)).results().forEach(name -> add(name.group(1), level));
    } else {
      add(event.group(1), level);
    }
  }

  private void add(String event, String level) {
    levels.computeIfAbsent(event, _ -> new TreeSet<>()).add(SAME.getOrDefault(level, level));
  }
}
