package io.strongroom.cluster.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A token asks to join a cluster. Not secret, but worth nothing until an officer has compared the
 * fingerprint over another way than the request came. Immutable.
 *
 * @param publicKey the joining token's key, RSA of 3072 bits; its private half never leaves the
 *     token
 * @param oaepDigests what the token can open RSA-OAEP with, the best first
 */
public record JoinRequest(RSAPublicKey publicKey, List<Digest> oaepDigests) {
  private static final Pattern SEPARATORS = Pattern.compile("[\\s:-]");
  private static final int GROUP_DIGITS = 4;

  /**
   * Checks the key and the digests.
   *
   * @throws HsmException.BadInput if the key has not 3072 bits or there is no digest
   */
  public JoinRequest {
    int wanted = ReservedKeys.JOIN.type().bits();
    if (publicKey.getModulus().bitLength() != wanted) {
      throw new HsmException.BadInput(
          "a join request's key has "
              + publicKey.getModulus().bitLength()
              + " bits, wanted "
              + wanted);
    }
    if (oaepDigests.isEmpty()) {
      throw new HsmException.BadInput("a join request names no digest for RSA-OAEP");
    }
    oaepDigests = List.copyOf(oaepDigests);
  }

  /**
   * The fingerprint as people compare it: SHA-256 of the {@code SubjectPublicKeyInfo}, 64
   * hexadecimal digits in groups of four.
   */
  public String fingerprint() {
    String hex = HexFormat.of().formatHex(digest());
    StringBuilder groups = new StringBuilder();
    for (int i = 0; i < hex.length(); i += GROUP_DIGITS) {
      groups.append(i == 0 ? "" : " ").append(hex, i, i + GROUP_DIGITS);
    }
    return groups.toString();
  }

  /** Whether this is the request's fingerprint; spaces, colons, dashes and case do not matter. */
  public boolean hasFingerprint(String fingerprint) {
    String hex = SEPARATORS.matcher(fingerprint).replaceAll("").toLowerCase(Locale.ROOT);
    return hex.equals(HexFormat.of().formatHex(digest()));
  }

  private byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(publicKey.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /** One line of JSON, to carry to a member. */
  public String toJson() {
    ObjectNode json = CeremonyJson.newObject();
    json.put("publicKey", publicKey.getEncoded());
    oaepDigests.forEach(digest -> json.withArray("oaepDigests").add(digest.name()));
    return json.toString();
  }

  /**
   * Reads what {@link #toJson} writes.
   *
   * @throws HsmException.BadInput if it is anything else
   */
  public static JoinRequest parse(String text) {
    CeremonyJson json = CeremonyJson.read(text, "join request");
    var spec = new X509EncodedKeySpec(json.bytes("publicKey"));
    try {
      return new JoinRequest(
          (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(spec),
          json.digests("oaepDigests"));
    } catch (GeneralSecurityException e) {
      throw new HsmException.BadInput("a join request's key is no RSA public key", e);
    }
  }
}
