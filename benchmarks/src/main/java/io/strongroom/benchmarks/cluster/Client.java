package io.strongroom.benchmarks.cluster;

import io.strongroom.benchmarks.Operation;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One way to have operations done with the benchmark's keys. Safe for use by many threads. */
interface Client extends AutoCloseable {

  /** An operation made ready. */
  interface Call {
    /**
     * Begins it once.
     *
     * @param count never the same twice in a row; GCM's IV is made of it
     * @param done gets the result or the failure; before this returns if the client blocks
     */
    void begin(long count, BiConsumer<byte @Nullable [], @Nullable Throwable> done);
  }

  /** Makes an operation ready. */
  Call ready(Operation operation) throws Exception;

  /** Whether a call ends before {@code begin} returns, so that each needs a thread of its own. */
  boolean blocks();

  @Override
  void close();
}
