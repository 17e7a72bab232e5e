package io.strongroom.custody.store;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a store and what to do about it, in one line, from whatever its libraries have
 * thrown.
 */
public final class StoreFailure {

  private static final String FILE_ADVICE = "check its disk, path and permissions";

  private StoreFailure() {}

  /** What was thrown and what to do, without statements, arguments and passwords. */
  public static String explain(Throwable thrown) {
    if (thrown instanceof OutcomeUnknownException unknown) {
      return firstLine(unknown)
          + "; look at the audit trail and at the key before you repeat the call";
    }
    Throwable root = thrown;
    for (Throwable next = thrown; next != null; next = next.getCause()) {
      root = next;
      if (next instanceof SQLException sql && advice(sql.getSQLState()) != null) {
        Optional<String> known =
            isLoss(sql.getSQLState()) ? ConnectionFailure.explain(sql) : Optional.empty();
        return known.orElseGet(() -> firstLine(sql) + "; " + advice(sql.getSQLState()));
      }
    }
    if (root instanceof IllegalStateException) {
      // Our own checks say what to do.
      return firstLine(root);
    }
    // Jdbi puts the statement and its arguments into its own messages.
    Throwable told = thrown.getCause() == null ? thrown : thrown.getCause();
    return firstLine(told) + "; " + FILE_ADVICE;
  }

  /** Whether the connection or the server is gone, so that another try now would not help. */
  static boolean isLoss(Throwable thrown) {
    for (Throwable next = thrown; next != null; next = next.getCause()) {
      if (next instanceof OutcomeUnknownException
          || (next instanceof SQLException sql && isLoss(sql.getSQLState()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLoss(@Nullable String state) {
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /** By the five-digit codes of the SQL standard and PostgreSQL's manual, appendix A. */
  private static @Nullable String advice(@Nullable String state) {
    return switch (state) {
      case null -> null;
      case "28P01", "28000" ->
          "check the user in the store's URL and the password in password-file, PGPASSFILE or PGPASSWORD";
      case "3D000" -> "create the database, or correct its name in the store's URL";
      case "42501" -> "grant the role what docs/custody/store.md lists";
      case "25006" -> "this server only reads; name the primary in the store's URL";
      case "53300" -> "raise max_connections, or open fewer instances";
      case "53100" -> "make room on the server's disk";
      case "55P03" -> "another instance holds the write lock for too long; look for one that hangs";
      case "57P03" -> "the server is starting or stopping; try again in a moment";
      case String lost when isLoss(lost) ->
          "check that the server runs, can be reached and speaks TLS as the URL's sslmode asks";
      default -> null;
    };
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
