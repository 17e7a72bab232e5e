package io.strongroom.cli.demo;

import io.strongroom.cli.local.Folders;
import io.strongroom.custody.Custody;
import io.strongroom.custody.audit.AuditVerdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;

/** Alters an audit record on purpose, in a copy of the store, and looks whether that is found. */
final class Tampering {
  private Tampering() {}

  /** Verifies the audit, alters a record in the middle of a copy, and verifies the copy. */
  static String verifyAndAlter(Scene scene) {
    if (!(scene.custody().audit().verify() instanceof AuditVerdict.Intact intact)) {
      throw new IllegalStateException(
          "the audit does not verify: " + scene.custody().audit().verify());
    }
    long altered = Math.max(1, intact.count() / 2);
    Path work = newFolder(scene.cluster().folder());
    try {
      Path copy = work.resolve("copy.db");
      alterCopy(scene.store(), copy, altered);
      try (Custody custody = Custody.open(scene.hsm(), "sqlite:" + copy, Clock.systemUTC())) {
        return found(custody.audit().verify(), intact.count(), altered);
      }
    } finally {
      Folders.deleteTree(work, false);
    }
  }

  private static String found(AuditVerdict verdict, long records, long altered) {
    return switch (verdict) {
      case AuditVerdict.Intact _ ->
          throw new IllegalStateException("record " + altered + " was altered and not found");
      case AuditVerdict.Broken broken -> {
        Check.that(
            broken.sequence() == altered,
            "record " + altered + " was altered and " + broken.sequence() + " was named");
        yield String.format("%,d records verify; altered record %,d named", records, altered);
      }
    };
  }

  // As someone would who can write to the file: the triggers that guard the records go first.
  private static void alterCopy(Path store, Path copy, long sequence) {
    try {
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
          PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
        vacuum.setString(1, copy.toString());
        vacuum.execute();
      }
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
          Statement drop = connection.createStatement();
          PreparedStatement update =
              connection.prepareStatement("UPDATE audit SET principal = ? WHERE seq = ?")) {
        drop.execute("DROP TRIGGER audit_no_update");
        update.setString(1, "someone else");
        update.setLong(2, sequence);
        Check.that(update.executeUpdate() == 1, "there is no audit record " + sequence);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the copy of the store cannot be altered", e);
    }
  }

  private static Path newFolder(Path parent) {
    try {
      return Files.createTempDirectory(parent, "altered");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for a copy of the store", e);
    }
  }
}
