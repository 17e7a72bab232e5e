package io.strongroom.cli.bulk;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;

/**
 * How far a bulk re-encryption's files are safe on disk, in a file beside them that is replaced in
 * one step. What lies behind that in the files is cut off when the work is taken up again.
 */
final class Journal {

  /**
   * A state that is safe on disk.
   *
   * @param job what is being done, so that nothing else goes on with it
   * @param inputBytes how far the input is treated
   * @param outputBytes how long the output is
   * @param rejectsBytes how long the list of rejected lines is
   * @param counts what was done
   * @param complete whether all lines are in the output
   */
  record Entry(
      String job,
      long inputBytes,
      long outputBytes,
      long rejectsBytes,
      Counts counts,
      boolean complete) {

    static Entry begin(String job) {
      return new Entry(job, 0, 0, 0, Counts.NONE, false);
    }
  }

  private final Path file;

  Journal(Path file) {
    this.file = file;
  }

  Optional<Entry> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties values = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      values.load(reader);
    }
    try {
      Counts counts =
          new Counts(
              number(values, "lines"),
              number(values, "reencrypted"),
              number(values, "current"),
              number(values, "failed"));
      return Optional.of(
          new Entry(
              values.getProperty("job", ""),
              number(values, "inputBytes"),
              number(values, "outputBytes"),
              number(values, "rejectsBytes"),
              counts,
              Boolean.parseBoolean(values.getProperty("complete"))));
    } catch (NumberFormatException e) {
      throw new IOException(
          file + " is no journal of a bulk re-encryption; move it away, and begin anew", e);
    }
  }

  void write(Entry entry) throws IOException {
    Properties values = new Properties();
    values.setProperty("job", entry.job());
    values.setProperty("inputBytes", Long.toString(entry.inputBytes()));
    values.setProperty("outputBytes", Long.toString(entry.outputBytes()));
    values.setProperty("rejectsBytes", Long.toString(entry.rejectsBytes()));
    values.setProperty("lines", Long.toString(entry.counts().lines()));
    values.setProperty("reencrypted", Long.toString(entry.counts().reencrypted()));
    values.setProperty("current", Long.toString(entry.counts().current()));
    values.setProperty("failed", Long.toString(entry.counts().failed()));
    values.setProperty("complete", Boolean.toString(entry.complete()));
    StringWriter text = new StringWriter();
    values.store(text, null);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  private static long number(Properties values, String name) {
    return Long.parseLong(values.getProperty(name, "missing"));
  }
}
