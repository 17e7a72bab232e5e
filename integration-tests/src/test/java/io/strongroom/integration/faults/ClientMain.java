package io.strongroom.integration.faults;

import io.strongroom.hsm.Hsm;
import java.util.List;

/** A client in a process of its own, which works until it is killed. */
final class ClientMain {
  private static final int REPORT_EVERY = 100;

  private ClientMain() {}

  /**
   * Works.
   *
   * @param args the cluster's URL and the keys' ids
   */
  public static void main(String[] args) {
    try (Hsm hsm = Hsm.open(args[0])) {
      Workload workload = Workload.find(hsm, List.of(args).subList(1, args.length));
      for (long done = 1; ; done++) {
        for (Workload.Kind kind : Workload.Kind.values()) {
          workload.run(hsm, kind);
        }
        if (done % REPORT_EVERY == 0) {
          System.out.println("served " + done);
        }
      }
    }
  }
}
