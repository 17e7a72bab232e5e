package io.strongroom.cluster.link;

import io.vertx.core.dns.AddressResolverOptions;
import java.time.Duration;

/** How the host names of nodes become addresses. */
public final class Names {
  /** Whatever the DNS says: longer than this no one asks where a node was. */
  private static final Duration LONGEST_KEPT = Duration.ofSeconds(30);

  private static final Duration HOSTS_FILE_KEPT = Duration.ofSeconds(1);

  private Names() {}

  /**
   * For a Vert.x that connects to nodes. Nodes move: a name is looked up anew for each connection,
   * and neither the hosts file nor an answer of the DNS is kept for long. By default Vert.x reads
   * the hosts file once, and keeps answers for as long as they allow.
   */
  public static AddressResolverOptions resolver() {
    return new AddressResolverOptions()
        .setHostsRefreshPeriod(Math.toIntExact(HOSTS_FILE_KEPT.toMillis()))
        .setCacheMaxTimeToLive(Math.toIntExact(LONGEST_KEPT.toSeconds()));
  }
}
