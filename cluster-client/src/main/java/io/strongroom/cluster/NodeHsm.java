package io.strongroom.cluster;

import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import java.util.List;
import java.util.function.Predicate;

/**
 * One node of a cluster as an HSM of its own, to have it show what it holds. Its keys are used;
 * they are made and destroyed in the whole cluster only.
 */
final class NodeHsm implements Hsm {

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
  public byte[] checkValue(KeyId id) {
    return ask(Requests.checkValue(id));
  }

  @Override
  public Encrypted encrypt(KeyId key, CipherAlgorithm algorithm, byte[] plaintext) {
    return ask(Requests.encrypt(key, algorithm, plaintext));
  }

  @Override
  public byte[] decrypt(KeyId key, CipherAlgorithm algorithm, byte[] ciphertext) {
    return ask(Requests.decrypt(key, algorithm, ciphertext));
  }

  @Override
  public byte[] sign(KeyId key, SignatureAlgorithm algorithm, byte[] input) {
    return ask(Requests.sign(key, algorithm, input));
  }

  @Override
  public boolean verify(KeyId key, SignatureAlgorithm algorithm, byte[] input, byte[] signature) {
    return ask(Requests.verify(key, algorithm, input, signature));
  }

  @Override
  public byte[] mac(KeyId key, MacAlgorithm algorithm, byte[] message) {
    return ask(Requests.mac(key, algorithm, message));
  }

  @Override
  public byte[] random(int bytes) {
    return ask(Requests.random(bytes));
  }

  @Override
  public byte[] wrap(KeyId wrappingKey, WrapAlgorithm algorithm, KeyId target) {
    return ask(Requests.wrap(wrappingKey, algorithm, target));
  }

  @Override
  public List<ExportAttempt> attemptExport(KeyId id) {
    return ask(Requests.attemptExport(id));
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
  public List<HsmCertificate> certificates(CertificateFilter filter) {
    return List.of();
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

  private <R, T> T ask(Request<R, T> request) {
    return cluster.ask(request, node -> node.name().equals(name));
  }

  private HsmException wholeOnly() {
    return new HsmException.UnsupportedMechanism(
        "node \"%s\" by itself can only use keys; ask the whole cluster".formatted(name));
  }
}
