package io.strongroom.cli.bulk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where in a line the ciphertext stands. Implementations are immutable. */
public sealed interface LineFormat {

  /**
   * Finds the ciphertext.
   *
   * @throws RejectedLine if the line is not of this format
   */
  Selection select(String line);

  /** The whole line, white space around it apart. */
  record Whole() implements LineFormat {
    @Override
    public Selection select(String line) {
      return new Selection(
          line.strip(),
          text -> text,
          name -> {
            throw new RejectedLine(
                "a line of base64 has no field \"" + name + "\"; use --field or --column");
          });
    }
  }

  /** A string at the top of a JSON object. */
  record JsonField(String name) implements LineFormat {
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public Selection select(String line) {
      Map<String, String> values = new HashMap<>();
      Span span = null;
      try (JsonParser parser = JSON.createParser(line)) {
        require(parser.nextToken() == JsonToken.START_OBJECT, "the line is no JSON object");
        for (String at = parser.nextFieldName(); at != null; at = parser.nextFieldName()) {
          JsonToken token = parser.nextToken();
          if (at.equals(name)) {
            require(token == JsonToken.VALUE_STRING, "field \"" + name + "\" is no string");
            require(span == null, "field \"" + name + "\" is there twice");
            int start = (int) parser.currentTokenLocation().getCharOffset();
            values.put(at, parser.getText());
            span = new Span(start, (int) parser.currentLocation().getCharOffset());
          } else if (token.isScalarValue()) {
            values.put(at, parser.getText());
          } else {
            parser.skipChildren();
          }
        }
        require(parser.nextToken() == null, "there is something behind the JSON object");
      } catch (IOException e) {
        // Not the parser's words: they repeat the line.
        throw new RejectedLine("the line is no JSON object");
      }
      if (span == null) {
        throw new RejectedLine("the line has no field \"" + name + "\"");
      }
      Span found = span;
      return new Selection(
          String.valueOf(values.get(name)),
          text -> found.in(line, "\"" + text + "\""),
          field -> present(values.get(field), "field \"" + field + "\""));
    }

    private static void require(boolean holds, String otherwise) {
      if (!holds) {
        throw new RejectedLine(otherwise);
      }
    }
  }

  /**
   * A column, counted from 1; columns in double quotes may hold the separator (RFC 4180 §2).
   *
   * @param separator what stands between columns
   */
  record Column(int number, char separator) implements LineFormat {
    @Override
    public Selection select(String line) {
      List<Span> spans = columns(line);
      if (spans.size() < number) {
        throw new RejectedLine("the line has %d columns, not %d".formatted(spans.size(), number));
      }
      Span span = spans.get(number - 1);
      String raw = span.of(line);
      String quote = raw.startsWith("\"") ? "\"" : "";
      return new Selection(
          unquoted(raw).strip(),
          text -> span.in(line, quote + text + quote),
          other -> column(line, spans, other));
    }

    private static String column(String line, List<Span> spans, String number) {
      int index;
      try {
        index = Integer.parseInt(number) - 1;
      } catch (NumberFormatException e) {
        throw new RejectedLine("\"" + number + "\" is no number of a column");
      }
      boolean there = index >= 0 && index < spans.size();
      return present(there ? unquoted(spans.get(index).of(line)) : null, "column " + number);
    }

    private List<Span> columns(String line) {
      List<Span> spans = new ArrayList<>();
      int start = 0;
      boolean quoted = false;
      for (int i = 0; i < line.length(); i++) {
        char c = line.charAt(i);
        if (c == '"') {
          quoted = !quoted;
        } else if (c == separator && !quoted) {
          spans.add(new Span(start, i));
          start = i + 1;
        }
      }
      if (quoted) {
        throw new RejectedLine("a quoted column does not end in its line");
      }
      spans.add(new Span(start, line.length()));
      return spans;
    }

    private static String unquoted(String raw) {
      return raw.length() >= 2 && raw.startsWith("\"") && raw.endsWith("\"")
          ? raw.substring(1, raw.length() - 1).replace("\"\"", "\"")
          : raw;
    }
  }

  /** A part of a line. */
  record Span(int start, int end) {
    String of(String line) {
      return line.substring(start, end);
    }

    String in(String line, String text) {
      return line.substring(0, start) + text + line.substring(end);
    }
  }

  private static String present(@org.jspecify.annotations.Nullable String value, String what) {
    if (value == null) {
      throw new RejectedLine("the line has no " + what);
    }
    return value;
  }
}
