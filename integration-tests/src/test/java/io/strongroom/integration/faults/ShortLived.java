package io.strongroom.integration.faults;

import static org.awaitility.Awaitility.await;

import io.strongroom.cli.local.LocalCluster;
import io.strongroom.cluster.ClusterAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Certificates of a cluster's authority that are good for a few seconds more, and new ones. */
final class ShortLived {
  private final LocalCluster cluster;
  private final Instant end;
  private final Path officer;

  /**
   * Makes an officer's.
   *
   * @param left how long it is good
   */
  ShortLived(LocalCluster cluster, Duration left) {
    this.cluster = cluster;
    this.end = Instant.now().plus(left);
    this.officer = authority(end).issueOfficer("brief", newFolder());
  }

  /** The officer's files, without {@code .crt} and {@code .key}. */
  Path officer() {
    return officer;
  }

  /** Gives a node, which reads it while it runs, a certificate that ends at the same time. */
  void giveTo(String node) {
    install(authority(end), node);
  }

  /** Gives a node a certificate that lasts. */
  void renew(String node) {
    install(ClusterAuthority.open(cluster.folder(), Clock.systemUTC()), node);
  }

  /** Puts a certificate that lasts in the place of the officer's. */
  void renewOfficer() {
    Path fresh =
        ClusterAuthority.open(cluster.folder(), Clock.systemUTC())
            .issueOfficer("brief", newFolder());
    replace(fresh, officer);
  }

  /** Waits until they are no longer good. */
  void awaitEnd() {
    await().atMost(FaultCluster.PATIENCE).until(() -> Instant.now().isAfter(end.plusSeconds(1)));
  }

  private void install(ClusterAuthority authority, String node) {
    Path folder = newFolder();
    authority.issueNode(node, folder);
    replace(folder.resolve("node"), cluster.folder().resolve(node).resolve("node"));
  }

  /** The cluster's authority at the time at which what it issues ends then. */
  private ClusterAuthority authority(Instant wantedEnd) {
    Path usual =
        ClusterAuthority.open(cluster.folder(), Clock.systemUTC()).issueUser("usual", newFolder());
    Duration validity = Duration.between(Instant.now(), endOf(usual));
    return ClusterAuthority.open(
        cluster.folder(), Clock.fixed(wantedEnd.minus(validity), ZoneOffset.UTC));
  }

  private static Instant endOf(Path identity) {
    try (InputStream file =
        Files.newInputStream(identity.resolveSibling(identity.getFileName() + ".crt"))) {
      var certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file);
      return certificate.getNotAfter().toInstant();
    } catch (IOException | CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path newFolder() {
    try {
      return Files.createTempDirectory(cluster.folder(), "issued-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void replace(Path from, Path to) {
    for (String ending : List.of(".key", ".crt")) {
      try {
        Files.move(
            from.resolveSibling(from.getFileName() + ending),
            to.resolveSibling(to.getFileName() + ending),
            StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
