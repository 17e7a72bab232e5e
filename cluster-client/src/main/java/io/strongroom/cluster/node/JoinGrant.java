package io.strongroom.cluster.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import java.util.List;

/**
 * What a member hands to a joining token. Only that token can open it. Immutable; the arrays are
 * not copied.
 *
 * @param wrappedDomainKey the domain key under the joining token's key, RSA-OAEP
 * @param oaepDigest the digest of that RSA-OAEP
 * @param sealedMacKey the domain MAC key under the domain key, AES-KWP
 * @param checkValues what both keys' check values have to be
 */
public record JoinGrant(
    byte[] wrappedDomainKey,
    Digest oaepDigest,
    byte[] sealedMacKey,
    DomainKeys.CheckValues checkValues) {

  /** One line of JSON, to carry to the joining token. */
  public String toJson() {
    ObjectNode json = CeremonyJson.newObject();
    json.put("wrappedDomainKey", wrappedDomainKey);
    json.putArray("oaepDigest").add(oaepDigest.name());
    json.put("sealedMacKey", sealedMacKey);
    json.put("domainCheckValue", checkValues.domainKey());
    json.put("macCheckValue", checkValues.macKey());
    return json.toString();
  }

  /**
   * Reads what {@link #toJson} writes.
   *
   * @throws HsmException.BadInput if it is anything else
   */
  public static JoinGrant parse(String text) {
    CeremonyJson json = CeremonyJson.read(text, "join grant");
    List<Digest> digests = json.digests("oaepDigest");
    if (digests.size() != 1) {
      throw new HsmException.BadInput("a join grant names one digest, not " + digests.size());
    }
    return new JoinGrant(
        json.bytes("wrappedDomainKey"),
        digests.getFirst(),
        json.bytes("sealedMacKey"),
        new DomainKeys.CheckValues(json.text("domainCheckValue"), json.text("macCheckValue")));
  }
}
