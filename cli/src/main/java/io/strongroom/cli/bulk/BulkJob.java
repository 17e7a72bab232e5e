package io.strongroom.cli.bulk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A bulk re-encryption that is to be done. Immutable.
 *
 * @param key the key or alias to bring the ciphertext under
 * @param in the file of lines
 * @param out where the lines go; beside it are, while the work lasts, {@code .part} and {@code
 *     .journal}, and {@code .rejects} if a line was rejected
 * @param format where in a line the ciphertext stands
 * @param context what the ciphertext was encrypted with, the same for all lines
 * @param contextFields what of it each line holds itself: the name, and the field that has the
 *     value
 * @param toContext the context from now on; empty for the same
 * @param workers how many lines are treated at once
 */
public record BulkJob(
    String key,
    Path in,
    Path out,
    LineFormat format,
    Map<String, String> context,
    Map<String, String> contextFields,
    Map<String, String> toContext,
    int workers) {

  Path part() {
    return beside(".part");
  }

  Path journal() {
    return beside(".journal");
  }

  /** Where the rejected lines are listed. */
  public Path rejects() {
    return beside(".rejects");
  }

  private Path beside(String suffix) {
    return out.resolveSibling(out.getFileName() + suffix);
  }

  /** What must be the same for the work to be taken up again. */
  String identity() throws IOException {
    return String.join(
        " ",
        key,
        in.toRealPath().toString(),
        Long.toString(Files.size(in)),
        format.toString(),
        new TreeMap<>(context).toString(),
        new TreeMap<>(contextFields).toString(),
        new TreeMap<>(toContext).toString());
  }
}
