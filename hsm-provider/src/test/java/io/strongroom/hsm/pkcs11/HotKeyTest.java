package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Encrypted;
import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Keys that are used often, and what others do to them meanwhile. */
@ExtendWith(SoftHsmExtension.class)
@Timeout(60)
class HotKeyTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final MacAlgorithm HMAC = new MacAlgorithm.Hmac(Digest.SHA_256);
  private static final AesGcm GCM = AesGcm.withIv(new byte[12], new byte[0]);

  private SoftHsmToken token;
  private Hsm hsm;
  private Library library;
  private Generation neighbour;

  @BeforeEach
  void open(SoftHsmToken fresh) {
    token = fresh;
    hsm = Hsm.open(token.url() + "&x-copies=always");
    Pkcs11Uri uri = Pkcs11Uri.parse(token.url());
    library = Library.open(uri.modulePath(), uri.environment());
    neighbour = new Generation(library.functions(), TokenSlot.find(library, uri), (_, _, _) -> {});
  }

  @AfterEach
  void close() {
    neighbour.close();
    library.close();
    hsm.close();
  }

  private KeyInfo create(String label, KeyType type) {
    return hsm.create(KeySpec.of(id(), label, type));
  }

  private static void useOften(Runnable use) {
    Collections.nCopies((int) HotKey.USES_BEFORE_COPYING + 1, use).forEach(Runnable::run);
  }

  private KeyInfo hotAes() {
    KeyInfo key = create("hot", KeyType.AES_256);
    useOften(() -> hsm.encrypt(key.id(), GCM, new byte[10]));
    assertThat(copies()).hasSize(1);
    return key;
  }

  private List<Long> copies() {
    return neighbour.onControl(s -> s.find(new Template().put(Ck.CKA_LABEL, "strongroom-copy")));
  }

  @Test
  void keys_usedOften_giveTheSameResultsThroughCopies() throws Exception {
    KeyInfo aes = create("aes", KeyType.AES_256);
    KeyInfo secret = create("secret", KeyType.secret(256));
    KeyInfo ec = create("ec", KeyType.EC_P256);
    KeyInfo rsa = create("rsa", KeyType.RSA_2048);
    Encrypted encrypted = hsm.encrypt(aes.id(), GCM, new byte[100]);
    byte[] mac = hsm.mac(secret.id(), HMAC, new byte[100]);
    byte[] signature = hsm.sign(rsa.id(), new SignatureAlgorithm.RsaPkcs1(), new byte[32]);

    useOften(() -> {
      assertThat(hsm.decrypt(aes.id(), GCM, encrypted.bytes())).isEqualTo(new byte[100]);
      assertThat(hsm.mac(secret.id(), HMAC, new byte[100])).isEqualTo(mac);
      assertThat(hsm.sign(rsa.id(), new SignatureAlgorithm.RsaPkcs1(), new byte[32]))
          .isEqualTo(signature);
      hsm.sign(ec.id(), new SignatureAlgorithm.Ecdsa(), new byte[32]);
    });

    assertThat(copies()).hasSize(4);
    Signature verifier = Signature.getInstance("NONEwithECDSAinP1363Format", "SunEC");
    verifier.initVerify(Objects.requireNonNull(ec.publicKey()));
    verifier.update(new byte[32]);
    assertThat(verifier.verify(hsm.sign(ec.id(), new SignatureAlgorithm.Ecdsa(), new byte[32])))
        .isTrue();
    byte[] tampered = encrypted.bytes();
    tampered[0] ^= 1;
    assertThatThrownBy(() -> hsm.decrypt(aes.id(), GCM, tampered))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
  }

  @Test
  void copy_isProtectedAsTheKey_andCanDoNoMoreThanItIsFor() {
    KeyInfo key =
        hsm.create(
            KeySpec.of(id(), "all", KeyType.AES_256)
                .withUsages(KeyUsage.ENCRYPT, KeyUsage.WRAP, KeyUsage.UNWRAP));
    useOften(() -> hsm.encrypt(key.id(), GCM, new byte[10]));

    Attributes copy =
        neighbour.onControl(
            s -> Attributes.read(s, copies(s).getFirst(), SessionCopyAttributes.ALL));

    assertThat(copy.isTrue(Ck.CKA_SENSITIVE)).isTrue();
    assertThat(copy.isTrue(Ck.CKA_PRIVATE)).isTrue();
    assertThat(copy.isTrue(Ck.CKA_ENCRYPT)).isTrue();
    assertThat(
            List.of(Ck.CKA_EXTRACTABLE, Ck.CKA_TOKEN, Ck.CKA_DECRYPT, Ck.CKA_WRAP, Ck.CKA_UNWRAP))
        .allMatch(copy::isFalse);
  }

  private static List<Long> copies(Session session) {
    return session.find(new Template().put(Ck.CKA_LABEL, "strongroom-copy"));
  }

  private static final class SessionCopyAttributes {
    private static final long[] ALL = {
      Ck.CKA_SENSITIVE,
      Ck.CKA_PRIVATE,
      Ck.CKA_EXTRACTABLE,
      Ck.CKA_TOKEN,
      Ck.CKA_ENCRYPT,
      Ck.CKA_DECRYPT,
      Ck.CKA_WRAP,
      Ck.CKA_UNWRAP
    };
  }

  @Test
  void copy_isNoKey() throws Exception {
    KeyInfo key = hotAes();

    assertThat(hsm.keys()).containsExactly(key);
    assertThatThrownBy(() -> hsm.key("strongroom-copy"))
        .isInstanceOf(HsmException.KeyNotFound.class);
    assertThat(hsm.key("hot")).isEqualTo(key);
    assertThat(hsm.attemptExport(key.id())).allMatch(ExportAttempt::refused);
    assertThatThrownBy(() -> create("hot", KeyType.AES_256))
        .isInstanceOf(HsmException.KeyExists.class);
    try (Hsm second = Hsm.open(token.url())) {
      assertThat(second.keys()).containsExactly(key);
    }
    assertThat(Collections.list(sunPkcs11().aliases())).containsExactly("hot");
  }

  private KeyStore sunPkcs11() throws Exception {
    Path config = Files.createTempFile("neighbour", ".cfg");
    try {
      Files.writeString(
          config,
          "name = Neighbour\nlibrary = "
              + token.library()
              + "\nslot = "
              + neighbour.slot().id()
              + "\n");
      Provider sun = Security.getProvider("SunPKCS11").configure(config.toString());
      KeyStore store = KeyStore.getInstance("PKCS11", sun);
      store.load(null, Files.readString(token.userPin()).strip().toCharArray());
      return store;
    } finally {
      Files.delete(config);
    }
  }

  @Test
  void destroy_ofHotKey_destroysTheCopyAtOnce() {
    KeyInfo key = hotAes();

    hsm.destroy(key.id());

    assertThat(copies()).isEmpty();
    assertStopsWithinASecond(key);
  }

  @Test
  void destroy_bySecondInstance_stopsWithinASecond() {
    KeyInfo key = hotAes();
    try (Hsm second = Hsm.open(token.url())) {
      second.destroy(key.id());
    }
    assertStopsWithinASecond(key);
    assertThat(copies()).isEmpty();
  }

  @Test
  void destroy_bySunPkcs11_stopsWithinASecond() throws Exception {
    KeyInfo key = hotAes();
    sunPkcs11().deleteEntry("hot");
    assertStopsWithinASecond(key);
  }

  @Test
  void destroy_byAnotherProcess_stopsWithinASecond(@TempDir Path dir) throws Exception {
    KeyInfo key = hotAes();
    ProcessBuilder tool =
        new ProcessBuilder(
                "pkcs11-tool",
                "--module",
                token.library().toString(),
                "--token-label",
                token.label(),
                "--login",
                "--pin",
                "env:PIN",
                "--delete-object",
                "--type",
                "secrkey",
                "--label",
                "hot")
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("out").toFile());
    tool.environment().put("SOFTHSM2_CONF", token.conf().toString());
    tool.environment().put("PIN", Files.readString(token.userPin()).strip());
    Process process = tool.start();
    while (process.isAlive()) {
      useUntilGone(key);
    }
    assertThat(process.waitFor()).as(Files.readString(dir.resolve("out"))).isZero();
    assertStopsWithinASecond(key);
  }

  private void useUntilGone(KeyInfo key) {
    try {
      hsm.encrypt(key.id(), GCM, new byte[10]);
    } catch (HsmException.KeyNotFound _) {
      Thread.onSpinWait();
    }
  }

  private void assertStopsWithinASecond(KeyInfo key) {
    Runnable use = () -> hsm.encrypt(key.id(), GCM, new byte[10]);
    assertThat(useUntilRefused(HsmException.KeyNotFound.class, use)).isLessThan(SECOND);
  }

  /** Uses a key all the time, as a busy application would: when the last use began that passed. */
  private static Duration useUntilRefused(Class<? extends HsmException> refusal, Runnable use) {
    long fromNanos = System.nanoTime();
    long lastNanos = fromNanos;
    while (true) {
      long begunNanos = System.nanoTime();
      try {
        use.run();
        lastNanos = begunNanos;
      } catch (HsmException e) {
        assertThat(e).isInstanceOf(refusal);
        return Duration.ofNanos(lastNanos - fromNanos);
      }
    }
  }

  @Test
  void usage_takenAwayByAnotherInstanceOfTheLibrary_stopsWithinASecond() throws Exception {
    KeyInfo key = create("hot", KeyType.AES_256);
    Encrypted encrypted = hsm.encrypt(key.id(), GCM, new byte[10]);
    useOften(() -> hsm.decrypt(key.id(), GCM, encrypted.bytes()));
    Pkcs11Uri uri = Pkcs11Uri.parse(token.withOwnLibrary().url());
    try (SessionPool elsewhere =
        new SessionPool(Library.open(uri.modulePath(), uri.environment()), uri)) {
      elsewhere.run(
          () -> "take DECRYPT away",
          s -> {
            Template template = new Template().put(Ck.CKA_DECRYPT, false);
            long handle = KeyDirectory.require(s, key.id()).handle();
            s.functions().setAttributeValue(s.handle(), handle, template.in(s.memory()));
            return handle;
          });
    }
    Runnable use = () -> hsm.decrypt(key.id(), GCM, encrypted.bytes());
    assertThat(useUntilRefused(HsmException.BadInput.class, use)).isLessThan(SECOND);
    assertThatThrownBy(use::run).hasMessageContaining("CKR_KEY_FUNCTION_NOT_PERMITTED");
    assertThat(copies()).isEmpty();
    assertThat(hsm.encrypt(key.id(), GCM, new byte[10]).bytes()).isEqualTo(encrypted.bytes());
  }

  @Test
  void copies_ofDomainAndSessionKeys_areNotMade() {
    KeyInfo session = hsm.create(KeySpec.of(id(), "session", KeyType.AES_256).asSession());
    KeyInfo domain =
        hsm.create(
            KeySpec.of(id(), "strongroom-domain", KeyType.AES_256)
                .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
                .withProtection(Protection.DOMAIN));
    useOften(() -> {
      hsm.encrypt(session.id(), GCM, new byte[10]);
      hsm.checkValue(domain.id());
    });

    assertThat(copies()).isEmpty();
  }

  @Test
  void copies_switchedOff_areNotMade() {
    try (Hsm off = Hsm.open(token.url() + "&x-copies=off")) {
      KeyInfo key = create("hot", KeyType.AES_256);
      useOften(() -> off.encrypt(key.id(), GCM, new byte[10]));
    }
    assertThat(copies()).isEmpty();
  }

  @Test
  void copies_moreThanAllowed_replaceOnlyThoseUnused() {
    long[] nowNanos = {0};
    HotKeys hotKeys = new HotKeys(CopyUse.ALWAYS, 2, () -> nowNanos[0]);
    List<KeyInfo> keys =
        List.of(
            create("a", KeyType.AES_256),
            create("b", KeyType.AES_256),
            create("c", KeyType.AES_256));
    Generation generation =
        new Generation(library.functions(), neighbour.slot(), (_, _, _) -> {}, hotKeys);
    try {
      keys.forEach(key -> useOften(() -> encrypt(generation, key)));
      assertThat(hotKeys.copies()).isEqualTo(2);
      List<Long> before = copies();

      nowNanos[0] += 2 * SECOND.toNanos();
      encrypt(generation, keys.get(1));
      useOften(() -> encrypt(generation, keys.get(2)));

      assertThat(hotKeys.copies()).isEqualTo(2);
      assertThat(copies()).hasSize(2).contains(before.get(1)).doesNotContain(before.get(0));
    } finally {
      generation.close();
    }
  }

  private static void encrypt(Generation generation, KeyInfo key) {
    generation.onControl(session ->
        generation
            .hotKeys()
            .using(
                session,
                key.id(),
                entry ->
                    session.encrypt(
                        NativeMechanism.plain(session.memory(), Ckm.CKM_AES_ECB),
                        entry.kept(),
                        new byte[16],
                        64)));
  }

  @Test
  void copies_measuredFirst_areKeptWhereFaster() {
    try (Hsm auto = Hsm.open(token.url())) {
      KeyInfo key = create("hot", KeyType.secret(256));
      // Enough for a trial that is repeated twice, if the machine was busy.
      for (int i = 0; i < 20_000 && !(i > 100 && copies().size() == 1); i++) {
        auto.mac(key.id(), HMAC, new byte[100]);
      }
      assertThat(copies()).hasSize(1);
    }
  }
}
