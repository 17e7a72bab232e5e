package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SignatureException;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/** RSASSA-PKCS1-v1_5 (RFC 8017 §8.2); without a digest, of any bytes up to the modulus less 11. */
final class RsaSignature extends HsmSignature {

  private static final int PADDING_BYTES = 11;

  private final @Nullable String digest;

  RsaSignature(Device device, String algorithm, @Nullable String digest) {
    super(device, algorithm, KeyType.Family.RSA);
    this.digest = digest;
  }

  @Override
  @Nullable String digest() {
    return digest;
  }

  @Override
  byte[] sign(LogicalKey key, byte[] input) throws SignatureException {
    int most = key.type().bytes() - PADDING_BYTES;
    byte[] padded = digest == null ? input : withDigestInfo(digest, input);
    if (padded.length > most) {
      throw new SignatureException(
          key
              + " signs at most "
              + most
              + " bytes, got "
              + padded.length
              + "; use an algorithm with a hash function, or a longer key");
    }
    return JcaExceptions.signature(
        () -> key.with(id -> device.hsm().sign(id, new SignatureAlgorithm.RsaPkcs1(), padded)));
  }

  private static byte[] withDigestInfo(String digest, byte[] value) {
    byte[] prefix = Digests.digestInfoPrefix(digest);
    byte[] info = Arrays.copyOf(prefix, prefix.length + value.length);
    System.arraycopy(value, 0, info, prefix.length, value.length);
    return info;
  }

  @Override
  Verifier verifier(PublicKey publicKey) throws InvalidKeyException {
    // The JDK's software providers have no NONEwithRSA: recover the message and compare.
    return digest == null ? new Recovery(publicKey) : super.verifier(publicKey);
  }

  private static final class Recovery implements Verifier {
    private final Cipher cipher;
    private final InputBuffer message = new InputBuffer();

    Recovery(PublicKey publicKey) throws InvalidKeyException {
      try {
        cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(Cipher.DECRYPT_MODE, publicKey);
      } catch (InvalidKeyException e) {
        throw e;
      } catch (GeneralSecurityException e) {
        throw new InvalidKeyException("no other provider has RSA/ECB/PKCS1Padding", e);
      }
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
      message.append(bytes, offset, length);
    }

    @Override
    public boolean verify(byte[] signature) throws SignatureException {
      byte[] wanted = message.toArray();
      message.clear();
      try {
        return MessageDigest.isEqual(wanted, cipher.doFinal(signature));
      } catch (BadPaddingException e) {
        return false;
      } catch (GeneralSecurityException e) {
        throw new SignatureException(
            "a signature has the length of the modulus, got " + signature.length + " bytes", e);
      }
    }
  }
}
