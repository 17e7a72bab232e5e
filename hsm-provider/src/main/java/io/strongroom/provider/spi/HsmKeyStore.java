package io.strongroom.provider.spi;

import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.UnrecoverableEntryException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token keys of the HSM by label. Nothing is cached: every call asks the HSM, so that the store
 * shows what other processes do. Strongroom's own keys are not in it. There are no certificates.
 */
final class HsmKeyStore extends KeyStoreSpi {

  private final Device device;

  HsmKeyStore(Device device) {
    this.device = device;
  }

  @Override
  public void engineLoad(@Nullable InputStream stream, char @Nullable [] password)
      throws IOException {
    if (stream != null) {
      throw new IOException("a key store HSM is in the HSM, not in a file; call load(null, null)");
    }
    if (password != null && password.length > 0) {
      throw new IOException(
          "the PIN comes from the pin-source of the URL that the provider was configured with, and"
              + " the one given here cannot be checked; call load(null, null)");
    }
  }

  @Override
  public void engineStore(@Nullable OutputStream stream, char @Nullable [] password)
      throws IOException {
    if (stream != null) {
      throw new IOException(
          "keys do not leave the HSM, and the store is kept there; nothing to do");
    }
  }

  private @Nullable KeyInfo find(String alias) {
    if (Device.isReserved(alias)) {
      return null;
    }
    return JcaExceptions.unchecked(() -> {
      try {
        KeyInfo info = device.hsm().key(alias);
        return info.session() ? null : info;
      } catch (HsmException.KeyNotFound | HsmException.BadInput e) {
        return null;
      }
    });
  }

  private List<String> labels() {
    return JcaExceptions.unchecked(() ->
        device.hsm().keys().stream()
            .filter(info -> !info.session())
            .map(KeyInfo::label)
            .filter(label -> !Device.isReserved(label))
            .toList());
  }

  /** The password is not looked at: what guards the key is the login to the HSM. */
  @Override
  public @Nullable Key engineGetKey(String alias, char @Nullable [] password) {
    KeyInfo info = find(alias);
    return info == null ? null : LogicalKey.of(device, info);
  }

  @Override
  public KeyStore.@Nullable Entry engineGetEntry(
      String alias, KeyStore.@Nullable ProtectionParameter protection)
      throws KeyStoreException, UnrecoverableEntryException {
    Key key = engineGetKey(alias, null);
    return switch (key) {
      case null -> null;
      case HsmSecretKey secret -> new KeyStore.SecretKeyEntry(secret);
      default ->
          throw new UnrecoverableKeyException(
              "private key \""
                  + alias
                  + "\" has no certificate, and a PrivateKeyEntry needs one;"
                  + " use getKey");
    };
  }

  @Override
  public boolean engineEntryInstanceOf(String alias, Class<? extends KeyStore.Entry> type) {
    KeyInfo info = find(alias);
    return info != null
        && (info.type().isSecret()
            ? type == KeyStore.SecretKeyEntry.class
            : type == KeyStore.PrivateKeyEntry.class);
  }

  @Override
  public Certificate @Nullable [] engineGetCertificateChain(String alias) {
    return null;
  }

  @Override
  public @Nullable Certificate engineGetCertificate(String alias) {
    return null;
  }

  /** Null: a device does not say when a key was made. */
  @Override
  public @Nullable Date engineGetCreationDate(String alias) {
    return null;
  }

  @Override
  public void engineSetKeyEntry(
      String alias, @Nullable Key key, char @Nullable [] password, Certificate @Nullable [] chain)
      throws KeyStoreException {
    if (!(key instanceof LogicalKey ours)) {
      throw new KeyStoreException(
          "a key in software cannot be put into the HSM in clear; make it there with a generator of"
              + " this provider, or bring it in wrapped with Hsm.unwrap");
    }
    if (find(alias) != null) {
      throw new KeyStoreException(
          "there is a key \""
              + alias
              + "\" in "
              + device
              + " already, and it is never overwritten;"
              + " choose another alias, or deleteEntry first");
    }
    throw new KeyStoreException(
        ours
            + " is in an HSM already and cannot get the alias \""
            + alias
            + "\"; give the label when it is made: HsmKeySpec.token(\""
            + alias
            + "\")");
  }

  @Override
  public void engineSetKeyEntry(String alias, byte[] key, Certificate @Nullable [] chain)
      throws KeyStoreException {
    throw new KeyStoreException(
        "an encoded key cannot be put into the HSM in clear; bring it in wrapped with Hsm.unwrap");
  }

  @Override
  public void engineSetCertificateEntry(String alias, Certificate certificate)
      throws KeyStoreException {
    throw new KeyStoreException(
        "a key store HSM has no certificates; keep \"" + alias + "\" in a PKCS12 key store");
  }

  @Override
  public void engineDeleteEntry(String alias) throws KeyStoreException {
    if (Device.isReserved(alias)) {
      throw new KeyStoreException(
          "key \"" + alias + "\" is one of Strongroom's own and is not deleted through the JCA");
    }
    KeyInfo info = find(alias);
    if (info == null) {
      throw new KeyStoreException(
          "there is no key \""
              + alias
              + "\" in "
              + device
              + "; check the alias, labels are case"
              + " sensitive");
    }
    JcaExceptions.keyStore(() -> device.hsm().destroy(info.id()));
  }

  @Override
  public Enumeration<String> engineAliases() {
    return Collections.enumeration(labels());
  }

  @Override
  public boolean engineContainsAlias(String alias) {
    return find(alias) != null;
  }

  @Override
  public int engineSize() {
    return labels().size();
  }

  @Override
  public boolean engineIsKeyEntry(String alias) {
    return find(alias) != null;
  }

  @Override
  public boolean engineIsCertificateEntry(String alias) {
    return false;
  }

  @Override
  public @Nullable String engineGetCertificateAlias(Certificate certificate) {
    return null;
  }
}
