package io.strongroom.provider.spi;

import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.interfaces.ECKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** ECDSA (FIPS 186-5 §6.4), the signature as DER or as r || s (IEEE P1363). */
final class EcdsaSignature extends HsmSignature {

  private static final int MAX_RAW_BYTES = 64;

  private final @Nullable String digest;
  private final boolean p1363;

  EcdsaSignature(Device device, String algorithm, @Nullable String digest, boolean p1363) {
    super(device, algorithm, KeyType.Family.EC);
    this.digest = digest;
    this.p1363 = p1363;
  }

  @Override
  @Nullable String digest() {
    return digest;
  }

  @Override
  byte[] sign(LogicalKey key, byte[] input) throws SignatureException {
    if (input.length > MAX_RAW_BYTES) {
      throw new SignatureException(
          algorithm
              + " signs a digest of at most "
              + MAX_RAW_BYTES
              + " bytes, got "
              + input.length
              + "; use an algorithm with a hash function");
    }
    // The leftmost bits count (FIPS 186-5 §6.4.1); not every device cuts the rest off itself.
    byte[] leftmost = Arrays.copyOf(input, Math.min(input.length, key.type().bytes()));
    byte[] signature =
        JcaExceptions.signature(
            () -> key.with(id -> device.hsm().sign(id, new SignatureAlgorithm.Ecdsa(), leftmost)));
    return p1363 ? signature : EcdsaDer.encode(signature);
  }

  @Override
  Verifier verifier(PublicKey publicKey) throws InvalidKeyException {
    Verifier software = super.verifier(publicKey);
    if (!(publicKey instanceof ECKey ec)) {
      throw new InvalidKeyException(
          algorithm + " verifies with an EC key, got one of kind " + publicKey.getAlgorithm());
    }
    return new Strict(software, p1363, (ec.getParams().getOrder().bitLength() + 7) / 8);
  }

  /** One signature has one form: the JDK takes r || s of other lengths, and DER without zeros. */
  private record Strict(Verifier software, boolean p1363, int halfBytes) implements Verifier {
    @Override
    public void update(byte[] bytes, int offset, int length) throws SignatureException {
      software.update(bytes, offset, length);
    }

    @Override
    public boolean verify(byte[] signature) throws SignatureException {
      // Always asked, since that is also what ends the message.
      boolean fits = software.verify(signature);
      boolean exact = p1363 ? signature.length == 2 * halfBytes : EcdsaDer.isExact(signature);
      return fits && exact;
    }
  }
}
