package io.strongroom.provider.badinput;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyType.Family;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm.Hmac;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm.Ecdsa;
import io.strongroom.provider.HsmProvider;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.Destroyable;

/**
 * A provider whose pool has one session, so that an operation that was left open, or a session that
 * was not given back, shows in the next call; and keys of every family, right ones and wrong ones.
 */
final class BadInputBench implements AutoCloseable {

  private static final List<Family> FAMILIES =
      List.of(Family.AES, Family.SECRET, Family.RSA, Family.EC, Family.EDWARDS, Family.MONTGOMERY);

  final HsmProvider provider;
  final HsmProvider closed;
  private final SecureRandom random = new SecureRandom();
  private final Hsm hsm;
  private final Hsm elsewhere;
  private final HsmProvider other;
  private final Map<String, Key> made = new HashMap<>();
  private final KeyId gcm;
  private final KeyId mac;
  private final KeyId signing;

  BadInputBench(SoftHsmToken token, SoftHsmToken neighbour) throws Exception {
    hsm = Hsm.open(token.url() + "&x-sessions=1");
    provider = HsmProvider.over(hsm);
    elsewhere = Hsm.open(neighbour.url());
    other = HsmProvider.over(elsewhere);
    gcm = create(hsm, KeyType.AES_256, Set.of(KeyUsage.ENCRYPT, KeyUsage.DECRYPT));
    mac = create(hsm, KeyType.secret(256), Set.of(KeyUsage.SIGN));
    signing = create(hsm, KeyType.EC_P256, Set.of(KeyUsage.SIGN, KeyUsage.VERIFY));
    try (Hsm closing = Hsm.open(token.url())) {
      closed = HsmProvider.over(closing);
      for (Family family : FAMILIES) {
        KeyId id = create(closing, type(family), all(family));
        made.put("closed " + family, closed.key(id));
      }
    }
  }

  private KeyId create(Hsm in, KeyType type, Set<KeyUsage> usages) {
    KeyId id = KeyId.random(random);
    KeySpec spec = KeySpec.of(id, "bad-input-" + id, type).asSession();
    return in.create(spec.withUsages(usages.toArray(KeyUsage[]::new))).id();
  }

  private static KeyType type(Family family) {
    return switch (family) {
      case AES -> KeyType.AES_256;
      case SECRET -> KeyType.secret(512);
      case RSA -> KeyType.RSA_2048;
      case EC -> KeyType.EC_P256;
      case EDWARDS -> KeyType.ED25519;
      case MONTGOMERY -> KeyType.X25519;
    };
  }

  private static Set<KeyUsage> all(Family family) {
    return switch (family) {
      case AES, RSA ->
          Set.of(
              KeyUsage.ENCRYPT,
              KeyUsage.DECRYPT,
              KeyUsage.SIGN,
              KeyUsage.VERIFY,
              KeyUsage.WRAP,
              KeyUsage.UNWRAP);
      case EC -> Set.of(KeyUsage.SIGN, KeyUsage.VERIFY, KeyUsage.DERIVE);
      case SECRET, EDWARDS -> Set.of(KeyUsage.SIGN, KeyUsage.VERIFY);
      case MONTGOMERY -> Set.of(KeyUsage.DERIVE);
    };
  }

  private interface Maker {
    Key make() throws Exception;
  }

  private Key once(String name, Maker maker) throws Exception {
    Key before = made.get(name);
    if (before == null) {
      before = maker.make();
      made.put(name, before);
    }
    return before;
  }

  /** A key that can do everything that its family can. */
  Key good(Family family) throws Exception {
    return good(type(family));
  }

  Key good(KeyType type) throws Exception {
    return once("good " + type, () -> provider.key(create(hsm, type, all(type.family()))));
  }

  PublicKey publicHalf(Key key) throws Exception {
    return Objects.requireNonNull(provider.describe(key).publicKey());
  }

  /** A key that may leave wrapped. */
  Key wrappable() throws Exception {
    return once(
        "wrappable",
        () -> {
          KeyId id = KeyId.random(random);
          KeySpec spec = KeySpec.of(id, "bad-input-" + id, KeyType.AES_256).asSession();
          return provider.key(hsm.create(spec.withProtection(Protection.LEAVES_WRAPPED)).id());
        });
  }

  /** A key that may verify and nothing else, which no engine here does in the device. */
  Key mute(Family family) throws Exception {
    return once(
        "mute " + family, () -> provider.key(create(hsm, type(family), Set.of(KeyUsage.VERIFY))));
  }

  Key ofAnotherToken(Family family) throws Exception {
    return once("other " + family, () -> other.key(create(elsewhere, type(family), all(family))));
  }

  Key ofAnotherFamily(Family family) throws Exception {
    return good(
        switch (family) {
          case AES -> Family.SECRET;
          case SECRET -> Family.AES;
          case EC -> Family.RSA;
          default -> Family.EC;
        });
  }

  /** A key that was destroyed through the JCA. */
  Key destroyed(Family family) throws Exception {
    return once(
        "destroyed " + family,
        () -> {
          Key key = provider.key(create(hsm, type(family), all(family)));
          ((Destroyable) key).destroy();
          return key;
        });
  }

  /** A key that was destroyed behind the provider's back. */
  Key gone(Family family) throws Exception {
    return once(
        "gone " + family,
        () -> {
          KeyId id = create(hsm, type(family), all(family));
          Key key = provider.key(id);
          hsm.destroy(id);
          return key;
        });
  }

  /** A key of the provider that is closed. */
  Key inClosed(Family family) {
    return Objects.requireNonNull(made.get("closed " + family));
  }

  /** A key of the JDK's, whose value must be in no message. */
  Key inSoftware(Family family) throws Exception {
    return once(
        "software " + family,
        () ->
            switch (family) {
              case AES -> new SecretKeySpec(secret(32), "AES");
              case SECRET -> new SecretKeySpec(secret(64), "HmacSHA256");
              case RSA -> software("RSA", "SunRsaSign");
              case EC -> software("EC", "SunEC");
              case EDWARDS -> software("Ed25519", "SunEC");
              case MONTGOMERY -> software("X25519", "SunEC");
            });
  }

  private static Key software(String algorithm, String by) throws Exception {
    return KeyPairGenerator.getInstance(algorithm, by).generateKeyPair().getPrivate();
  }

  /** A key of some other provider's device: of the right algorithm, without an encoding. */
  static Key opaque(Family family) {
    return switch (family) {
      case AES -> new OpaqueKey.Secret("AES");
      case SECRET -> new OpaqueKey.Secret("HmacSHA256");
      case RSA -> new OpaqueKey.Private("RSA");
      case EC -> new OpaqueKey.Private("EC");
      case EDWARDS -> new OpaqueKey.Private("EdDSA");
      case MONTGOMERY -> new OpaqueKey.Private("XDH");
    };
  }

  /** Bytes that are easily found in a message: {@code 5e5e5e…}, or {@code ^^^…} as text. */
  static byte[] secret(int bytes) {
    byte[] value = new byte[bytes];
    Arrays.fill(value, (byte) 0x5e);
    return value;
  }

  /** Operations of four kinds, in the one session that there is. */
  void requireWorking() {
    byte[] text = {1, 2, 3};
    Encrypted encrypted = hsm.encrypt(gcm, AesGcm.withDeviceIv(text), text);
    byte[] back = hsm.decrypt(gcm, AesGcm.withIv(encrypted.iv(), text), encrypted.bytes());
    byte[] digest = hsm.mac(mac, new Hmac(Digest.SHA_256), text);
    byte[] signature = hsm.sign(signing, new Ecdsa(), digest);
    if (!Arrays.equals(back, text) || !hsm.verify(signing, new Ecdsa(), digest, signature)) {
      throw new AssertionError("the session gives wrong results");
    }
  }

  /** Keys that no case made for itself: what a refused call left behind. */
  List<String> strays() {
    return hsm.keys().stream()
        .map(KeyInfo::label)
        .filter(label -> !label.startsWith("bad-input-") && !label.startsWith("taken-"))
        .toList();
  }

  @Override
  public void close() {
    hsm.close();
    elsewhere.close();
  }
}
