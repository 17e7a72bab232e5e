package io.strongroom.tink;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KmsClient;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * AES keys of an {@link Hsm} for Tink, as {@code strongroom://<label>} (percent-encoded) or {@code
 * strongroom://id/<32 hexadecimal digits>}.
 *
 * <pre>{@code
 * Aead key = HsmKmsClient.over(hsm).getAead("strongroom://payments");
 * Aead envelope = KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, key);
 * }</pre>
 *
 * <p>It is passed where it is used and registers nothing; give it to {@code KmsClients.add} only
 * where a keyset's format leaves no other way, for the whole JVM then uses it. Ciphertexts are
 * those of Tink's own AES-GCM without a prefix: IV (12 bytes, from the device's random source),
 * ciphertext, tag (16 bytes); the associated data is GCM's.
 *
 * <p>Immutable and safe for use by many threads. The {@code Hsm} stays the caller's.
 */
public final class HsmKmsClient implements KmsClient {

  /** What every URI of such a key begins with. */
  public static final String PREFIX = "strongroom://";

  private static final String ID = "id/";
  private static final String RESERVED = "strongroom-";
  private static final Set<KeyUsage> NEEDED = EnumSet.of(KeyUsage.ENCRYPT, KeyUsage.DECRYPT);

  private final Hsm hsm;

  private HsmKmsClient(Hsm hsm) {
    this.hsm = hsm;
  }

  /** A client for the keys of an HSM that is open already. */
  public static HsmKmsClient over(Hsm hsm) {
    return new HsmKmsClient(hsm);
  }

  @Override
  public boolean doesSupport(@Nullable String keyUri) {
    return keyUri != null && keyUri.startsWith(PREFIX);
  }

  /**
   * Refused: an {@link Hsm} is logged in when it is opened, from its URL's {@code pin-source}.
   *
   * @throws GeneralSecurityException always
   */
  @Override
  public KmsClient withCredentials(@Nullable String credentialPath)
      throws GeneralSecurityException {
    throw new GeneralSecurityException(
        "an HSM is logged in by the pin-source of the URL that opens it; give no credentials");
  }

  /** This client: its {@link Hsm} is logged in already. */
  @Override
  public KmsClient withDefaultCredentials() {
    return this;
  }

  /**
   * The key that a URI names, looked up now.
   *
   * @throws GeneralSecurityException if it is no URI of ours, there is no such key, it is not an
   *     AES key that may encrypt and decrypt, or the HSM does not answer; the cause is then the
   *     {@link HsmException}
   */
  @Override
  public Aead getAead(@Nullable String keyUri) throws GeneralSecurityException {
    if (keyUri == null || !doesSupport(keyUri)) {
      throw new GeneralSecurityException(
          "wanted "
              + PREFIX
              + "<label> or "
              + PREFIX
              + ID
              + "<32 hexadecimal digits>, got "
              + keyUri);
    }
    KeyInfo key = TinkExceptions.checked(() -> find(keyUri.substring(PREFIX.length())));
    if (key.label().startsWith(RESERVED)) {
      throw new GeneralSecurityException(
          "key \"" + key.label() + "\" is one of Strongroom's own and not for applications");
    }
    if (key.type().family() != KeyType.Family.AES || !key.usages().containsAll(NEEDED)) {
      throw new GeneralSecurityException(
          "key \""
              + key.label()
              + "\" is "
              + key.type()
              + " and may "
              + key.usages()
              + ", Tink's Aead wants an AES key that may "
              + NEEDED);
    }
    return new HsmAead(hsm, key.id());
  }

  private KeyInfo find(String name) {
    if (name.startsWith(ID)) {
      return hsm.key(KeyId.parse(name.substring(ID.length())));
    }
    try {
      // A plus sign is itself in a URI; the decoder is for forms, where it is a space.
      return hsm.key(URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new HsmException.BadInput("the label in the URI is not percent-encoded text", e);
    }
  }
}
