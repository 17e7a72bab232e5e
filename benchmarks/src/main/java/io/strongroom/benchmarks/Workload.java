package io.strongroom.benchmarks;

import java.nio.ByteBuffer;

/** One contestant's way to do the operations on the benchmark token. */
public interface Workload extends AutoCloseable {

  /** An operation made ready, for one thread. */
  interface Call {
    /**
     * Does it once.
     *
     * @param count never the same twice in a row; GCM's IV is made of it
     * @return ciphertext and tag, MAC, or signature (ECDSA as r || s)
     */
    byte[] perform(long count) throws Exception;
  }

  /** Makes an operation ready for one thread. */
  Call ready(Operation operation) throws Exception;

  @Override
  void close();

  /** The IV that {@code floor.c} makes too: four zero bytes and the count, big endian. */
  static byte[] iv(long count) {
    return ByteBuffer.allocate(12).putLong(4, count).array();
  }
}
