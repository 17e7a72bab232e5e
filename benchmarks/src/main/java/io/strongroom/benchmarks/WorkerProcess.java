package io.strongroom.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;

/** A contestant's process, seen from outside. For one thread. */
final class WorkerProcess implements AutoCloseable {
  private final Contestant contestant;
  private final Process process;
  private final PrintWriter questions;
  private final BufferedReader answers;

  private WorkerProcess(Contestant contestant, Process process) {
    this.contestant = contestant;
    this.process = process;
    this.questions = new PrintWriter(process.outputWriter(), true);
    this.answers = process.inputReader();
  }

  /** Starts it on the token. */
  static WorkerProcess start(Contestant contestant, BenchmarkToken token, Floor floor)
      throws IOException {
    ProcessBuilder builder =
        contestant == Contestant.FLOOR
            ? token.process(
                List.of(
                    floor.program().toString(),
                    token.library().toString(),
                    token.label(),
                    token.pinFile().toString()))
            : token.java(Worker.class, contestant.name());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new WorkerProcess(contestant, builder.start());
  }

  Contestant contestant() {
    return contestant;
  }

  /** What it makes of the known input. */
  byte[] check(Operation operation) {
    return HexFormat.of().parseHex(ask("check " + operation));
  }

  /** Lets it work for a while. */
  Slice run(Operation operation, int threads, int millis) {
    String[] numbers = ask("run " + operation + " " + threads + " " + millis).split(" ");
    return new Slice(
        Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
  }

  private String ask(String question) {
    try {
      questions.println(question);
      String answer = answers.readLine();
      if (answer == null || !answer.startsWith("ok ")) {
        throw new IOException(
            contestant + " answered \"" + answer + "\" to \"" + question + "\"; see above");
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
