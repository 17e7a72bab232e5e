package io.strongroom.provider.spi;

import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * What a key is to be that is derived under a JCA name. Immutable.
 *
 * @param name the name that the caller gave, which the key then has
 * @param family AES or SECRET
 * @param usual what it may do if the caller does not say
 */
record DerivedKind(String name, KeyType.Family family, Set<KeyUsage> usual) {

  private static final Pattern HMAC = Pattern.compile("HmacSHA(1|224|256|384|512)");
  private static final List<String> GENERIC = List.of("GenericSecret", "Generic");

  /** The premaster secret of TLS 1.2, from which its other secrets are derived (RFC 8422 §5.10). */
  private static final String PREMASTER = "TlsPremasterSecret";

  /** The kind with this name. */
  static DerivedKind of(@Nullable String name) throws NoSuchAlgorithmException {
    if (name != null && name.equals("AES")) {
      return new DerivedKind(name, KeyType.Family.AES, Set.of(KeyUsage.ENCRYPT, KeyUsage.DECRYPT));
    }
    if (name != null && (GENERIC.contains(name) || HMAC.matcher(name).matches())) {
      return new DerivedKind(name, KeyType.Family.SECRET, Set.of(KeyUsage.SIGN, KeyUsage.VERIFY));
    }
    if (name != null && name.equals(PREMASTER)) {
      return new DerivedKind(name, KeyType.Family.SECRET, Set.of(KeyUsage.DERIVE));
    }
    throw new NoSuchAlgorithmException(
        "a key derived in the HSM is AES, GenericSecret, HmacSHA… or TlsPremasterSecret, got "
            + name);
  }

  /** Has the key derived, with this length in bits. */
  SecretKey derive(
      Device device, LogicalKey from, DeriveAlgorithm algorithm, KeyRequest asked, int bits)
      throws InvalidKeyException {
    KeyInfo info =
        JcaExceptions.wrapping(() ->
            from.with(id ->
                device
                    .hsm()
                    .derive(
                        id,
                        algorithm,
                        asked.usually(usual).keySpec(device, new KeyType(family, bits)))));
    return new HsmSecretKey(device, info, name);
  }
}
