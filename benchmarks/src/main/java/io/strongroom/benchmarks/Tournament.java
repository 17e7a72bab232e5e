package io.strongroom.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * All contestants on one token. They run one after the other, never at once, in short slices that
 * are interleaved round by round and in another order each round. For one thread.
 */
final class Tournament implements AutoCloseable {
  private static final int WARM_UP_THREADS = 2;

  private final List<WorkerProcess> workers = new ArrayList<>();

  Tournament(BenchmarkToken token, Floor floor) throws IOException {
    for (Contestant contestant : Contestant.values()) {
      workers.add(WorkerProcess.start(contestant, token, floor));
    }
  }

  /** What each makes of an operation's known input. */
  Map<Contestant, byte[]> results(Operation operation) {
    Map<Contestant, byte[]> results = new EnumMap<>(Contestant.class);
    workers.forEach(worker -> results.put(worker.contestant(), worker.check(operation)));
    return results;
  }

  /** Measures. */
  List<Cell> run(Plan plan, Consumer<Cell> progress) {
    List<Cell> cells = new ArrayList<>();
    for (Operation operation : plan.operations()) {
      workers.forEach(worker -> worker.run(operation, WARM_UP_THREADS, plan.warmUpMillis()));
      for (int threads : plan.threads()) {
        Cell cell = measure(operation, threads, plan);
        progress.accept(cell);
        cells.add(cell);
      }
    }
    return cells;
  }

  private Cell measure(Operation operation, int threads, Plan plan) {
    Map<Contestant, List<Slice>> slices = new EnumMap<>(Contestant.class);
    List<WorkerProcess> order = new ArrayList<>(workers);
    // The sessions for so many threads are opened before the first slice that counts.
    order.forEach(worker -> worker.run(operation, threads, plan.sliceMillis() / 3));
    for (int round = 0; round < plan.rounds(); round++) {
      for (WorkerProcess worker : order) {
        Slice slice = worker.run(operation, threads, plan.sliceMillis());
        slices.computeIfAbsent(worker.contestant(), _ -> new ArrayList<>()).add(slice);
      }
      Collections.rotate(order, 1);
    }
    return new Cell(operation, threads, slices);
  }

  @Override
  public void close() {
    workers.forEach(WorkerProcess::close);
  }
}
