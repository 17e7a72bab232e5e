package io.strongroom.provider.badinput;

import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyType.Family;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** Ciphers for data. */
final class CipherCases {

  private static final AlgorithmParameterSpec JUNK = new ECGenParameterSpec("secp256r1");
  private static final byte[] IV = new byte[16];

  private final BadInputBench bench;
  private final String name;
  private final Family family;
  private final List<BadInput> cases = new ArrayList<>();

  CipherCases(BadInputBench bench, String name) {
    this.bench = bench;
    this.name = name;
    this.family = BadInputs.family(name);
  }

  List<BadInput> all() {
    cases.addAll(KeyCases.of(bench, family, key -> ours().init(Cipher.DECRYPT_MODE, key, right())));
    if (family == Family.AES) {
      cases.addAll(
          KeyCases.of(bench, family, key -> ours().init(Cipher.ENCRYPT_MODE, key, right())));
      addAes();
    } else {
      addRsa();
    }
    add(
        "parameters of another kind",
        InvalidAlgorithmParameterException.class,
        () -> ours().init(Cipher.DECRYPT_MODE, good(), JUNK));
    add("use before init", IllegalStateException.class, () -> ours().doFinal(new byte[16]));
    add("update before init", IllegalStateException.class, () -> ours().update(new byte[16]));
    if (!name.startsWith("AES_1")) { // it has AES-256 keys only
      add("a closed provider", ProviderException.class, this::useClosed);
    }
    return cases;
  }

  private void addAes() {
    add(
        "wrapping",
        UnsupportedOperationException.class,
        () -> ours().init(Cipher.WRAP_MODE, good()));
    add(
        "unwrapping",
        UnsupportedOperationException.class,
        () -> ours().init(Cipher.UNWRAP_MODE, good()));
    add("too short a buffer", ShortBufferException.class, this::shortBuffer);
    if (name.startsWith("AES_")) {
      KeyType other = name.startsWith("AES_128") ? KeyType.AES_192 : KeyType.AES_128;
      add(
          "a key of another length",
          InvalidKeyException.class,
          () -> ours().init(Cipher.DECRYPT_MODE, bench.good(other), right()));
    }
    if (name.contains("/GCM/")) {
      add("a changed tag", AEADBadTagException.class, () -> decrypt(changed(encrypted())));
      add("a cut ciphertext", AEADBadTagException.class, () -> decrypt(cut(encrypted(), 1)));
      add("an empty ciphertext", AEADBadTagException.class, () -> decrypt(new byte[0]));
      addNoIv();
      for (int tagBits : new int[] {64, 100, 136}) {
        add(
            "a tag of " + tagBits + " bits",
            InvalidAlgorithmParameterException.class,
            () -> ours().init(Cipher.DECRYPT_MODE, good(), new GCMParameterSpec(tagBits, IV)));
      }
    } else if (!name.contains("/ECB/")) {
      addNoIv();
      add(
          "an IV of 12 bytes",
          InvalidAlgorithmParameterException.class,
          () -> ours().init(Cipher.DECRYPT_MODE, good(), new IvParameterSpec(new byte[12])));
    }
    if (name.endsWith("/PKCS5Padding")) {
      if (name.contains("/CBC/")) {
        add("changed padding", BadPaddingException.class, () -> decrypt(withBadPadding()));
      }
      add("a missing block", BadPaddingException.class, () -> decrypt(cut(encrypted(), 16)));
      add("an empty ciphertext", IllegalBlockSizeException.class, () -> decrypt(new byte[0]));
    }
    if (name.contains("/CBC/") || name.contains("/ECB/")) {
      add("part of a block", IllegalBlockSizeException.class, () -> decrypt(new byte[17]));
    }
  }

  private void addNoIv() {
    add(
        "decryption without an IV",
        InvalidKeyException.class,
        () -> ours().init(Cipher.DECRYPT_MODE, good()));
  }

  private void addRsa() {
    add(
        "encryption with a private key",
        InvalidKeyException.class,
        () -> ours().init(Cipher.ENCRYPT_MODE, good(), right()));
    add(
        "decryption with a public key",
        InvalidKeyException.class,
        () -> ours().init(Cipher.DECRYPT_MODE, bench.publicHalf(good()), right()));
    if (isLackedBySoftHsm()) {
      add(
          "a digest that the device lacks",
          InvalidKeyException.class,
          () -> ours().init(Cipher.DECRYPT_MODE, good()));
      return;
    }
    add("a cut ciphertext", IllegalBlockSizeException.class, () -> decrypt(new byte[255]));
    add("too long a ciphertext", IllegalBlockSizeException.class, () -> decrypt(new byte[257]));
    add("an empty ciphertext", IllegalBlockSizeException.class, () -> decrypt(new byte[0]));
    add("a changed ciphertext", BadPaddingException.class, () -> decrypt(changed(encrypted())));
    add(
        "a plaintext that is too long",
        IllegalBlockSizeException.class,
        () -> {
          Cipher cipher = ours();
          cipher.init(Cipher.ENCRYPT_MODE, bench.publicHalf(good()));
          cipher.doFinal(BadInputBench.secret(300));
        });
  }

  private boolean isLackedBySoftHsm() {
    return name.contains("SHA-2") || name.contains("SHA-3") || name.contains("SHA-5");
  }

  private void add(String what, Class<? extends Throwable> contract, ThrowingCallable use) {
    cases.add(new BadInput(what, contract, use));
  }

  private Cipher ours() throws Exception {
    return Cipher.getInstance(name, bench.provider);
  }

  private Key good() throws Exception {
    int bits = name.startsWith("AES_") ? Integer.parseInt(name.substring(4, 7)) : 256;
    return family == Family.AES ? bench.good(new KeyType(Family.AES, bits)) : bench.good(family);
  }

  private @Nullable AlgorithmParameterSpec right() {
    if (family == Family.RSA || name.contains("/ECB/")) {
      return null;
    }
    return name.contains("/GCM/") ? new GCMParameterSpec(128, IV) : new IvParameterSpec(IV);
  }

  private byte[] encrypted() throws Exception {
    Cipher cipher = ours();
    if (family == Family.RSA) {
      cipher.init(Cipher.ENCRYPT_MODE, bench.publicHalf(good()));
    } else {
      cipher.init(Cipher.ENCRYPT_MODE, good(), right());
    }
    return cipher.doFinal(BadInputBench.secret(32));
  }

  private void decrypt(byte[] ciphertext) throws Exception {
    Cipher cipher = ours();
    cipher.init(Cipher.DECRYPT_MODE, good(), right());
    cipher.doFinal(ciphertext);
  }

  private void shortBuffer() throws Exception {
    Cipher cipher = ours();
    cipher.init(Cipher.ENCRYPT_MODE, good(), right());
    cipher.doFinal(BadInputBench.secret(32), 0, 32, new byte[31]);
  }

  private void useClosed() throws Exception {
    Cipher cipher = Cipher.getInstance(name, bench.closed);
    Key key = bench.inClosed(family);
    cipher.init(Cipher.DECRYPT_MODE, key, right());
    cipher.doFinal(new byte[family == Family.RSA ? 256 : 32]);
  }

  // The byte before the last block's last one, so that the padding becomes more than a block.
  private byte[] withBadPadding() throws Exception {
    byte[] bytes = encrypted();
    bytes[bytes.length - 17] ^= (byte) 0x80;
    return bytes;
  }

  private static byte[] changed(byte[] bytes) {
    bytes[bytes.length - 1] ^= 1;
    return bytes;
  }

  private static byte[] cut(byte[] bytes, int by) {
    return Arrays.copyOf(bytes, bytes.length - by);
  }
}
