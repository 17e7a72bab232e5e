package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import io.strongroom.benchmarks.Workload;

/** A workload whose calls end in their callers' threads. */
record BlockingClient(Workload workload) implements Client {

  @Override
  public Call ready(Operation operation) throws Exception {
    Workload.Call call = workload.ready(operation);
    return (count, done) -> {
      byte[] result;
      try {
        result = call.perform(count);
      } catch (Exception e) {
        done.accept(null, e);
        return;
      }
      done.accept(result, null);
    };
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public void close() {
    workload.close();
  }
}
