package io.strongroom.integration.history;

import io.strongroom.hsm.Hsm;
import io.strongroom.integration.network.ProcessCluster;
import java.util.concurrent.atomic.AtomicReference;

/** A client of the cluster, which can be restarted under those who use it. */
final class Client implements AutoCloseable {
  private final String name;
  private final String url;
  private final AtomicReference<Hsm> open = new AtomicReference<>();

  Client(String name, String url) {
    this.name = name;
    this.url = url;
    open.set(ProcessCluster.open(url));
  }

  String name() {
    return name;
  }

  boolean isOpen() {
    return open.get() != null;
  }

  Hsm hsm() {
    Hsm hsm = open.get();
    if (hsm == null) {
      throw new IllegalStateException("this client is being restarted");
    }
    return hsm;
  }

  /** Ends it, whatever is under way, and begins anew. */
  void restart() {
    close();
    open.set(ProcessCluster.open(url));
  }

  @Override
  public void close() {
    Hsm hsm = open.getAndSet(null);
    if (hsm != null) {
      hsm.close();
    }
  }
}
