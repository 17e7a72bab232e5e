package io.strongroom.cli.bulk;

import io.strongroom.custody.KeyService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Re-encrypts a file line by line: many lines at once, a bounded number in memory, their order
 * kept. Whatever ends it, called again it goes on where both of its files were last safe on disk,
 * and no line is lost or there twice.
 */
public final class BulkReencryption {

  private static final int LINES_AHEAD_PER_WORKER = 16;
  private static final int LINES_PER_JOURNAL_ENTRY = 1000;

  private final KeyService keys;
  private final BulkJob job;
  private final Journal journal;
  private final Consumer<Counts> progress;

  /**
   * Prepares it.
   *
   * @param progress is told what was done, after each line, on the caller's thread
   */
  public BulkReencryption(KeyService keys, BulkJob job, Consumer<Counts> progress) {
    this.keys = keys;
    this.job = job;
    this.journal = new Journal(job.journal());
    this.progress = progress;
  }

  /**
   * Does it, or does the rest of it.
   *
   * @return all that was done, earlier runs counted
   * @throws IOException if a file cannot be read or written, or belongs to something else
   * @throws io.strongroom.custody.CustodyException.Unavailable if HSM or store do not answer any
   *     more; what was done is kept
   */
  public Counts run() throws IOException {
    String identity = job.identity();
    Journal.Entry begun = journal.read().orElse(null);
    if (begun == null) {
      if (Files.exists(job.out())) {
        throw new FileAlreadyExistsException(job.out().toString());
      }
      begun = Journal.Entry.begin(identity);
      journal.write(begun);
    }
    if (!begun.job().equals(identity)) {
      throw new IOException(
          "%s is of another re-encryption, or of another state of %s; finish that one, or move its files away"
              .formatted(job.journal(), job.in()));
    }
    Journal.Entry done = begun.complete() ? begun : treat(begun);
    settle(done);
    return done.counts();
  }

  private Journal.Entry treat(Journal.Entry begun) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(job.workers());
    try (LineReader in = LineReader.open(job.in(), begun.inputBytes());
        Appender out = new Appender(job.part(), begun.outputBytes());
        Appender rejects = new Appender(job.rejects(), begun.rejectsBytes())) {
      Output output = new Output(out, rejects, begun);
      LineWork work = new LineWork(keys, job);
      Queue<Future<Treated>> ahead = new ArrayDeque<>();
      try {
        LineReader.Line line = in.next();
        while (line != null || !ahead.isEmpty()) {
          while (line != null && ahead.size() < job.workers() * LINES_AHEAD_PER_WORKER) {
            LineReader.Line next = line;
            ahead.add(workers.submit(() -> work.treat(next)));
            line = in.next();
          }
          output.add(await(ahead.remove()));
        }
        return output.complete();
      } catch (RuntimeException e) {
        output.save(false);
        throw e;
      }
    } finally {
      workers.shutdownNow();
    }
  }

  /** Puts the whole output in its place; may be done twice. */
  private void settle(Journal.Entry done) throws IOException {
    if (Files.exists(job.part())) {
      Files.move(job.part(), job.out(), StandardCopyOption.ATOMIC_MOVE);
    }
    if (done.counts().failed() == 0) {
      Files.deleteIfExists(job.rejects());
    }
    journal.delete();
  }

  private static Treated await(Future<Treated> line) throws IOException {
    try {
      return line.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted; call it again to go on", e);
    }
  }

  /** Both files that are written, and how far they are. */
  private final class Output {
    private final Appender out;
    private final Appender rejects;
    private final String identity;
    private Counts counts;
    private long inputBytes;

    Output(Appender out, Appender rejects, Journal.Entry begun) {
      this.out = out;
      this.rejects = rejects;
      this.identity = begun.job();
      this.counts = begun.counts();
      this.inputBytes = begun.inputBytes();
    }

    void add(Treated treated) throws IOException {
      counts = counts.plus(treated);
      inputBytes = treated.endsAt();
      out.write(treated.line());
      if (treated.outcome() == Treated.Outcome.FAILED) {
        String reject = "%d\t%s%n".formatted(counts.lines(), treated.reason());
        rejects.write(reject.getBytes(StandardCharsets.UTF_8));
      }
      if (counts.lines() % LINES_PER_JOURNAL_ENTRY == 0) {
        save(false);
      }
      progress.accept(counts);
    }

    Journal.Entry complete() {
      return save(true);
    }

    /** First the files, then the journal that vouches for them. */
    Journal.Entry save(boolean complete) {
      try {
        Journal.Entry entry =
            new Journal.Entry(identity, inputBytes, out.force(), rejects.force(), counts, complete);
        journal.write(entry);
        return entry;
      } catch (IOException e) {
        throw new UncheckedIOException(job.journal() + " cannot be written", e);
      }
    }
  }
}
