package io.strongroom.custody.store;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code postgresql://[user@]host[:port][,host[:port]…]/database[?option=value&…]}. A password is
 * never part of it: a URL is seen in process lists, shells' histories and logs. TLS with the
 * server's name checked is what a server on another machine gets, unless {@code sslmode} says
 * otherwise.
 */
record PostgresUrl(
    @Nullable String user,
    String hosts,
    String database,
    @Nullable Path passwordFile,
    Map<String, String> options) {

  static final String SCHEME = "postgresql:";

  private static final String FORM = "postgresql://[user@]host[:port]/database[?option=value]";
  private static final String PASSWORD_FILE = "password-file";

  /** What is passed on to the driver; the rest is ours to decide. */
  private static final Set<String> OPTIONS =
      Set.of(
          "sslmode",
          "sslrootcert",
          "sslcert",
          "sslkey",
          "channelBinding",
          "currentSchema",
          "connectTimeout");

  /** From the weakest on, as PostgreSQL's own clients have them. */
  private static final List<String> SSL_MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  private static final Pattern LOCAL =
      Pattern.compile("(?:(?:localhost|127\\.[0-9.]+|\\[::1])(?::[0-9]+)?(?:,|$))+");

  private static final Pattern SHAPE =
      Pattern.compile(
          "postgresql://(?:(?<user>[^@/?]*)@)?(?<hosts>[^@/?]+)/(?<database>[^@/?]+)(?:\\?(?<options>.*))?");

  /**
   * Takes a URL apart.
   *
   * @throws IllegalArgumentException if it is malformed or holds a password; the message repeats
   *     nothing of it
   */
  static PostgresUrl parse(String url) {
    Matcher matcher = SHAPE.matcher(url);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a PostgreSQL store's URL looks like %s; got something else after \"%s\""
              .formatted(FORM, SCHEME));
    }
    String user = matcher.group("user");
    if (user != null && user.indexOf(':') >= 0) {
      throw holdsPassword();
    }
    Map<String, String> options = options(matcher.group("options"));
    String file = options.remove(PASSWORD_FILE);
    return new PostgresUrl(
        user == null || user.isEmpty() ? null : decoded(user),
        matcher.group("hosts"),
        matcher.group("database"),
        file == null ? null : Path.of(file),
        Map.copyOf(options));
  }

  /** Whether all hosts are this machine, so that nothing travels over a network. */
  boolean isLocal() {
    return LOCAL.matcher(hosts).matches();
  }

  private static Map<String, String> options(@Nullable String text) {
    Map<String, String> options = new TreeMap<>();
    if (text == null || text.isEmpty()) {
      return options;
    }
    for (String option : text.split("&", -1)) {
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      if (name.equals("password") || name.equals("sslpassword")) {
        throw holdsPassword();
      }
      if (equals < 0 || !(OPTIONS.contains(name) || name.equals(PASSWORD_FILE))) {
        Set<String> known = new TreeSet<>(OPTIONS);
        known.add(PASSWORD_FILE);
        throw new IllegalArgumentException(
            "a PostgreSQL store's URL has no option \"%s\" with a value; it takes %s"
                .formatted(name, String.join(", ", known)));
      }
      options.put(name, decoded(option.substring(equals + 1)));
    }
    String sslMode = options.get("sslmode");
    if (sslMode != null && !SSL_MODES.contains(sslMode)) {
      throw new IllegalArgumentException(
          "a PostgreSQL store's URL has no sslmode \"%s\"; it is one of %s"
              .formatted(sslMode, String.join(", ", SSL_MODES)));
    }
    return options;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static IllegalArgumentException holdsPassword() {
    return new IllegalArgumentException(
        "a store's URL must not hold a password, because process lists, histories and logs show it;"
            + " name a file with password-file=/path, or set PGPASSFILE or PGPASSWORD");
  }
}
