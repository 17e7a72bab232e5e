package io.strongroom.hsm.pkcs11;

import io.strongroom.hsm.CertificateFilter;
import io.strongroom.hsm.CipherAlgorithm;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmCertificate;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.HsmInfo;
import io.strongroom.hsm.HsmLoad;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WorkLog;
import io.strongroom.hsm.WrapAlgorithm;
import io.strongroom.hsm.token.SharedToken;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** One token as an {@link Hsm}. */
final class Pkcs11Hsm implements Hsm, SharedToken {
  private static final int MAX_RANDOM_BYTES = 65_536;

  private final SessionPool pool;
  private final Capabilities capabilities;
  private final KeyMaker maker;
  private final KeyOpener opener;
  private final KeyWrapper wrapper;
  private final KeyDeriver deriver;
  private final Ciphers ciphers;
  private final Signers signers;
  private final CheckValues checkValues;

  private final Reservations reservations;

  Pkcs11Hsm(SessionPool pool, Capabilities capabilities) {
    this.pool = pool;
    this.reservations = new Reservations(pool.deadline());
    this.capabilities = capabilities;
    this.maker = new KeyMaker(capabilities);
    this.opener = new KeyOpener(capabilities, maker);
    this.wrapper = new KeyWrapper(capabilities);
    this.deriver = new KeyDeriver(capabilities, maker);
    this.ciphers = new Ciphers(capabilities);
    this.signers = new Signers(capabilities);
    this.checkValues = new CheckValues(capabilities);
  }

  @Override
  public HsmInfo info() {
    TokenSlot slot = pool.slot();
    return new HsmInfo(
        slot.label(),
        slot.serial(),
        slot.manufacturer(),
        slot.model(),
        slot.firmware(),
        capabilities.mechanisms());
  }

  @Override
  public HsmLoad load() {
    return pool.load();
  }

  @Override
  public List<KeyInfo> keys() {
    return pool.run(() -> "list keys", KeyDirectory::all);
  }

  @Override
  public KeyInfo key(KeyId id) {
    return pool.run(() -> "look up key " + id, session -> KeyDirectory.lookUp(session, id).info());
  }

  @Override
  public KeyInfo key(String label) {
    return pool.run(
        () -> "look up key \"" + label + "\"",
        session -> KeyDirectory.lookUp(session, label).info());
  }

  @Override
  public KeyInfo create(KeySpec spec) {
    return reservations.holding(
        spec,
        () ->
            pool.run(
                () -> "create key \"" + spec.label() + "\" (" + spec.type() + ")",
                session -> maker.create(session, spec)));
  }

  @Override
  public KeyInfo unwrap(
      KeyId unwrappingKey, WrapAlgorithm algorithm, byte[] wrapped, KeySpec target) {
    return reservations.holding(
        target,
        () ->
            pool.run(
                () -> "unwrap key \"" + target.label() + "\" (" + target.type() + ")",
                session ->
                    KeyDirectory.using(
                        session,
                        unwrappingKey,
                        key -> opener.unwrap(session, key, algorithm, wrapped, target))));
  }

  @Override
  public byte[] wrap(KeyId wrappingKey, WrapAlgorithm algorithm, KeyId target) {
    return pool.run(
        () -> "wrap key " + target + " under key " + wrappingKey,
        session ->
            KeyDirectory.using(
                session,
                wrappingKey,
                key ->
                    KeyDirectory.using(
                        session, target, kept -> wrapper.wrap(session, key, algorithm, kept))));
  }

  @Override
  public KeyInfo derive(KeyId id, DeriveAlgorithm algorithm, KeySpec target) {
    return reservations.holding(
        target,
        () ->
            withKey(
                () -> "derive key \"" + target.label() + "\" (" + target.type() + ") from",
                id,
                (session, key) -> deriver.derive(session, key, algorithm, target)));
  }

  @Override
  public void destroy(KeyId id) {
    pool.run(() -> "destroy key " + id, new Destruction(id));
  }

  @Override
  public KeyInfo keep(KeyId sessionKey, String label) {
    KeySpec.requireLabel(label);
    return reservations.holding(
        sessionKey,
        label,
        () ->
            pool.run(
                () -> "keep key " + sessionKey + " as \"" + label + "\"",
                session -> TokenCopies.keep(session, sessionKey, label)));
  }

  @Override
  public List<HsmCertificate> certificates(CertificateFilter filter) {
    return pool.run(() -> "list certificates", session -> Certificates.list(session, filter));
  }

  @Override
  public void storeCertificate(HsmCertificate certificate) {
    changing(() -> "store", certificate, Certificates::store);
  }

  @Override
  public void replaceCertificate(HsmCertificate certificate) {
    changing(() -> "replace", certificate, Certificates::replace);
  }

  @Override
  public void deleteCertificate(HsmCertificate certificate) {
    changing(() -> "delete", certificate, Certificates::delete);
  }

  private void changing(
      Supplier<String> what,
      HsmCertificate certificate,
      BiConsumer<Session, HsmCertificate> change) {
    reservations.holding(
        certificate.id(),
        certificate.label(),
        () ->
            pool.run(
                () -> what.get() + " " + certificate,
                session -> {
                  change.accept(session, certificate);
                  return certificate;
                }));
  }

  @Override
  public byte[] checkValue(KeyId id) {
    return withKey(() -> "compute the check value of", id, checkValues::of);
  }

  @Override
  public Encrypted encrypt(KeyId id, CipherAlgorithm algorithm, byte[] plaintext) {
    return withHotKey(
        () -> "encrypt with",
        id,
        (session, key) -> ciphers.encrypt(session, key, algorithm, plaintext));
  }

  @Override
  public byte[] decrypt(KeyId id, CipherAlgorithm algorithm, byte[] ciphertext) {
    return withHotKey(
        () -> "decrypt with",
        id,
        (session, key) -> ciphers.decrypt(session, key, algorithm, ciphertext));
  }

  @Override
  public byte[] sign(KeyId id, SignatureAlgorithm algorithm, byte[] input) {
    return withHotKey(
        () -> "sign with", id, (session, key) -> signers.sign(session, key, algorithm, input));
  }

  @Override
  public boolean verify(KeyId id, SignatureAlgorithm algorithm, byte[] input, byte[] signature) {
    return withKey(
        () -> "verify with",
        id,
        (session, key) -> signers.verify(session, key, algorithm, input, signature));
  }

  @Override
  public byte[] mac(KeyId id, MacAlgorithm algorithm, byte[] message) {
    return withHotKey(
        () -> "compute a MAC with",
        id,
        (session, key) -> signers.mac(session, key, algorithm, message));
  }

  @Override
  public byte[] random(int bytes) {
    if (bytes < 0 || bytes > MAX_RANDOM_BYTES) {
      throw new HsmException.BadInput(
          "random gives 0 to " + MAX_RANDOM_BYTES + " bytes at once, not " + bytes);
    }
    return pool.run(
        () -> "make random bytes", session -> bytes == 0 ? new byte[0] : session.random(bytes));
  }

  @Override
  public List<ExportAttempt> attemptExport(KeyId id) {
    return withKey(
        () -> "attempt to export",
        id,
        (session, key) -> ExportProbe.tryAll(capabilities, session, key));
  }

  @Override
  public boolean isShared() {
    return pool.isShared();
  }

  @Override
  public Place place() {
    return pool.place();
  }

  @Override
  public void admit(Guest guest) {
    pool.admit(guest);
  }

  @Override
  public void close() {
    try {
      maker.finish(pool);
    } finally {
      pool.close();
    }
  }

  private void note() {
    WorkLog log = WorkLog.current();
    if (log != null) {
      log.did(pool.slot().label());
    }
  }

  private interface KeyWork<T> {
    T in(Session session, KeyEntry key);
  }

  private <T> T withHotKey(Supplier<String> what, KeyId id, KeyWork<T> work) {
    note();
    return pool.run(
        () -> what.get() + " key " + id,
        session -> session.generation().hotKeys().using(session, id, key -> work.in(session, key)));
  }

  private <T> T withKey(Supplier<String> what, KeyId id, KeyWork<T> work) {
    note();
    return pool.run(
        () -> what.get() + " key " + id,
        session -> KeyDirectory.using(session, id, key -> work.in(session, key)));
  }
}
