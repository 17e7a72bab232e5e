package io.strongroom.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.strongroom.custody.audit.AuditRecord;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Custody over a token and a store of its own, with a clock that the test moves. */
final class TestCustody implements AutoCloseable {

  static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  final ManualClock clock = new ManualClock(START);
  private final Hsm hsm;
  private final TestStore store;
  private final String storeUrl;
  private final Set<KeyId> before;
  private Custody custody;

  /** On SQLite. */
  TestCustody(Hsm hsm, Path dir) {
    this(hsm, new TestStore.OnFile(), dir);
  }

  TestCustody(Hsm hsm, TestStore store, Path dir) {
    this.hsm = hsm;
    this.store = store;
    this.before = hsm.keys().stream().map(KeyInfo::id).collect(Collectors.toSet());
    this.storeUrl = store.fresh(dir);
    this.custody = open();
  }

  Hsm hsm() {
    return hsm;
  }

  String storeUrl() {
    return storeUrl;
  }

  /** The file that SQLite has the store in. */
  Path storeFile() {
    return Path.of(storeUrl.substring("sqlite:".length()));
  }

  /** Changes the audit as one would who may do anything to the store. */
  void tamper(String sql) {
    store.tamper(storeUrl, sql);
  }

  Custody custody() {
    return custody;
  }

  KeyService keys() {
    return custody.as("alice");
  }

  /** Another instance on the same store and token. */
  Custody open() {
    return Custody.open(hsm, storeUrl, clock);
  }

  void reopen() {
    custody.close();
    custody = open();
  }

  /** The labels that begin so, of all keys that this test has brought into the token. */
  List<String> labels(String prefix) {
    return news().map(KeyInfo::label).filter(l -> l.startsWith(prefix)).toList();
  }

  /** The labels of the keys in the token that belong to a CMK. */
  List<String> labelsOf(CmkDescription cmk) {
    return labels("cmk/" + cmk.keyId());
  }

  /** Waits for the destruction of wrapping keys that have done their work, as no call does. */
  void awaitNoWrappingKeys() {
    await().untilAsserted(() -> assertThat(labels("custody/wrapping/")).isEmpty());
  }

  AuditRecord lastRecord() {
    return custody.audit().tail(1).getFirst();
  }

  /** Imports material into an external key, as its owner would. */
  CmkDescription importInto(CmkDescription cmk, byte[] material) {
    ImportParameters parameters = parameters(cmk);
    byte[] wrapped = OpenSsl.oaepSha1(parameters.publicKey(), material);
    return keys().importKeyMaterial(id(cmk), MaterialImport.of(parameters.token(), wrapped));
  }

  ImportParameters parameters(CmkDescription cmk) {
    return keys()
        .parametersForImport(id(cmk), WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048);
  }

  static String id(CmkDescription cmk) {
    return cmk.keyId().toString();
  }

  /** Closes, and empties the token of what this test brought into it: full tokens are slow. */
  @Override
  public void close() {
    custody.close();
    news()
        .filter(key -> !key.label().matches("custody/(audit|token)-mac"))
        .forEach(key -> hsm.destroy(key.id()));
  }

  private Stream<KeyInfo> news() {
    return hsm.keys().stream().filter(key -> !before.contains(key.id()));
  }
}
