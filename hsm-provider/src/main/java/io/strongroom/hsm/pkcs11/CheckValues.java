package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

/** Computes key check values, by using the key: the device's own attribute is not to be trusted. */
final class CheckValues {
  private static final int CHECK_BYTES = 3;
  private static final int BLOCK_BYTES = 16;
  private static final int ROOM_BYTES = 128;

  private final Capabilities capabilities;

  CheckValues(Capabilities capabilities) {
    this.capabilities = capabilities;
  }

  /** The check value as {@link io.strongroom.hsm.Hsm#checkValue} says. */
  byte[] of(Session session, KeyEntry key) {
    return Arrays.copyOf(whole(session, key), CHECK_BYTES);
  }

  private byte[] whole(Session session, KeyEntry key) {
    PublicKey publicKey = key.info().publicKey();
    if (publicKey != null) {
      return sha256(publicKey.getEncoded());
    }
    Set<KeyUsage> usages = key.info().usages();
    if (key.info().type().family() == KeyType.Family.AES && usages.contains(KeyUsage.ENCRYPT)) {
      return encryptZeros(session, key);
    }
    if (key.info().type().family() == KeyType.Family.AES && usages.contains(KeyUsage.WRAP)) {
      return wrapZeros(session, key);
    }
    if (key.info().type().family() == KeyType.Family.SECRET && usages.contains(KeyUsage.SIGN)) {
      return signNothing(session, key);
    }
    throw new HsmException.BadInput(
        key.describe()
            + " has no check value: that takes ENCRYPT or WRAP for AES, SIGN for other secrets; it"
            + " has "
            + usages);
  }

  // Devices may want an HMAC key to be as long as the digest; the rule must be the same on each.
  private byte[] signNothing(Session session, KeyEntry key) {
    int bytes = key.info().type().bytes();
    Digest digest =
        Stream.of(Digest.SHA_224, Digest.SHA_1)
            .filter(d -> bytes < Digest.SHA_256.bytes() && bytes >= d.bytes())
            .findFirst()
            .orElse(Digest.SHA_256);
    Ckm hmac = NativeMechanism.hmac(digest);
    capabilities.require(hmac, "sign");
    return session.sign(
        NativeMechanism.plain(session.memory(), hmac), key.kept(), new byte[0], ROOM_BYTES);
  }

  // The first block of CBC with an IV of zeros is what ECB gives, for devices without ECB.
  private byte[] encryptZeros(Session session, KeyEntry key) {
    byte[] zeros = new byte[BLOCK_BYTES];
    boolean ecb = capabilities.has(Ckm.CKM_AES_ECB, "encrypt");
    if (!ecb) {
      capabilities.require(Ckm.CKM_AES_CBC, "encrypt");
    }
    return session.encrypt(
        ecb
            ? NativeMechanism.plain(session.memory(), Ckm.CKM_AES_ECB)
            : NativeMechanism.iv(session.memory(), Ckm.CKM_AES_CBC, zeros),
        key.kept(),
        zeros,
        ROOM_BYTES);
  }

  private byte[] wrapZeros(Session session, KeyEntry key) {
    long zeroKey =
        session.create(
            new Template()
                .put(Ck.CKA_CLASS, Ck.CKO_SECRET_KEY)
                .put(Ck.CKA_KEY_TYPE, Ck.CKK_AES)
                .put(Ck.CKA_TOKEN, false)
                .put(Ck.CKA_PRIVATE, true)
                .put(Ck.CKA_EXTRACTABLE, true)
                .put(Ck.CKA_VALUE, new byte[KeyType.AES_256.bytes()]));
    try {
      Cryptoki.Wrapping wrapping =
          new Cryptoki.Wrapping(
              Wrappings.in(session.memory(), capabilities, new WrapAlgorithm.AesKwp(), "wrap"),
              key.kept());
      return session.wrap(wrapping, zeroKey, ROOM_BYTES);
    } finally {
      session.destroyQuietly(zeroKey);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      // By name: the first provider in the list may be the one that stands on this Hsm.
      return MessageDigest.getInstance("SHA-256", "SUN").digest(bytes);
    } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
