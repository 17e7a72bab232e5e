package io.strongroom.provider.badinput;

import java.security.Key;
import java.security.PrivateKey;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** A key of a provider that is not ours and shows no value. */
abstract sealed class OpaqueKey implements Key {
  private static final long serialVersionUID = 1L;

  private final String algorithm;

  private OpaqueKey(String algorithm) {
    this.algorithm = algorithm;
  }

  @Override
  public final String getAlgorithm() {
    return algorithm;
  }

  @Override
  public final @Nullable String getFormat() {
    return null;
  }

  @Override
  public final byte @Nullable [] getEncoded() {
    return null;
  }

  /** A secret key. */
  static final class Secret extends OpaqueKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    Secret(String algorithm) {
      super(algorithm);
    }
  }

  /** A private key. */
  static final class Private extends OpaqueKey implements PrivateKey {
    private static final long serialVersionUID = 1L;

    Private(String algorithm) {
      super(algorithm);
    }
  }
}
