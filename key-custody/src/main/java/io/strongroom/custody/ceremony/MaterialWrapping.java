package io.strongroom.custody.ceremony;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.secret.LibCrypto;
import io.strongroom.custody.secret.Secret;
import io.strongroom.custody.secret.SecretMemory;
import java.security.interfaces.RSAPublicKey;

/** Wraps key material for an import, without a byte of it in the heap. */
public final class MaterialWrapping {

  private static final int AES_KEY_BYTES = 32;

  /** AES key wrap puts 8 bytes in front. */
  private static final int KEY_WRAP_BYTES = 8;

  private final LibCrypto crypto;

  /** Wraps with this libcrypto. */
  public MaterialWrapping(LibCrypto crypto) {
    this.crypto = crypto;
  }

  /** The wrapped form of 32 bytes of material, no secret any more. */
  public byte[] wrap(WrappingAlgorithm algorithm, RSAPublicKey publicKey, Secret material) {
    return switch (algorithm) {
      case RSAES_OAEP_SHA_1 -> oaep(OaepBlock.SHA_1, publicKey, material);
      case RSAES_OAEP_SHA_256 -> oaep(OaepBlock.SHA_256, publicKey, material);
      case RSA_AES_KEY_WRAP_SHA_1 -> rsaAes(OaepBlock.SHA_1, publicKey, material);
      case RSA_AES_KEY_WRAP_SHA_256 -> rsaAes(OaepBlock.SHA_256, publicKey, material);
    };
  }

  private byte[] oaep(OaepBlock padding, RSAPublicKey publicKey, Secret material) {
    int bytes = (publicKey.getModulus().bitLength() + 7) / 8;
    try (SecretMemory memory = SecretMemory.allocate()) {
      Secret block = memory.secret(bytes);
      Secret wrapped = memory.secret(bytes);
      padding.encode(crypto, memory, material, block);
      crypto.rsa(publicKey.getEncoded(), block, wrapped.memory());
      return wrapped.memory().toArray(JAVA_BYTE);
    }
  }

  /** PKCS#11 v2.40 §2.1.21: a fresh AES key by OAEP, and the material under that key. */
  private byte[] rsaAes(OaepBlock padding, RSAPublicKey publicKey, Secret material) {
    try (SecretMemory memory = SecretMemory.allocate()) {
      Secret ephemeral = memory.secret(AES_KEY_BYTES);
      SecretMemory.randomise(ephemeral);
      byte[] first = oaep(padding, publicKey, ephemeral);
      Secret second = memory.secret((material.size() + 7) / 8 * 8 + KEY_WRAP_BYTES);
      crypto.aesKeyWrapPad(ephemeral, material, second.memory());
      byte[] both = java.util.Arrays.copyOf(first, first.length + second.size());
      byte[] wrapped = second.memory().toArray(JAVA_BYTE);
      System.arraycopy(wrapped, 0, both, first.length, wrapped.length);
      return both;
    }
  }
}
