package io.strongroom.provider;

import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.provider.spi.Device;
import io.strongroom.provider.spi.OneKeyManager;
import io.strongroom.provider.spi.Services;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The JCA provider {@code Strongroom}: the algorithms of any {@link Hsm}, one token or a cluster,
 * under their standard names. {@code FEATURES.md} lists every service, {@code DIFFERENCES.md} every
 * behaviour in which it differs from SunPKCS11.
 *
 * <pre>{@code
 * try (HsmProvider provider = new HsmProvider().configure("pkcs11:token=payments?…")) {
 *   KeyStore keys = KeyStore.getInstance("HSM", provider);
 *   keys.load(null, null);
 *   Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
 *   cipher.init(Cipher.ENCRYPT_MODE, keys.getKey("payments", null));
 * }
 * }</pre>
 *
 * <p>It can be named in {@code java.security} as well: {@code security.provider.13=Strongroom
 * pkcs11:token=…}. Put it behind the JDK's own providers, so that keys in software, TLS and random
 * numbers stay with those; keys in the HSM find this provider by themselves.
 *
 * <p>Which services there are depends on the device's mechanisms, read when the provider is
 * configured. A provider that is not configured has none. Services take only keys of this provider;
 * public keys are the JDK's own, and work with them is left to the JDK. A cluster keeps token keys
 * only: over a {@code cluster:} URL a generator needs {@link HsmKeySpec#token}.
 *
 * <p>Keeps no state of its own and is safe for use by many threads; the engines it makes are, like
 * all engines of the JCA, for one thread at a time.
 */
public final class HsmProvider extends Provider implements AutoCloseable {

  /** The provider's name: {@code Strongroom}. */
  public static final String NAME = "Strongroom";

  private static final long serialVersionUID = 1L;
  private static final String VERSION = "0.1";
  private static final String RANDOM = "SecureRandom";

  private final transient @Nullable Device device;
  private final transient boolean ownsHsm;
  private final transient @Nullable Service random;

  /** A provider without an HSM and so without services; {@link #configure} makes one with. */
  public HsmProvider() {
    super(
        NAME, VERSION, "Strongroom, not configured: call configure(\"pkcs11:…\" or \"cluster:…\")");
    this.device = null;
    this.ownsHsm = false;
    this.random = null;
  }

  private HsmProvider(Hsm hsm, HsmInfo info, boolean ownsHsm) {
    super(NAME, VERSION, "Strongroom over the HSM \"" + info.label() + "\"");
    this.device = new Device(hsm, info.label(), HsmKeySpec::request, HsmKeySpec::of);
    this.ownsHsm = ownsHsm;
    List<Service> services = Services.of(this, device, info);
    services.stream().filter(service -> !isRandom(service)).forEach(this::putService);
    // What is put becomes new SecureRandom() of the whole JVM where this provider is the first.
    this.random = services.stream().filter(HsmProvider::isRandom).findFirst().orElse(null);
  }

  private static boolean isRandom(Service service) {
    return service.getType().equals(RANDOM);
  }

  /** As every provider's; random numbers come from the HSM only when asked for as {@code HSM}. */
  @Override
  public @Nullable Service getService(String type, String algorithm) {
    return random != null
            && random.getType().equalsIgnoreCase(type)
            && random.getAlgorithm().equalsIgnoreCase(algorithm)
        ? random
        : super.getService(type, algorithm);
  }

  /** All services, that of random numbers too. */
  @Override
  public Set<Service> getServices() {
    Set<Service> all = new LinkedHashSet<>(super.getServices());
    if (random != null) {
      all.add(random);
    }
    return Collections.unmodifiableSet(all);
  }

  /**
   * A provider over an HSM that is open already and stays the caller's: closing the provider does
   * not close it.
   *
   * @throws ProviderException if the HSM does not answer
   */
  public static HsmProvider over(Hsm hsm) {
    try {
      return new HsmProvider(hsm, hsm.info(), false);
    } catch (HsmException e) {
      throw new ProviderException(e.text(), e);
    }
  }

  /**
   * Opens the HSM that a URL names and returns a new provider over it, which owns it. This provider
   * is not changed.
   *
   * @param url {@code pkcs11:…} (RFC 7512) or {@code cluster:<path of cluster.yaml>}
   * @throws InvalidParameterException if the URL is malformed or no driver has its scheme
   * @throws ProviderException if the device refuses the PIN or cannot be reached
   */
  @Override
  public HsmProvider configure(String url) {
    Hsm hsm;
    try {
      hsm = Hsm.open(url);
    } catch (HsmException.BadInput e) {
      // The JDK drops a provider of java.security without a word when configure fails so.
      System.getLogger(HsmProvider.class.getName())
          .log(System.Logger.Level.WARNING, "event=configure_refused reason=\"{0}\"", e.text());
      throw new InvalidParameterException(e.text(), e);
    } catch (HsmException e) {
      throw new ProviderException(e.text(), e);
    }
    try {
      return new HsmProvider(hsm, hsm.info(), true);
    } catch (HsmException e) {
      hsm.close();
      throw new ProviderException(e.text(), e);
    }
  }

  /** True once there is an HSM behind this provider. */
  @Override
  public boolean isConfigured() {
    return device != null;
  }

  /**
   * The key with this id, as a {@code SecretKey} or {@code PrivateKey}. By label, ask the key store
   * {@code HSM}. A session key that was given no label is destroyed once the provider that made it
   * has no object of it left.
   *
   * @throws InvalidKeyException if there is none, or it is one of Strongroom's own
   * @throws ProviderException if the HSM does not answer
   * @throws IllegalStateException if this provider is not configured
   */
  public Key key(KeyId id) throws InvalidKeyException {
    return configured().key(id);
  }

  /**
   * What the HSM says of a key of this provider: id, label, type, usages, where it is.
   *
   * @throws InvalidKeyException if the key is not one of this provider's, or is gone
   * @throws ProviderException if the HSM does not answer
   * @throws IllegalStateException if this provider is not configured
   */
  public KeyInfo describe(Key key) throws InvalidKeyException {
    return configured().describe(key);
  }

  /**
   * A key manager for TLS that shows this one key with this chain: for {@code SSLContext.init},
   * Netty's {@code SslContextBuilder.forServer} and Vert.x's {@code KeyCertOptions.wrap}. It is for
   * chains that are kept outside the HSM, in files that are renewed; for chains in the key store
   * {@code HSM} use a {@code KeyManagerFactory}. Immutable and safe for use by many threads.
   *
   * @param key a private key of this provider
   * @param chain its certificate first, then those that lead to a root
   * @throws InvalidKeyException if the key is not a private key of this provider, is gone, or is
   *     not the one that the first certificate is for
   * @throws ProviderException if the HSM does not answer
   * @throws IllegalStateException if this provider is not configured
   */
  public X509ExtendedKeyManager keyManager(PrivateKey key, X509Certificate... chain)
      throws InvalidKeyException {
    return OneKeyManager.of(configured(), key, chain);
  }

  /**
   * Closes the HSM if this provider opened it; every later use of the provider and its keys fails
   * with a {@link ProviderException}. Take it out of {@code java.security.Security} first.
   * Idempotent.
   */
  @Override
  public void close() {
    if (device != null && ownsHsm) {
      device.hsm().close();
    }
  }

  private Device configured() {
    if (device == null) {
      throw new IllegalStateException(
          "provider Strongroom has no HSM; use what configure(\"pkcs11:…\" or \"cluster:…\") returns");
    }
    return device;
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException(
        "a provider is a connection to an HSM; configure one where it is needed");
  }
}
