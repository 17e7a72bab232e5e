package io.strongroom.provider.spi;

import java.net.Socket;
import java.security.InvalidKeyException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows TLS one private key in the HSM and a chain that is kept outside. Immutable. */
public final class OneKeyManager extends X509ExtendedKeyManager {

  private static final String ALIAS = "hsm";

  private final PrivateKey key;
  private final List<X509Certificate> chain;
  private final String keyType;

  private OneKeyManager(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = chain;
    this.keyType = key.getAlgorithm();
  }

  /** A manager for this key of the device, once it is sure that the certificate is the key's. */
  public static OneKeyManager of(Device device, @Nullable PrivateKey key, X509Certificate... chain)
      throws InvalidKeyException {
    PublicKey publicKey = device.describe(LogicalKey.in(device, key)).publicKey();
    if (chain.length == 0) {
      throw new InvalidKeyException(
          "TLS wants the certificate of " + key + ", got no chain; give it, then its issuers");
    }
    if (publicKey == null || !publicKey.equals(chain[0].getPublicKey())) {
      throw new InvalidKeyException(
          "the first certificate, of "
              + chain[0].getSubjectX500Principal()
              + ", is not for "
              + key
              + "; give the chain in order, the key's own certificate first");
    }
    return new OneKeyManager((PrivateKey) LogicalKey.in(device, key), List.of(chain));
  }

  private @Nullable String choose(@Nullable String type, Principal @Nullable [] issuers) {
    return keyType.equals(type) && isFrom(issuers) ? ALIAS : null;
  }

  /** True if one of these issued a part of the chain; none given means any (RFC 8446 §4.2.4). */
  private boolean isFrom(Principal @Nullable [] issuers) {
    return issuers == null
        || issuers.length == 0
        || chain.stream()
            .anyMatch(certificate ->
                Arrays.asList(issuers).contains(certificate.getIssuerX500Principal()));
  }

  @Override
  public @Nullable String chooseServerAlias(
      @Nullable String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(type, issuers);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      @Nullable String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(type, issuers);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String @Nullable [] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return types != null && Arrays.asList(types).contains(keyType)
        ? choose(keyType, issuers)
        : null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String @Nullable [] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return chooseClientAlias(types, issuers, null);
  }

  @Override
  public String @Nullable [] getServerAliases(
      @Nullable String type, Principal @Nullable [] issuers) {
    String alias = choose(type, issuers);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getClientAliases(
      @Nullable String type, Principal @Nullable [] issuers) {
    return getServerAliases(type, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    return ALIAS.equals(alias) ? chain.toArray(X509Certificate[]::new) : null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    return ALIAS.equals(alias) ? key : null;
  }
}
