package io.strongroom.provider.wycheproof;

import static io.strongroom.hsm.KeyUsage.DECRYPT;
import static io.strongroom.hsm.KeyUsage.DERIVE;
import static io.strongroom.hsm.KeyUsage.ENCRYPT;
import static io.strongroom.hsm.KeyUsage.SIGN;
import static io.strongroom.hsm.KeyUsage.UNWRAP;
import static io.strongroom.hsm.KeyUsage.VERIFY;
import static io.strongroom.hsm.KeyUsage.WRAP;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.WrapAlgorithm;
import io.strongroom.provider.HsmProvider;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;

/**
 * A token, and the vectors' keys in it: wrapped in software, opened inside as session keys. One key
 * of a vector is in the token at a time, since neighbours mostly share theirs.
 */
final class VectorToken implements AutoCloseable {
  /** One for all vectors: making it takes longer than using it. */
  static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  final Hsm hsm;
  final HsmProvider provider;
  private final SecureRandom random = new SecureRandom();
  private final KeySpec importer;
  private final byte[] carrier = new byte[32];
  private final KeyId carrierId;
  private @Nullable KeyId current;
  private String currentName = "";

  VectorToken(String url) throws GeneralSecurityException {
    hsm = Hsm.open(url);
    provider = HsmProvider.over(hsm);
    importer = spec("importer", KeyType.RSA_2048, UNWRAP);
    hsm.create(importer);
    random.nextBytes(carrier);
    carrierId = open(carrier, spec("carrier", KeyType.AES_256, UNWRAP));
  }

  /** An AES key that encrypts, makes MACs and wraps. */
  KeyId aes(byte[] value) throws GeneralSecurityException {
    KeyType type = new KeyType(KeyType.Family.AES, 8 * value.length);
    return known(value, spec("", type, ENCRYPT, DECRYPT, SIGN, WRAP, UNWRAP));
  }

  /** A secret for MACs. */
  KeyId secret(byte[] value) throws GeneralSecurityException {
    return known(value, spec("", KeyType.secret(8 * value.length), SIGN, VERIFY));
  }

  /** A secret to derive from. */
  KeyId source(byte[] value) throws GeneralSecurityException {
    return known(value, spec("", KeyType.secret(8 * value.length), DERIVE));
  }

  /** An RSA private key that decrypts, from its PKCS#8 form. */
  KeyId rsa(byte[] pkcs8, int bits) throws GeneralSecurityException {
    String name = HexFormat.of().formatHex(pkcs8);
    KeyId held = held(name);
    if (held != null) {
      return held;
    }
    KeySpec spec = spec("", rsaType(bits), DECRYPT);
    Cipher wrapping = Cipher.getInstance("AESWrapPad", BOUNCY_CASTLE);
    wrapping.init(Cipher.WRAP_MODE, new SecretKeySpec(carrier, "AES"));
    byte[] wrapped = wrapping.wrap(new SecretKeySpec(pkcs8, "RSA"));
    return hold(name, hsm.unwrap(carrierId, new WrapAlgorithm.AesKwp(), wrapped, spec).id());
  }

  static KeyType rsaType(int bits) {
    return new KeyType(KeyType.Family.RSA, bits);
  }

  /** The same key as the provider shows it. */
  Key jca(KeyId id) throws GeneralSecurityException {
    return provider.key(id);
  }

  /** What a session key with a label of its own is to be. */
  KeySpec spec(String label, KeyType type, KeyUsage... usages) {
    KeyId id = KeyId.random(random);
    String unique = label.isEmpty() ? "vector " + id : label;
    return KeySpec.of(id, unique, type).withUsages(usages).asSession();
  }

  private KeyId known(byte[] value, KeySpec spec) throws GeneralSecurityException {
    String name = spec.type() + HexFormat.of().formatHex(value);
    KeyId held = held(name);
    return held != null ? held : hold(name, open(value, spec));
  }

  /** The key held already if it has this name; any other is destroyed. */
  @Nullable KeyId held(String name) {
    if (current != null && !currentName.equals(name)) {
      hsm.destroy(current);
      current = null;
    }
    return current;
  }

  KeyId hold(String name, KeyId id) {
    current = id;
    currentName = name;
    return id;
  }

  private KeyId open(byte[] value, KeySpec spec) throws GeneralSecurityException {
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "SunJCE");
    oaep.init(Cipher.ENCRYPT_MODE, Objects.requireNonNull(hsm.key(importer.id()).publicKey()));
    WrapAlgorithm algorithm = new WrapAlgorithm.RsaOaep(Digest.SHA_1);
    return hsm.unwrap(importer.id(), algorithm, oaep.doFinal(value), spec).id();
  }

  @Override
  public void close() {
    hsm.close();
  }
}
