package io.strongroom.cli.bulk;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.Reencrypted;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** Re-encrypts one line. Safe for use by many threads. */
final class LineWork {

  private final KeyService keys;
  private final BulkJob job;

  LineWork(KeyService keys, BulkJob job) {
    this.keys = keys;
    this.job = job;
  }

  /**
   * Treats a line; one that cannot be re-encrypted is kept as it is, with the reason.
   *
   * @throws CustodyException.Unavailable if HSM or store do not answer: that is not the line's
   *     fault
   */
  Treated treat(LineReader.Line line) {
    try {
      String text = line.text();
      return text.isBlank()
          ? new Treated(line.bytes(), Treated.Outcome.BLANK, "", line.endsAt())
          : reencrypt(line, job.format().select(text));
    } catch (RejectedLine e) {
      return rejected(line, e);
    } catch (CustodyException.Unavailable e) {
      if (e.reason() == CustodyException.Reason.KEY_MISSING) {
        return rejected(line, e);
      }
      throw e;
    } catch (CustodyException e) {
      return rejected(line, e);
    }
  }

  private Treated reencrypt(LineReader.Line line, Selection selection) {
    byte[] ciphertext;
    try {
      ciphertext = Base64.getDecoder().decode(selection.text());
    } catch (IllegalArgumentException e) {
      throw new RejectedLine("the ciphertext is no base64");
    }
    Map<String, String> from = new HashMap<>(job.context());
    job.contextFields().forEach((name, field) -> from.put(name, selection.field().apply(field)));
    Map<String, String> to = job.toContext().isEmpty() ? from : job.toContext();
    Reencrypted result = keys.reencrypt(job.key(), ciphertext, from, to);
    if (!result.changed()) {
      return new Treated(line.bytes(), Treated.Outcome.CURRENT, "", line.endsAt());
    }
    String encoded = Base64.getEncoder().encodeToString(result.ciphertext().encode());
    return new Treated(
        line.with(selection.replaced().apply(encoded)),
        Treated.Outcome.REENCRYPTED,
        "",
        line.endsAt());
  }

  private static Treated rejected(LineReader.Line line, RuntimeException why) {
    String reason = String.valueOf(why.getMessage()).replaceAll("\\s+", " ");
    return new Treated(line.bytes(), Treated.Outcome.FAILED, reason, line.endsAt());
  }
}
