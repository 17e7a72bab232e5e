package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.HsmException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@code pkcs11:} URL (RFC 7512). Immutable; holds no secret, since a PIN may only be pointed to.
 *
 * @param path the attributes before {@code ?}, by name; {@code object} and {@code type} name a key
 *     and do not matter to opening a token
 * @param modulePath the library
 * @param pinSource where the PIN is: {@code file:/path}, a path, or {@code env:NAME}; null if none
 * @param environment what the native library is started with ({@code x-env=NAME=value}, {@code
 *     x-init=text})
 * @param sessions how many operations may run at once ({@code x-sessions})
 * @param deadline how long an operation may wait for its turn ({@code x-deadline})
 * @param copies when session copies of keys are used ({@code x-copies})
 * @param delegate whether the JCA provider may use SunPKCS11 beside us ({@code x-delegate})
 * @param guard which callers a call that never returns cannot hold ({@code x-guard})
 */
record Pkcs11Uri(
    Map<String, String> path,
    Path modulePath,
    @Nullable String pinSource,
    NativeEnvironment environment,
    int sessions,
    Duration deadline,
    CopyUse copies,
    boolean delegate,
    Guard guard) {

  static final int DEFAULT_SESSIONS = 8;
  static final int MAX_SESSIONS = 1024;
  static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

  private static final String SCHEME = "pkcs11:";
  private static final Set<String> PATH_ATTRIBUTES =
      Set.of("token", "serial", "slot-id", "object", "type", "manufacturer", "model");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

  /**
   * Reads a URL.
   *
   * @throws HsmException.BadInput if it is malformed, has an attribute that is not known, or holds
   *     a PIN; the message does not repeat the query
   */
  static Pkcs11Uri parse(String url) {
    if (!url.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw new HsmException.BadInput("a PKCS#11 URL begins with " + SCHEME + " (RFC 7512)");
    }
    int mark = url.indexOf('?');
    String pathPart = url.substring(SCHEME.length(), mark < 0 ? url.length() : mark);
    Query query = new Query();
    if (mark >= 0) {
      split(url.substring(mark + 1), "&", query::put);
    }
    if (query.modulePath == null) {
      throw new HsmException.BadInput(
          "the pkcs11: URL names no library; add ?module-path=/path/of/the/pkcs11.so");
    }
    return new Pkcs11Uri(
        pathAttributes(pathPart),
        query.modulePath,
        query.pinSource,
        new NativeEnvironment(query.variables, query.initialisation),
        query.sessions,
        query.deadline,
        query.copies,
        query.delegate,
        query.guard);
  }

  /** The value of a path attribute; null if it was not given. */
  @Nullable String attribute(String name) {
    return path.get(name);
  }

  private static Map<String, String> pathAttributes(String text) {
    Map<String, String> attributes = new LinkedHashMap<>();
    split(
        text,
        ";",
        (name, value) -> {
          if (!PATH_ATTRIBUTES.contains(name)) {
            throw new HsmException.BadInput(
                "the pkcs11: URL has an attribute \""
                    + name
                    + "\"; known are "
                    + PATH_ATTRIBUTES.stream().sorted().toList());
          }
          if (attributes.put(name, value) != null) {
            throw new HsmException.BadInput("the pkcs11: URL gives \"" + name + "\" twice");
          }
        });
    return Map.copyOf(attributes);
  }

  private interface Sink {
    void accept(String name, String value);
  }

  private static void split(String text, String separator, Sink sink) {
    for (String part : text.split(separator, -1)) {
      if (part.isEmpty()) {
        continue;
      }
      int equals = part.indexOf('=');
      if (equals <= 0) {
        throw new HsmException.BadInput(
            "an attribute of the pkcs11: URL has no value; write name=value");
      }
      sink.accept(part.substring(0, equals), decode(part.substring(equals + 1)));
    }
  }

  private static String decode(String text) {
    try {
      // URLDecoder is for forms, where + is a space; in RFC 7512 it is a plus.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new HsmException.BadInput(
          "an attribute of the pkcs11: URL has a broken %-escape; write % as %25");
    }
  }

  /** The part after the question mark, as it is read. */
  private static final class Query {
    private @Nullable Path modulePath;
    private @Nullable String pinSource;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private @Nullable String initialisation;
    private int sessions = DEFAULT_SESSIONS;
    private Duration deadline = DEFAULT_DEADLINE;
    private CopyUse copies = CopyUse.AUTO;
    private boolean delegate = true;
    private Guard guard = Guard.AUTO;

    private void put(String name, String value) {
      switch (name) {
        case "module-path" -> modulePath = Path.of(value);
        case "pin-source" -> pinSource = value;
        case "pin-value" ->
            throw new HsmException.BadInput(
                "pin-value is refused: it would put the PIN into configuration, logs and process"
                    + " lists; write the PIN to a file that only you can read and give"
                    + " pin-source=file:/path");
        case "x-env" -> putVariable(value);
        case "x-init" -> initialisation = initialisation(value);
        case "x-sessions" -> sessions = sessions(value);
        case "x-deadline" -> deadline = duration(value);
        case "x-copies" -> copies = choice(name, value, CopyUse.values());
        case "x-delegate" -> delegate = yesOrNo(value);
        case "x-guard" -> guard = choice(name, value, Guard.values());
        default ->
            throw new HsmException.BadInput(
                "the pkcs11: URL has a query attribute \""
                    + name
                    + "\"; known are module-path, pin-source, x-env, x-init, x-sessions,"
                    + " x-deadline, x-copies, x-delegate, x-guard");
      }
    }

    private void putVariable(String value) {
      int equals = value.indexOf('=');
      if (equals <= 0) {
        throw new HsmException.BadInput("x-env is written x-env=NAME=value");
      }
      variables.put(value.substring(0, equals), value.substring(equals + 1));
    }

    private static String initialisation(String value) {
      if (value.isEmpty() || value.indexOf('\0') >= 0) {
        throw new HsmException.BadInput(
            "x-init is the text that the library is started with, percent-encoded; leave it out"
                + " where there is none");
      }
      return value;
    }

    private static <E extends Enum<E>> E choice(String name, String value, E[] choices) {
      return Stream.of(choices)
          .filter(choice -> word(choice).equals(value))
          .findFirst()
          .orElseThrow(() ->
              new HsmException.BadInput(
                  name
                      + " is one of "
                      + Stream.of(choices).map(Query::word).toList()
                      + ", not \""
                      + value
                      + "\""));
    }

    private static String word(Enum<?> choice) {
      return choice.name().toLowerCase(Locale.ROOT);
    }

    private static int sessions(String value) {
      int sessions = value.matches("\\d{1,4}") ? Integer.parseInt(value) : 0;
      if (sessions < 1 || sessions > MAX_SESSIONS) {
        throw new HsmException.BadInput(
            "x-sessions is 1 to " + MAX_SESSIONS + ", not \"" + value + "\"");
      }
      return sessions;
    }

    private static boolean yesOrNo(String value) {
      return switch (value) {
        case "yes" -> true;
        case "no" -> false;
        default ->
            throw new HsmException.BadInput("x-delegate is yes or no, not \"" + value + "\"");
      };
    }

    private static Duration duration(String value) {
      Matcher match = DURATION.matcher(value);
      if (!match.matches()) {
        throw new HsmException.BadInput(
            "x-deadline is written 500ms, 5s or 2m, not \"" + value + "\"");
      }
      long number = Long.parseLong(match.group(1));
      return switch (match.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        default -> Duration.ofMinutes(number);
      };
    }
  }
}
