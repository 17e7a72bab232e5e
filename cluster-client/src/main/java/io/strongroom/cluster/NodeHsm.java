package io.strongroom.cluster;

import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.WrapAlgorithm;
import java.util.List;
import java.util.function.Predicate;

/**
 * One node of a cluster as an HSM of its own, to have it show what it holds. Its keys are used;
 * they are made and destroyed in the whole cluster only.
 */
final class NodeHsm extends AskingHsm {

  private final ClusterHsm cluster;
  private final String name;

  NodeHsm(ClusterHsm cluster, String name) {
    this.cluster = cluster;
    this.name = name;
  }

  @Override
  public HsmInfo info() {
    return ask(Requests.infoAt(name));
  }

  @Override
  public List<String> locations() {
    return List.of(name);
  }

  @Override
  public List<KeyInfo> keys() {
    return ask(Requests.keysAt(name));
  }

  @Override
  public KeyInfo key(KeyId id) {
    return find(key -> key.id().equals(id), "key " + id);
  }

  @Override
  public KeyInfo key(String label) {
    return find(key -> key.label().equals(label), "a key with label \"" + label + "\"");
  }

  private KeyInfo find(Predicate<KeyInfo> wanted, String what) {
    return keys().stream()
        .filter(wanted)
        .findFirst()
        .orElseThrow(() ->
            new HsmException.KeyNotFound(
                "node \"%s\" does not hold %s".formatted(name, what), null, null, name));
  }

  @Override
  public KeyInfo create(KeySpec spec) {
    throw wholeOnly();
  }

  @Override
  public KeyInfo unwrap(
      KeyId unwrappingKey, WrapAlgorithm algorithm, byte[] wrapped, KeySpec target) {
    throw wholeOnly();
  }

  @Override
  public KeyInfo derive(KeyId key, DeriveAlgorithm algorithm, KeySpec target) {
    throw wholeOnly();
  }

  @Override
  public void destroy(KeyId id) {
    throw wholeOnly();
  }

  @Override
  public KeyInfo keep(KeyId sessionKey, String label) {
    throw wholeOnly();
  }

  @Override
  public void storeCertificate(HsmCertificate certificate) {
    throw wholeOnly();
  }

  @Override
  public void replaceCertificate(HsmCertificate certificate) {
    throw wholeOnly();
  }

  @Override
  public void deleteCertificate(HsmCertificate certificate) {
    throw wholeOnly();
  }

  /** Nothing: the cluster's connections stay. */
  @Override
  public void close() {}

  @Override
  <R, T> T ask(Request<R, T> request) {
    return cluster.ask(request, node -> node.name().equals(name));
  }

  private HsmException wholeOnly() {
    return new HsmException.UnsupportedMechanism(
        "node \"%s\" by itself can only use keys; ask the whole cluster".formatted(name));
  }
}
