package io.strongroom.provider.spi;

import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.KeyInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.PrivateKey;
import java.security.UnrecoverableEntryException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token keys of the HSM by label, with their certificates, and its trust anchors. Nothing is
 * cached: every call asks the HSM, so that the store shows what other processes do.
 */
final class HsmKeyStore extends KeyStoreSpi {

  /** What stands for the PIN where a tool insists on a password: the PIN is in the URL's file. */
  private static final String PIN_SOURCE = "pin-source";

  private final Device device;
  private final StoredEntries entries;
  private final EntryWriter writer;

  HsmKeyStore(Device device) {
    this.device = device;
    this.entries = new StoredEntries(device.hsm());
    this.writer = new EntryWriter(device);
  }

  @Override
  public void engineLoad(@Nullable InputStream stream, char @Nullable [] password)
      throws IOException {
    if (stream != null) {
      throw new IOException("a key store HSM is in the HSM, not in a file; call load(null, null)");
    }
    if (password != null
        && password.length > 0
        && !Arrays.equals(password, PIN_SOURCE.toCharArray())) {
      throw new IOException(
          "the PIN comes from the pin-source of the URL that the provider was configured with, and"
              + " the one given here cannot be checked; call load(null, null), and where a tool"
              + " insists on a password give the word \""
              + PIN_SOURCE
              + "\"");
    }
  }

  /** A password is checked as above; a callback is not asked for one. */
  @Override
  public void engineLoad(KeyStore.@Nullable LoadStoreParameter parameter) throws IOException {
    KeyStore.ProtectionParameter protection =
        parameter == null ? null : parameter.getProtectionParameter();
    engineLoad(
        null,
        protection instanceof KeyStore.PasswordProtection password ? password.getPassword() : null);
  }

  @Override
  public void engineStore(@Nullable OutputStream stream, char @Nullable [] password)
      throws IOException {
    if (stream != null) {
      throw new IOException(
          "keys do not leave the HSM, and the store is kept there; nothing to do");
    }
  }

  /** Nothing is left to do: every change was made in the HSM at once. */
  @Override
  public void engineStore(KeyStore.@Nullable LoadStoreParameter parameter) {}

  private @Nullable KeyInfo key(String alias) {
    return JcaExceptions.unchecked(() -> entries.key(alias));
  }

  private @Nullable HsmCertificate anchor(String alias) {
    return JcaExceptions.unchecked(() -> entries.anchor(alias));
  }

  /** The password is not looked at: what guards the key is the login to the HSM. */
  @Override
  public @Nullable Key engineGetKey(String alias, char @Nullable [] password) {
    KeyInfo info = key(alias);
    return info == null ? null : LogicalKey.of(device, info);
  }

  /** The protection is not looked at, as with {@link #engineGetKey}. */
  @Override
  public KeyStore.@Nullable Entry engineGetEntry(
      String alias, KeyStore.@Nullable ProtectionParameter protection)
      throws UnrecoverableEntryException {
    KeyInfo info = key(alias);
    if (info == null) {
      HsmCertificate anchor = anchor(alias);
      return anchor == null ? null : new KeyStore.TrustedCertificateEntry(anchor.certificate());
    }
    LogicalKey key = LogicalKey.of(device, info);
    return switch (key) {
      case HsmSecretKey secret -> new KeyStore.SecretKeyEntry(secret);
      case HsmPrivateKey privateKey -> privateEntry(info, privateKey);
    };
  }

  private KeyStore.PrivateKeyEntry privateEntry(KeyInfo info, PrivateKey key)
      throws UnrecoverableKeyException {
    Certificate[] chain = chain(info);
    if (chain == null) {
      throw new UnrecoverableKeyException(
          "private key \""
              + info.label()
              + "\" has no certificate, and a PrivateKeyEntry needs one; use getKey, or give it a"
              + " certificate with setKeyEntry");
    }
    return new KeyStore.PrivateKeyEntry(key, chain);
  }

  private Certificate @Nullable [] chain(KeyInfo info) {
    if (info.type().isSecret()) {
      return null;
    }
    List<X509Certificate> chain =
        JcaExceptions.unchecked(() -> CertificateChain.of(device.hsm(), info));
    return chain.isEmpty() ? null : chain.toArray(X509Certificate[]::new);
  }

  /** True for private keys without a certificate too, though {@code getEntry} needs one. */
  @Override
  public boolean engineEntryInstanceOf(String alias, Class<? extends KeyStore.Entry> type) {
    KeyInfo info = key(alias);
    if (info == null) {
      return type == KeyStore.TrustedCertificateEntry.class && anchor(alias) != null;
    }
    return info.type().isSecret()
        ? type == KeyStore.SecretKeyEntry.class
        : type == KeyStore.PrivateKeyEntry.class;
  }

  @Override
  public Certificate @Nullable [] engineGetCertificateChain(String alias) {
    KeyInfo info = key(alias);
    return info == null ? null : chain(info);
  }

  @Override
  public @Nullable Certificate engineGetCertificate(String alias) {
    KeyInfo info = key(alias);
    if (info != null) {
      return info.type().isSecret()
          ? null
          : JcaExceptions.unchecked(() -> CertificateChain.leaf(device.hsm(), info));
    }
    HsmCertificate anchor = anchor(alias);
    return anchor == null ? null : anchor.certificate();
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
    writer.setKey(alias, key, chain);
  }

  @Override
  public void engineSetKeyEntry(String alias, byte[] key, Certificate @Nullable [] chain)
      throws KeyStoreException {
    throw new KeyStoreException(
        "an encoded key cannot be put into the HSM in clear; bring it in wrapped with Hsm.unwrap");
  }

  @Override
  public void engineSetCertificateEntry(String alias, @Nullable Certificate certificate)
      throws KeyStoreException {
    writer.setAnchor(alias, certificate);
  }

  /** The protection is not looked at: what guards an entry is the login to the HSM. */
  @Override
  public void engineSetEntry(
      String alias, KeyStore.Entry entry, KeyStore.@Nullable ProtectionParameter protection)
      throws KeyStoreException {
    switch (entry) {
      case KeyStore.PrivateKeyEntry pair ->
          writer.setKey(alias, pair.getPrivateKey(), pair.getCertificateChain());
      case KeyStore.SecretKeyEntry secret -> writer.setKey(alias, secret.getSecretKey(), null);
      case KeyStore.TrustedCertificateEntry anchor ->
          writer.setAnchor(alias, anchor.getTrustedCertificate());
      default ->
          throw new KeyStoreException(
              "an entry of "
                  + entry.getClass().getName()
                  + " cannot be kept; wanted a private key, a secret key or a trusted certificate");
    }
  }

  @Override
  public void engineDeleteEntry(String alias) throws KeyStoreException {
    writer.delete(alias);
  }

  private List<String> aliases() {
    return JcaExceptions.unchecked(entries::aliases);
  }

  @Override
  public Enumeration<String> engineAliases() {
    return Collections.enumeration(aliases());
  }

  @Override
  public boolean engineContainsAlias(String alias) {
    return key(alias) != null || anchor(alias) != null;
  }

  @Override
  public int engineSize() {
    return aliases().size();
  }

  @Override
  public boolean engineIsKeyEntry(String alias) {
    return key(alias) != null;
  }

  @Override
  public boolean engineIsCertificateEntry(String alias) {
    return key(alias) == null && anchor(alias) != null;
  }

  @Override
  public @Nullable String engineGetCertificateAlias(Certificate certificate) {
    return JcaExceptions.unchecked(() -> entries.aliasOf(certificate));
  }
}
