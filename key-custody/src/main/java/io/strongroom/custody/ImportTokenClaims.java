package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import java.time.Instant;
import java.util.UUID;

/**
 * What an import token says of itself, for those who wrap material far from the HSM. Nothing of it
 * is proved before the import, where the HSM checks the token's MAC. Immutable.
 *
 * @param keyId the CMK that the material is for
 * @param algorithm how to wrap it
 * @param validTo when the token expires
 */
public record ImportTokenClaims(UUID keyId, WrappingAlgorithm algorithm, Instant validTo) {

  /**
   * Reads a token.
   *
   * @throws CustodyException.BadInput if it does not have the form of one
   */
  public static ImportTokenClaims read(byte[] token) {
    try {
      ImportToken claims = ImportTokens.unproved(token);
      return new ImportTokenClaims(claims.cmkId(), claims.algorithm(), claims.validTo());
    } catch (IllegalArgumentException e) {
      throw new CustodyException.BadInput(
          Reason.TOKEN_UNKNOWN,
          "this is no import token; hand in exactly what the parameters for import held",
          e);
    }
  }
}
