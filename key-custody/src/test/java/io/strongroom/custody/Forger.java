package io.strongroom.custody;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Somebody who can write to the store and knows how its trail is made, but does not have the HSM.
 * His hash is written from the documentation, not from the code that it is to deceive.
 */
final class Forger implements AutoCloseable {

  private static final String[] TEXTS = {
    "principal", "operation", "key_id", "alias", "result", "nodes", "details"
  };
  private final Connection connection;

  Forger(Connection connection) {
    this.connection = connection;
  }

  void execute(String... statements) {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Renumbers, links and hashes everything from this record on anew. */
  void hashAnewFrom(long first) {
    try {
      List<Long> numbers = numbersFrom(first);
      String previous = first == 1 ? "0".repeat(64) : text("SELECT hash FROM audit", first - 1);
      for (long number : numbers) {
        previous = hashAnew(number, previous);
      }
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Gives a record the hash that fits its content and its place. */
  void hashAnew(long number) {
    try {
      hashAnew(number, text("SELECT previous_hash FROM audit", number));
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String hashAnew(long number, String previous) throws SQLException, IOException {
    String hash;
    try (PreparedStatement select =
        connection.prepareStatement("SELECT * FROM audit WHERE seq = ?")) {
      select.setLong(1, number);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        hash = hash(row, previous);
      }
    }
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE audit SET previous_hash = ?, hash = ? WHERE seq = ?")) {
      update.setString(1, previous);
      update.setString(2, hash);
      update.setLong(3, number);
      update.executeUpdate();
    }
    return hash;
  }

  private static String hash(ResultSet row, String previous) throws SQLException, IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeBytes("strongroom audit 1");
    out.writeLong(row.getLong("seq"));
    out.writeLong(row.getLong("time_ms"));
    for (String column : TEXTS) {
      text(out, row.getString(column));
    }
    out.writeLong(row.getLong("checkpoint_seq"));
    text(out, previous);
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(text == null ? -1 : bytes.length);
    out.write(bytes);
  }

  private List<Long> numbersFrom(long first) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT seq FROM audit WHERE seq >= " + first + " ORDER BY 1")) {
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
    }
    return numbers;
  }

  private String text(String select, long number) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(select + " WHERE seq = " + number)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
