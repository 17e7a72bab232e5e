package io.strongroom.cli.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.custody.ImportTokenClaims;
import io.strongroom.custody.ceremony.CeremonyRecord;
import io.strongroom.custody.ceremony.MaterialWrapping;
import io.strongroom.custody.secret.Secret;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.function.Consumer;

/** A file with wrapped material, for an import elsewhere. */
public final class FileDestination implements Destination {

  private static final int MIN_BITS = 2048;
  private static final int MAX_BITS = 4096;

  private final RSAPublicKey publicKey;
  private final byte[] token;
  private final ImportTokenClaims claims;
  private final Consumer<byte[]> file;

  /**
   * Checks what came from {@code key import-params}.
   *
   * @param file takes the wrapped material
   * @throws CustodyException.BadInput if the key is no RSA key of 2048 to 4096 bits, or the token
   *     is none or has expired
   */
  public FileDestination(PublicKey publicKey, byte[] token, Consumer<byte[]> file, Clock clock) {
    this.claims = ImportTokenClaims.read(token);
    this.token = token;
    this.file = file;
    if (!(publicKey instanceof RSAPublicKey rsa)
        || rsa.getModulus().bitLength() < MIN_BITS
        || rsa.getModulus().bitLength() > MAX_BITS) {
      throw new CustodyException.BadInput(
          Reason.MALFORMED,
          "the public key is no RSA key of %d to %d bits; take the one from key import-params"
              .formatted(MIN_BITS, MAX_BITS));
    }
    this.publicKey = rsa;
    if (!claims.validTo().isAfter(clock.instant())) {
      throw new CustodyException.BadInput(
          Reason.TOKEN_EXPIRED,
          "the import token expired on %s; get new parameters for import"
              .formatted(claims.validTo()));
    }
  }

  @Override
  public String outcome() {
    return "wrapped";
  }

  @Override
  public void deliver(
      MaterialWrapping wrapping, Secret key, String checkValue, CeremonyRecord record) {
    byte[] wrapped;
    try {
      wrapped = wrapping.wrap(claims.algorithm(), publicKey, key);
    } finally {
      key.wipe();
    }
    file.accept(wrapped);
    record
        .put("keyId", claims.keyId().toString())
        .wrapping(claims.algorithm(), publicKey, token, wrapped);
  }
}
