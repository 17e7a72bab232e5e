package io.strongroom.provider.badinput;

import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyType.Family;
import io.strongroom.provider.HsmKeySpec;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.ProviderException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Ciphers for keys. */
@SuppressWarnings("NullAway") // null is one of the cases
final class KeyWrapCases {

  private final BadInputBench bench;
  private final String name;
  private final Family family;
  private final List<BadInput> cases = new ArrayList<>();

  KeyWrapCases(BadInputBench bench, String name) {
    this.bench = bench;
    this.name = name;
    this.family = BadInputs.family(name);
  }

  List<BadInput> all() {
    cases.addAll(KeyCases.of(bench, family, key -> ours().init(Cipher.UNWRAP_MODE, key)));
    cases.addAll(KeyCases.of(bench, family, key -> ours().init(Cipher.WRAP_MODE, key)));
    add(
        "encryption of data",
        UnsupportedOperationException.class,
        () -> ours().init(Cipher.ENCRYPT_MODE, good()));
    add("use before init", IllegalStateException.class, () -> ours().wrap(bench.wrappable()));
    addParameters();
    if (name.startsWith("AES_")) {
      KeyType other = name.startsWith("AES_128") ? KeyType.AES_192 : KeyType.AES_128;
      add(
          "a key of another length",
          InvalidKeyException.class,
          () -> ours().init(Cipher.UNWRAP_MODE, bench.good(other)));
    }
    addWrap();
    addUnwrap();
    return cases;
  }

  private void addParameters() {
    addParameters("an IV", Cipher.WRAP_MODE, new IvParameterSpec(new byte[8]));
    addParameters("an IV to unwrap", Cipher.UNWRAP_MODE, new IvParameterSpec(new byte[8]));
    addParameters("a key's description to wrap", Cipher.WRAP_MODE, HsmKeySpec.session("x"));
    addParameters("a reserved label", Cipher.UNWRAP_MODE, HsmKeySpec.token("strongroom-x"));
    addParameters("an empty label", Cipher.UNWRAP_MODE, HsmKeySpec.token(""));
  }

  private void addParameters(String what, int mode, AlgorithmParameterSpec parameters) {
    add(
        what,
        InvalidAlgorithmParameterException.class,
        () -> ours().init(mode, mode == Cipher.WRAP_MODE ? wrappingKey() : good(), parameters));
  }

  private void addWrap() {
    add("wrapping nothing", InvalidKeyException.class, () -> wrapping().wrap(null));
    add(
        "wrapping a key that never leaves",
        InvalidKeyException.class,
        () -> wrapping().wrap(bench.good(Family.SECRET)));
    add(
        "wrapping a key in software",
        InvalidKeyException.class,
        () -> wrapping().wrap(bench.inSoftware(Family.AES)));
    add(
        "wrapping a key of another token",
        InvalidKeyException.class,
        () -> wrapping().wrap(bench.ofAnotherToken(Family.AES)));
    if (isLackedBySoftHsm()) {
      add(
          "a digest that the device lacks",
          InvalidKeyException.class,
          () -> wrapping().wrap(bench.wrappable()));
    }
  }

  private void addUnwrap() {
    add("unwrapping nothing", InvalidKeyException.class, () -> unwrap(null));
    add("unwrapping no bytes", InvalidKeyException.class, () -> unwrap(new byte[0]));
    add("unwrapping a stub", InvalidKeyException.class, () -> unwrap(new byte[7]));
    add("unwrapping zeros", InvalidKeyException.class, () -> unwrap(new byte[40]));
    if (!isLackedBySoftHsm()) {
      add(
          "a changed wrapping",
          InvalidKeyException.class,
          () -> {
            byte[] wrapped = wrapping().wrap(bench.wrappable());
            wrapped[wrapped.length - 1] ^= 1;
            unwrap(wrapped);
          });
      add(
          "a cut wrapping",
          InvalidKeyException.class,
          () -> {
            byte[] wrapped = wrapping().wrap(bench.wrappable());
            unwrap(Arrays.copyOf(wrapped, wrapped.length - 8));
          });
    }
    add(
        "an unknown algorithm",
        NoSuchAlgorithmException.class,
        () -> unwrapping().unwrap(new byte[40], "DES", Cipher.SECRET_KEY));
    add(
        "no algorithm",
        NoSuchAlgorithmException.class,
        () -> unwrapping().unwrap(new byte[40], null, Cipher.SECRET_KEY));
    add(
        "a public key",
        InvalidKeyException.class,
        () -> unwrapping().unwrap(new byte[40], "RSA", Cipher.PUBLIC_KEY));
    add(
        "a private key of unknown length",
        InvalidKeyException.class,
        () -> unwrapping().unwrap(new byte[40], "RSA", Cipher.PRIVATE_KEY));
    if (!name.startsWith("AES_1")) {
      add(
          "a closed provider",
          ProviderException.class,
          () -> {
            Cipher cipher = Cipher.getInstance(name, bench.closed);
            cipher.init(Cipher.UNWRAP_MODE, bench.inClosed(family));
            cipher.unwrap(new byte[40], "AES", Cipher.SECRET_KEY);
          });
    }
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

  private Key wrappingKey() throws Exception {
    return family == Family.AES ? good() : bench.publicHalf(good());
  }

  private Cipher wrapping() throws Exception {
    Cipher cipher = ours();
    cipher.init(Cipher.WRAP_MODE, wrappingKey());
    return cipher;
  }

  private Cipher unwrapping() throws Exception {
    Cipher cipher = ours();
    cipher.init(Cipher.UNWRAP_MODE, good());
    return cipher;
  }

  private void unwrap(byte[] wrapped) throws Exception {
    unwrapping().unwrap(wrapped, "AES", Cipher.SECRET_KEY);
  }
}
