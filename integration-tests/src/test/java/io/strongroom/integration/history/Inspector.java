package io.strongroom.integration.history;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.integration.OtherClient;
import io.strongroom.integration.history.NodeState.TokenObject;
import io.strongroom.integration.network.ProcessCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks what each node has: by asking it alone, on its disk, and in its token. */
final class Inspector {
  private static final Set<String> OWN_LABELS =
      Set.of("strongroom-domain", "strongroom-domain-mac");
  private static final String SEAL = ".seal";
  private static final String TOMBSTONE = ".tombstone";

  private final ProcessCluster cluster;

  Inspector(ProcessCluster cluster) {
    this.cluster = cluster;
  }

  /** The nodes that have a key's seal on their disk now. */
  Set<String> sealedAt(KeyId key) {
    return ProcessCluster.NODES.stream()
        .filter(node -> Files.exists(seals(node).resolve(key + SEAL)))
        .collect(Collectors.toSet());
  }

  /**
   * Whether all nodes have seals and tombstones of the same keys on their disks, and for these keys
   * the same seals byte by byte.
   */
  boolean isLevel(Set<KeyId> acknowledged) {
    return ProcessCluster.NODES.stream()
            .map(node ->
                List.of(ids(node, SEAL), ids(node, TOMBSTONE), contents(node, acknowledged)))
            .distinct()
            .count()
        == 1;
  }

  private Map<KeyId, String> contents(String node, Set<KeyId> keys) {
    Map<KeyId, String> contents = new HashMap<>();
    for (KeyId id : ids(node, SEAL)) {
      if (keys.contains(id)) {
        contents.put(id, content(seals(node).resolve(id + SEAL)));
      }
    }
    return contents;
  }

  private static String content(Path file) {
    try {
      return HexFormat.of().formatHex(Files.readAllBytes(file));
    } catch (IOException e) {
      // Destroyed just now: not at rest yet.
      return file.toString();
    }
  }

  private Path seals(String node) {
    return cluster.folderOf(node).resolve("seals");
  }

  private Set<String> files(String node, String ending) {
    try (Stream<Path> files = Files.list(seals(node))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ending))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Set<KeyId> ids(String node, String ending) {
    return files(node, ending).stream()
        .map(name -> KeyId.parse(name.substring(0, name.length() - ending.length())))
        .collect(Collectors.toSet());
  }

  /** Asks every node alone, then ends the nodes and looks into their tokens and folders. */
  Map<String, NodeState> inspect(KeyRing ring) {
    Map<String, Map<KeyId, String>> served = new HashMap<>();
    Map<String, Set<KeyId>> unreadable = new HashMap<>();
    for (String node : ProcessCluster.NODES) {
      try (Hsm alone = ProcessCluster.open(cluster.urlOf(node))) {
        Map<KeyId, String> values = new HashMap<>();
        for (KeyInfo key : alone.keys()) {
          values.put(key.id(), HexFormat.of().formatHex(alone.checkValue(key.id())));
        }
        served.put(node, values);
        unreadable.put(
            node,
            values.keySet().stream()
                .filter(key -> !readsAll(alone, key, ring))
                .collect(Collectors.toSet()));
      }
    }
    Map<String, NodeState> states = new TreeMap<>();
    for (String node : ProcessCluster.NODES) {
      cluster.stop(node);
      states.put(
          node,
          new NodeState(
              served.get(node),
              unreadable.get(node),
              parse(OtherClient.objects(cluster.token(node))),
              ids(node, SEAL),
              ids(node, TOMBSTONE)));
    }
    return states;
  }

  private static boolean readsAll(Hsm hsm, KeyId key, KeyRing ring) {
    return ring.proofs(key).stream()
        .allMatch(proof -> {
          try {
            return Arrays.equals(
                hsm.decrypt(key, AesGcm.withIv(proof.iv(), new byte[0]), proof.ciphertext()),
                proof.plaintext());
          } catch (HsmException e) {
            return false;
          }
        });
  }

  static List<TokenObject> parse(String output) {
    List<TokenObject> objects = new ArrayList<>();
    String kind = "";
    String label = "";
    for (String line : output.lines().toList()) {
      if (line.contains(" Object;")) {
        kind = line.substring(0, line.indexOf(" Object;"));
        label = "";
      } else if (line.strip().startsWith("label:")) {
        label = line.substring(line.indexOf(':') + 1).strip();
      } else if (line.strip().startsWith("ID:") && !OWN_LABELS.contains(label)) {
        String id = line.substring(line.indexOf(':') + 1).strip();
        objects.add(new TokenObject(kind, KeyId.parse(id), label));
      }
    }
    return objects;
  }
}
