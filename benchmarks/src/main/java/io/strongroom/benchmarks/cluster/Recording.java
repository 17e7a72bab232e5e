package io.strongroom.benchmarks.cluster;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Every operation of a load, in a file. Times are {@code System.nanoTime}, which on Linux is the
 * same clock in all processes of a machine.
 */
record Recording(long beginNanos, long endNanos, Samples samples) {

  static Recording of(Load.Outcome outcome) {
    return new Recording(outcome.beginNanos(), outcome.endNanos(), outcome.samples());
  }

  void write(Path file) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeLong(beginNanos);
      out.writeLong(endNanos);
      out.writeInt(samples.size());
      for (int i = 0; i < samples.size(); i++) {
        out.writeLong(samples.endNanos(i));
        out.writeLong(samples.tookNanos(i));
      }
    }
  }

  static Recording read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      long begin = in.readLong();
      long end = in.readLong();
      int size = in.readInt();
      Samples samples = new Samples();
      for (int i = 0; i < size; i++) {
        long ended = in.readLong();
        long took = in.readLong();
        samples.add(ended - Math.abs(took), ended, took < 0);
      }
      return new Recording(begin, end, samples);
    }
  }
}
