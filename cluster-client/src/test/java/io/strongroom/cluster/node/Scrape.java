package io.strongroom.cluster.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Prometheus reads from endpoints: metrics with their labels and the labels' values. */
record Scrape(Map<String, Map<String, Set<String>>> metrics) {
  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_0-9]+)(?:\\{(.*)})? \\S+$");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern USE =
      Pattern.compile("\\b((?:strongroom|jvm|process)_[a-z_0-9]+)(?:\\{([^}]*)})?");
  private static final Pattern MATCHER =
      Pattern.compile("([a-z_]+)\\s*(=~|!=|!~|=)\\s*\"([^\"]*)\"");
  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on)\\s*\\(([^)]*)\\)");

  /** Labels that Prometheus itself adds. */
  private static final Set<String> ADDED = Set.of("instance", "job");

  /** Labels of which every value is there from the start. */
  private static final Set<String> CLOSED = Set.of("side", "state", "reason", "file");

  static Scrape of(String... texts) {
    Map<String, Map<String, Set<String>>> metrics = new HashMap<>();
    for (String text : texts) {
      SAMPLE.matcher(text).results().forEach(sample -> add(metrics, sample));
    }
    return new Scrape(metrics);
  }

  private static void add(Map<String, Map<String, Set<String>>> metrics, MatchResult sample) {
    Map<String, Set<String>> labels =
        metrics.computeIfAbsent(sample.group(1), _ -> new HashMap<>());
    Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
    while (label.find()) {
      labels.computeIfAbsent(label.group(1), _ -> new HashSet<>()).add(label.group(2));
    }
  }

  /** The metrics, labels and values of a PromQL expression that are not there. */
  List<String> unknownIn(String expression) {
    List<String> unknown = new ArrayList<>();
    Set<String> grouping = new HashSet<>(ADDED);
    Matcher use = USE.matcher(expression);
    while (use.find()) {
      Map<String, Set<String>> labels = metrics.get(use.group(1));
      if (labels == null) {
        unknown.add(use.group(1));
        continue;
      }
      grouping.addAll(labels.keySet());
      unknown.addAll(unknownMatchers(labels, use.group(2) == null ? "" : use.group(2)));
    }
    Matcher by = GROUPING.matcher(expression);
    while (by.find()) {
      List.of(by.group(1).trim().split("\\s*,\\s*")).stream()
          .filter(label -> !grouping.contains(label))
          .forEach(unknown::add);
    }
    return unknown;
  }

  private static List<String> unknownMatchers(Map<String, Set<String>> labels, String matchers) {
    List<String> unknown = new ArrayList<>();
    Matcher matcher = MATCHER.matcher(matchers);
    while (matcher.find()) {
      String label = matcher.group(1);
      Set<String> values = labels.get(label);
      if (values == null && !ADDED.contains(label)) {
        unknown.add(label);
      } else if (values != null && CLOSED.contains(label)) {
        for (String value : matcher.group(3).split("\\|")) {
          if (!values.contains(value)) {
            unknown.add(label + "=" + value);
          }
        }
      }
    }
    return unknown;
  }
}
