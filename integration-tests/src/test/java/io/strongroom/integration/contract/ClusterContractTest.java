package io.strongroom.integration.contract;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.hsm.Hsm;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a cluster of three nodes. */
class ClusterContractTest extends HsmContract {
  @TempDir static Path folder;

  private static ThreeNodes nodes;
  private static ClusterHsm cluster;

  @BeforeAll
  static void start() throws IOException {
    nodes = new ThreeNodes(folder);
    cluster = ClusterHsm.open(nodes.clusterConfig());
  }

  @AfterAll
  static void stop() {
    cluster.close();
    nodes.close();
  }

  @Override
  protected Hsm hsm() {
    return cluster;
  }
}
