package io.strongroom.integration.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.strongroom.cluster.ClusterHsm;
import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Idempotent operations of every kind, with keys of three kinds, each result checked: against what
 * went in, against the JDK, or against what the same operation gave while all was well.
 */
public final class Workload {
  /** The kinds of operations. */
  enum Kind {
    ENCRYPT,
    DECRYPT,
    SIGN,
    VERIFY,
    MAC
  }

  private static final byte[] TEXT = "4111 1111 1111 1111, 12/29".getBytes(UTF_8);
  private static final byte[] AAD = "tenant=42".getBytes(UTF_8);
  private static final byte[] DIGEST = new byte[32];
  private static final MacAlgorithm HMAC = new MacAlgorithm.Hmac(Digest.SHA_256);
  private static final SignatureAlgorithm ECDSA = new SignatureAlgorithm.Ecdsa();

  private final KeyId aes;
  private final KeyId ec;
  private final KeyId hmac;
  private final PublicKey publicKey;
  private final byte[] signature;
  private final byte[] mac;
  private volatile Encrypted encrypted;

  private Workload(Hsm hsm, KeyId aes, KeyId ec, KeyId hmac) {
    this.aes = aes;
    this.ec = ec;
    this.hmac = hmac;
    this.publicKey = Objects.requireNonNull(hsm.key(ec).publicKey());
    this.signature = hsm.sign(ec, ECDSA, DIGEST);
    this.mac = hsm.mac(hmac, HMAC, TEXT);
    this.encrypted = hsm.encrypt(aes, AesGcm.withDeviceIv(AAD), TEXT);
  }

  /** Makes the keys, and waits until every node has them. */
  public static Workload create(ClusterHsm hsm) {
    // A client that has just been opened may not have reached all nodes yet.
    FaultCluster.awaitLevel(hsm);
    return new Workload(
        hsm, key(hsm, KeyType.AES_256), key(hsm, KeyType.EC_P256), key(hsm, KeyType.secret(256)));
  }

  /** The same with the keys that another process has made. */
  static Workload find(Hsm hsm, List<String> ids) {
    List<KeyId> keys = ids.stream().map(KeyId::parse).toList();
    return new Workload(hsm, keys.get(0), keys.get(1), keys.get(2));
  }

  /** The keys' ids, for {@link #find}. */
  List<String> ids() {
    return Stream.of(aes, ec, hmac).map(KeyId::toString).toList();
  }

  /** Makes a key with a label of its own, and waits until every node has it. */
  static KeyId key(ClusterHsm hsm, KeyType type) {
    KeyId id = KeyId.random(new SecureRandom());
    hsm.create(KeySpec.of(id, type + " " + id, type));
    await()
        .atMost(FaultCluster.PATIENCE)
        .until(() -> hsm.key(id).locations().size() == hsm.config().nodes().size());
    return id;
  }

  /** Does so many operations of every kind, one after the other: fresh JVMs are slow at first. */
  Workload warmedUp(Hsm hsm, int rounds) {
    for (int i = 0; i < rounds; i++) {
      for (Kind kind : Kind.values()) {
        run(hsm, kind);
      }
    }
    return this;
  }

  /** Does an operation and checks what comes out of it. */
  void run(Hsm hsm, Kind kind) {
    switch (kind) {
      case ENCRYPT -> encrypted = hsm.encrypt(aes, AesGcm.withDeviceIv(AAD), TEXT);
      case DECRYPT -> {
        Encrypted last = encrypted;
        assertThat(hsm.decrypt(aes, AesGcm.withIv(last.iv(), AAD), last.bytes())).isEqualTo(TEXT);
      }
      case SIGN -> assertThat(isGood(hsm.sign(ec, ECDSA, DIGEST))).as("signature").isTrue();
      case VERIFY -> {
        byte[] forged = signature.clone();
        forged[forged.length - 1] ^= 1;
        assertThat(hsm.verify(ec, ECDSA, DIGEST, signature)).as("signature verified").isTrue();
        assertThat(hsm.verify(ec, ECDSA, DIGEST, forged)).as("forgery verified").isFalse();
      }
      case MAC -> assertThat(hsm.mac(hmac, HMAC, TEXT)).isEqualTo(mac);
    }
  }

  private boolean isGood(byte[] made) {
    try {
      Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format");
      verifier.initVerify(publicKey);
      verifier.update(DIGEST);
      return verifier.verify(made);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
