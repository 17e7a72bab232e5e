package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** A subject's process, seen from outside. For one thread. */
final class LoadProcess implements AutoCloseable {
  private final Subject subject;
  private final Process process;
  private final PrintWriter questions;
  private final BufferedReader answers;

  private LoadProcess(Subject subject, Process process) {
    this.subject = subject;
    this.process = process;
    this.questions = new PrintWriter(process.outputWriter(), true);
    this.answers = process.inputReader();
  }

  /**
   * Starts it.
   *
   * @param url the token's for the one in-process, the cluster's for the others
   */
  static LoadProcess start(Subject subject, String url) throws IOException {
    ProcessBuilder builder = Jvm.of(LoadWorker.class.getName(), List.of(subject.name(), url));
    return new LoadProcess(subject, builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  Subject subject() {
    return subject;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** What it makes of the known input. */
  byte[] check(Operation operation) {
    return HexFormat.of().parseHex(ask("check " + operation));
  }

  /** Lets it work for a while. */
  Rate run(Operation operation, int outstanding, int millis) {
    return Rate.parse(ask("run " + operation + " " + outstanding + " " + millis));
  }

  /**
   * Lets it work for a while and keeps every operation.
   *
   * @param meanwhile what to do as soon as it has been asked
   */
  Recording record(Operation operation, int outstanding, int millis, Meanwhile meanwhile)
      throws Exception {
    Path file = Files.createTempFile("strongroom-recording-", ".bin");
    try {
      questions.println("record " + operation + " " + outstanding + " " + millis + " " + file);
      meanwhile.run();
      answer("record");
      return Recording.read(file);
    } finally {
      Files.delete(file);
    }
  }

  /** Something to do while a load is under way. */
  interface Meanwhile {
    void run() throws Exception;
  }

  private String ask(String question) {
    questions.println(question);
    return answer(question);
  }

  private String answer(String question) {
    try {
      String answer = answers.readLine();
      if (answer == null || !answer.startsWith("ok ")) {
        throw new IOException(
            subject + " answered \"" + answer + "\" to \"" + question + "\"; see above");
      }
      return answer.substring(3);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    questions.close();
    process.destroy();
    process.onExit().join();
  }
}
