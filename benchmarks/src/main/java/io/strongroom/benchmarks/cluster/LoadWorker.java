package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/**
 * One subject's process: {@code LoadWorker SUBJECT URL}. Answers on standard output what it is
 * asked on standard input.
 */
final class LoadWorker {
  private final Client client;
  private final Load load;

  private LoadWorker(Client client) {
    this.client = client;
    this.load = new Load(client);
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    // For answers only.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try (Client client = Subject.valueOf(arguments[0]).open(arguments[1]);
        BufferedReader questions =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      LoadWorker worker = new LoadWorker(client);
      for (String line = questions.readLine(); line != null; line = questions.readLine()) {
        answers.println("ok " + worker.answer(line.split(" ")));
      }
    }
  }

  private String answer(String[] words) throws Exception {
    Operation operation = Operation.valueOf(words[1]);
    return switch (words[0]) {
      case "check" -> HexFormat.of().formatHex(check(operation));
      case "run" -> Rate.of(run(operation, words)).line();
      case "record" -> save(run(operation, words), Path.of(words[4]));
      default -> throw new IllegalArgumentException("what is \"" + words[0] + "\"?");
    };
  }

  private byte[] check(Operation operation) throws Exception {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    client
        .ready(operation)
        .begin(
            0,
            (bytes, e) -> {
              if (e == null) {
                result.complete(bytes);
              } else {
                result.completeExceptionally(e);
              }
            });
    return result.get();
  }

  private Load.Outcome run(Operation operation, String[] words) throws Exception {
    return load.run(
        operation, Integer.parseInt(words[2]), Duration.ofMillis(Integer.parseInt(words[3])));
  }

  private static String save(Load.Outcome outcome, Path file) throws IOException {
    Recording.of(outcome).write(file);
    return Rate.of(outcome).line();
  }
}
