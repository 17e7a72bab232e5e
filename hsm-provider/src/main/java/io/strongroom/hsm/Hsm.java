package io.strongroom.hsm;

import java.util.List;

/**
 * Keys in hardware, and the operations on them: the one interface that everything in Strongroom
 * stands on. A URL opens one, and nothing above it knows whether one token or a cluster answers.
 *
 * <p>Keys are named by {@link KeyId} (stored as {@code CKA_ID}) and by a unique label ({@code
 * CKA_LABEL}); PKCS#11 handles never leave the implementation, so a key object stays good through a
 * lost session, a new login, a reset or a failover.
 *
 * <p>Every operation is one shot: a function of key, algorithm and input that keeps no state in the
 * device. Inputs and outputs are plain byte arrays; no key material ever is. Arrays that are passed
 * in are neither kept nor changed; arrays that are returned belong to the caller.
 *
 * <p>Implementations are safe for use by many threads. A call may block until the deadline that the
 * URL sets. Every method may throw {@link HsmException.DeviceUnavailable}, {@link
 * HsmException.DeadlineExceeded}, {@link HsmException.AccessDenied} and {@link
 * HsmException.Throttled}, and {@link IllegalStateException} once closed; further exceptions are
 * listed with each method.
 */
public interface Hsm extends AutoCloseable {

  /**
   * Opens the HSM that a URL names, with the driver for its scheme.
   *
   * @param url {@code pkcs11:…} (RFC 7512) or {@code cluster:<path of cluster.yaml>}
   * @throws HsmException.BadInput if no driver has that scheme or the URL is malformed; the message
   *     never repeats the URL's query
   */
  static Hsm open(String url) {
    return HsmDriver.forUrl(url).open(url);
  }

  /** What this HSM is and which mechanisms it has. For a cluster: those that every node has. */
  HsmInfo info();

  /**
   * Where keys can be, as {@link KeyInfo#locations} names it: the token's label, or the names of
   * all nodes of a cluster, those that do not answer now among them.
   */
  default List<String> locations() {
    return List.of(info().label());
  }

  /**
   * This HSM as far as one of its locations: keys are looked for and used there and nowhere else,
   * so that each token can be asked to show what it holds. It is this HSM itself where that is one
   * token. It lives as long as this HSM, whether it is closed or not.
   *
   * @param location one of {@link #locations}
   * @throws HsmException.BadInput if there is no such location
   */
  default Hsm at(String location) {
    if (!locations().contains(location)) {
      throw new HsmException.BadInput(
          "there is no \"%s\" here; there are %s".formatted(location, locations()));
    }
    return this;
  }

  /**
   * How busy the device is. Never asks the device, never blocks, and can be asked while it hangs.
   *
   * @return {@link HsmLoad#UNKNOWN} from an HSM that is not one device
   */
  default HsmLoad load() {
    return HsmLoad.UNKNOWN;
  }

  /**
   * All keys that can be named: those with an id and a label, token keys and this process's session
   * keys; a key pair is one entry.
   */
  List<KeyInfo> keys();

  /**
   * The key with this id.
   *
   * @throws HsmException.KeyNotFound if there is none
   */
  KeyInfo key(KeyId id);

  /**
   * The key with this label.
   *
   * @throws HsmException.KeyNotFound if there is none
   */
  KeyInfo key(String label);

  /**
   * Generates a key (or key pair) in the device and reads its attributes back.
   *
   * <p>The spec carries the id, so that a repeat is safe: where a key with this id and the same
   * label, type and usages already exists, that key is returned and none is made.
   *
   * @throws HsmException.KeyExists if another key has the label, or this id belongs to a different
   *     kind of key
   * @throws HsmException.UnsupportedMechanism if the device cannot generate such keys
   * @throws HsmException.DeviceUnavailable if the device did not honour the protection asked for;
   *     the object is destroyed again
   */
  KeyInfo create(KeySpec spec);

  /**
   * Opens wrapped key material inside the device, as a new key.
   *
   * <p>Only material whose length is exactly what {@code target.type()} says is accepted; the key
   * is destroyed again otherwise. A repeat with the same id finds the first call's key, as with
   * {@link #create}.
   *
   * @throws HsmException.KeyNotFound if there is no such unwrapping key
   * @throws HsmException.BadInput if the material has another length than the type
   * @throws HsmException.AuthenticationFailed if the wrapped bytes do not open under that key
   * @throws HsmException.KeyExists as for {@link #create}
   * @throws HsmException.UnsupportedMechanism if the device cannot unwrap so
   */
  KeyInfo unwrap(KeyId unwrappingKey, WrapAlgorithm algorithm, byte[] wrapped, KeySpec target);

  /**
   * Wraps a key that may leave in wrapped form.
   *
   * @throws HsmException.KeyNotFound if either key does not exist
   * @throws HsmException.AccessDenied if the target may not leave, or not under this key
   * @throws HsmException.UnsupportedMechanism if the device cannot wrap so
   */
  byte[] wrap(KeyId wrappingKey, WrapAlgorithm algorithm, KeyId target);

  /**
   * Derives a secret key inside the device from one that is there, as a new key that is protected
   * like every other; neither the key nor a shared secret comes out.
   *
   * <p>A repeat with the same id finds the first call's key, as with {@link #create}: the id stands
   * for the peer, salt and info too.
   *
   * @param key the private key ({@link DeriveAlgorithm.Ecdh}) or the generic secret ({@link
   *     DeriveAlgorithm.Hkdf}) to derive from; it has the usage {@code DERIVE}
   * @param target what the new key is to be: AES or a generic secret, no longer than what the
   *     algorithm gives. Of a shared secret that is longer, the target is the last bytes
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.BadInput if the key is of another kind or curve than the algorithm takes
   *     or lacks the usage, or the target is no secret key or longer than what there is
   * @throws HsmException.KeyExists as for {@link #create}
   * @throws HsmException.UnsupportedMechanism if the device cannot derive so
   * @throws HsmException.DeviceUnavailable as for {@link #create}
   */
  KeyInfo derive(KeyId key, DeriveAlgorithm algorithm, KeySpec target);

  /**
   * Destroys a key; both halves of a pair.
   *
   * @throws HsmException.KeyNotFound if there is none
   */
  void destroy(KeyId id);

  /**
   * The key check value, 3 bytes, computed by using the key: AES-ECB of a zero block for AES keys
   * that may encrypt, AES-KWP of a zero 256-bit key for those that may only wrap, HMAC-SHA-256 of
   * nothing for other secrets (for those of 28 to 31 bytes HMAC-SHA-224 and of 20 to 27 bytes
   * HMAC-SHA-1, since devices may refuse a digest longer than the key), and the first bytes of
   * SHA-256 over the {@code SubjectPublicKeyInfo} for key pairs.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.BadInput if the key's usages allow none of these
   */
  byte[] checkValue(KeyId id);

  /**
   * Encrypts with a secret key or with the public half of a pair.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.BadInput if the input's size does not suit the algorithm, or the key's
   *     type or usages do not
   * @throws HsmException.UnsupportedMechanism if the device lacks the algorithm
   */
  Encrypted encrypt(KeyId key, CipherAlgorithm algorithm, byte[] plaintext);

  /**
   * Decrypts with a secret or private key. For GCM, CBC and CTR the algorithm carries the IV.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.AuthenticationFailed if the tag or the padding does not verify
   * @throws HsmException.BadInput as for {@link #encrypt}
   * @throws HsmException.UnsupportedMechanism if the device lacks the algorithm
   */
  byte[] decrypt(KeyId key, CipherAlgorithm algorithm, byte[] ciphertext);

  /**
   * Signs with a private key.
   *
   * @param input what {@link SignatureAlgorithm} says for the algorithm: a digest, in most cases
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.BadInput as for {@link #encrypt}
   * @throws HsmException.UnsupportedMechanism if the device lacks the algorithm
   */
  byte[] sign(KeyId key, SignatureAlgorithm algorithm, byte[] input);

  /**
   * Verifies a signature with the public half of a pair; {@code false} for one that does not fit,
   * whatever its length.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.UnsupportedMechanism if the device lacks the algorithm
   */
  boolean verify(KeyId key, SignatureAlgorithm algorithm, byte[] input, byte[] signature);

  /**
   * Computes a message authentication code.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.BadInput as for {@link #encrypt}
   * @throws HsmException.UnsupportedMechanism if the device lacks the algorithm
   */
  byte[] mac(KeyId key, MacAlgorithm algorithm, byte[] message);

  /** Bytes from the device's random source, 0 to 65,536 of them. */
  byte[] random(int bytes);

  /**
   * Tries every way known to make the device give the key up — reading its value, wrapping it under
   * a fresh key, copying it as extractable, clearing its protection — and reports what it answered.
   * Anything that did get through is destroyed at once and reported as not refused.
   *
   * @throws HsmException.KeyNotFound if there is no such key
   */
  List<ExportAttempt> attemptExport(KeyId id);

  /**
   * Turns a session key into a token key: same id, type, usages and protection, another label. Both
   * halves of a pair go together, and the session key's objects are destroyed. When it fails
   * nothing is left of the token key, and the session key is as it was.
   *
   * @return the token key; for a token key that has this label already, that key
   * @throws HsmException.KeyNotFound if there is no such key
   * @throws HsmException.KeyExists if another key has the label, or this one is a token key with
   *     another label
   * @throws HsmException.BadInput if the label is not one
   * @throws HsmException.AccessDenied if the key may not be copied
   * @throws HsmException.UnsupportedMechanism for a cluster, whose keys are token keys from birth
   */
  KeyInfo keep(KeyId sessionKey, String label);

  /**
   * The X.509 certificates that the device keeps; what cannot be read as one is left out. A cluster
   * keeps none.
   */
  List<HsmCertificate> certificates(CertificateFilter filter);

  /** All X.509 certificates that the device keeps. */
  default List<HsmCertificate> certificates() {
    return certificates(new CertificateFilter.All());
  }

  /**
   * Stores a certificate and reads it back. A repeat finds the first call's certificate. Storing
   * one for an id that has another already is refused: {@link #replaceCertificate} does that.
   *
   * @throws HsmException.KeyExists if the id has another certificate; if it is to be a trust anchor
   *     and another key or anchor has the label
   * @throws HsmException.BadInput if the certificate is longer than {@link
   *     HsmCertificate#MAX_BYTES}, or its label is not one of {@link KeySpec}'s
   * @throws HsmException.DeviceUnavailable if the device kept something else; it is removed again
   * @throws HsmException.UnsupportedMechanism for a cluster
   */
  void storeCertificate(HsmCertificate certificate);

  /**
   * Stores a certificate in place of those that its id has: first the new one, then the others are
   * removed. A repeat after a failure in between completes it.
   *
   * @throws HsmException as for {@link #storeCertificate}, but for the id
   */
  void replaceCertificate(HsmCertificate certificate);

  /**
   * Deletes a certificate: the one with this id, label and encoding.
   *
   * @throws HsmException.KeyNotFound if there is none
   * @throws HsmException.UnsupportedMechanism for a cluster
   */
  void deleteCertificate(HsmCertificate certificate);

  /** Ends the sessions of this instance; session keys made through it are gone. Idempotent. */
  @Override
  void close();
}
