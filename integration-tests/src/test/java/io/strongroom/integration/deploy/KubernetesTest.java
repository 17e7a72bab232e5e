package io.strongroom.integration.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.strongroom.cluster.node.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The manifests in {@code deploy/kubernetes}, read by Kubernetes' own model, which takes no field
 * that it does not know.
 */
class KubernetesTest {
  private static final Path FOLDER = Shell.ROOT.resolve("deploy/kubernetes");
  private static final List<String> NODES = List.of("a", "b", "c");
  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "v1/Namespace", V1Namespace.class,
          "v1/ServiceAccount", V1ServiceAccount.class,
          "v1/ConfigMap", V1ConfigMap.class,
          "v1/Service", V1Service.class,
          "apps/v1/StatefulSet", V1StatefulSet.class,
          "policy/v1/PodDisruptionBudget", V1PodDisruptionBudget.class,
          "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy.class);

  private static List<JsonNode> documents(String file) throws IOException {
    YAMLFactory yaml = new YAMLFactory();
    try (MappingIterator<JsonNode> documents =
        new ObjectMapper(yaml)
            .readerFor(JsonNode.class)
            .readValues(yaml.createParser(FOLDER.resolve(file).toFile()))) {
      return documents.readAll();
    }
  }

  private static Object model(JsonNode document) {
    String kind = document.path("apiVersion").asText() + "/" + document.path("kind").asText();
    Class<?> type = Objects.requireNonNull(KINDS.get(kind), kind);
    new JSON();
    return JSON.deserialize(document.toString(), type);
  }

  private static <T> T one(String node, Class<T> type) throws IOException {
    return documents("node-" + node + ".yaml").stream()
        .map(KubernetesTest::model)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  private static V1PodSpec pod(String node) throws IOException {
    V1StatefulSet set = one(node, V1StatefulSet.class);
    return Objects.requireNonNull(Objects.requireNonNull(set.getSpec()).getTemplate().getSpec());
  }

  @ParameterizedTest
  @ValueSource(strings = {"common.yaml", "node-a.yaml", "node-b.yaml", "node-c.yaml"})
  void manifest_everyDocument_isWhatKubernetesKnows(String file) throws IOException {
    assertThat(documents(file)).isNotEmpty().allSatisfy(d -> assertThat(model(d)).isNotNull());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c"})
  void node_itsConfiguration_isOneThatANodeReads(String name, @TempDir Path folder)
      throws IOException {
    String yaml = Objects.requireNonNull(one(name, V1ConfigMap.class).getData()).get("node.yaml");
    Path file = Files.writeString(folder.resolve("node.yaml"), Objects.requireNonNull(yaml));

    NodeConfig config = NodeConfig.read(file);

    assertThat(config.name()).isEqualTo(name);
    assertThat(config.zone()).isEqualTo("az-" + name);
    assertThat(config.listen().getPort()).isEqualTo(7512);
    assertThat(config.peers())
        .extracting(peer -> peer.name() + " " + peer.zone() + " " + peer.address().getHostString())
        .containsExactlyElementsOf(
            NODES.stream()
                .filter(peer -> !peer.equals(name))
                .map(peer -> "%s az-%s node-%s.strongroom.svc".formatted(peer, peer, peer))
                .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "c"})
  void node_comparedWithNodeA_differsInNameAndZoneAlone(String name) throws IOException {
    assertThat(settings(name)).isEqualTo(settings("a"));
  }

  // The pod and everything about it, with the node's letter taken out.
  private static String settings(String name) throws IOException {
    return documents("node-" + name + ".yaml").stream()
        .filter(document -> !document.path("kind").asText().equals("ConfigMap"))
        .map(JsonNode::toString)
        .toList()
        .toString()
        .replace("node-" + name, "node-X")
        .replace("az-" + name, "az-X")
        .replace("\"app.kubernetes.io/instance\":\"" + name + "\"", "instance X");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c"})
  void pod_runsInItsZoneAndWithNoRightsToSpare(String name) throws IOException {
    V1PodSpec pod = pod(name);
    assertThat(pod.toString()).contains("topology.kubernetes.io/zone").contains("az-" + name);
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getTerminationGracePeriodSeconds()).as("longer than a drain").isGreaterThan(15);
    assertThat(pod.getContainers())
        .hasSize(1)
        .extracting(V1Container::getSecurityContext)
        .allSatisfy(context -> {
          assertThat(context.getReadOnlyRootFilesystem()).isTrue();
          assertThat(context.getAllowPrivilegeEscalation()).isFalse();
          assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
        });
  }

  @Test
  void manifests_holdNoSecret() throws IOException {
    for (String name : NODES) {
      assertThat(documents("node-" + name + ".yaml"))
          .noneMatch(document -> document.path("kind").asText().equals("Secret"));
    }
  }
}
