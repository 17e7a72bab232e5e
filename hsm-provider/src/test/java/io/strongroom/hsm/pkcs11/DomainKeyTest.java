package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.KWP;
import static io.strongroom.hsm.pkcs11.Material.OAEP;
import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SecurityOfficer;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Path;
import java.security.interfaces.RSAPublicKey;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The life of a domain key, from one token into another. */
@ExtendWith(SoftHsmExtension.class)
class DomainKeyTest {
  private SoftHsmToken member;
  private SoftHsmToken joining;
  private Hsm memberHsm;
  private Hsm joiningHsm;
  private KeyInfo domain;

  @BeforeEach
  void open(SoftHsmToken token, @TempDir Path dir) {
    member = token;
    joining = SoftHsmToken.create(dir, "joining").withOwnLibrary();
    memberHsm = Hsm.open(member.url());
    joiningHsm = Hsm.open(joining.url());
    domain = memberHsm.create(domainSpec());
  }

  @AfterEach
  void close() {
    memberHsm.close();
    joiningHsm.close();
  }

  private static KeySpec domainSpec() {
    return KeySpec.of(id(), "strongroom-domain", KeyType.AES_256)
        .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
        .withProtection(Protection.DOMAIN);
  }

  private KeyInfo joinPair() {
    return joiningHsm.create(
        KeySpec.of(id(), "strongroom-join", KeyType.RSA_2048)
            .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));
  }

  /** As in another process: PKCS#11 lets one be officer or user, and copies are independent. */
  private SecurityOfficer officer() {
    return SecurityOfficer.open(member.withOwnLibrary().officerUrl());
  }

  @Test
  void domainKey_wrappedToTrustedKey_opensInAnotherTokenWithTheSameProtection() {
    KeyInfo pair = joinPair();
    KeyId trusted = id();
    try (SecurityOfficer officer = officer()) {
      officer.createTrusted(
          trusted, "joining", (RSAPublicKey) Objects.requireNonNull(pair.publicKey()));
    }
    byte[] wrapped = memberHsm.wrap(trusted, OAEP, domain.id());
    KeyInfo opened = joiningHsm.unwrap(pair.id(), OAEP, wrapped, domainSpec());

    assertThat(opened.protection()).isEqualTo(Protection.DOMAIN);
    assertThat(opened.type()).isEqualTo(KeyType.AES_256);
    assertThat(joiningHsm.checkValue(opened.id())).isEqualTo(memberHsm.checkValue(domain.id()));
    assertThat(joiningHsm.attemptExport(opened.id())).isNotEmpty().allMatch(ExportAttempt::refused);

    try (SecurityOfficer officer = officer()) {
      officer.destroyTrusted(trusted);
    }
    assertThatThrownBy(() -> memberHsm.wrap(trusted, OAEP, domain.id()))
        .isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void domainKey_wrappedToUntrustedKey_accessDenied() {
    KeyInfo own =
        memberHsm.create(
            KeySpec.of(id(), "own", KeyType.RSA_2048).withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP));

    assertThatThrownBy(() -> memberHsm.wrap(own.id(), OAEP, domain.id()))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining("CKR_KEY_NOT_WRAPPABLE");
  }

  @Test
  void domainKey_triedToExport_refusesEachWay() {
    assertThat(memberHsm.attemptExport(domain.id()))
        .allMatch(ExportAttempt::refused)
        .extracting(ExportAttempt::what)
        .contains(
            "C_GetAttributeValue(CKA_VALUE)",
            "C_WrapKey(CKM_AES_KEY_WRAP_PAD, under a fresh key)",
            "C_CopyObject(CKA_EXTRACTABLE=true)",
            "C_SetAttributeValue(CKA_DECRYPT=true)",
            "C_SetAttributeValue(CKA_WRAP_WITH_TRUSTED=false)");
  }

  @Test
  void seal_openedAsExtractable_accessDenied() {
    KeyInfo birth =
        memberHsm.create(
            KeySpec.of(id(), "birth", KeyType.AES_256)
                .withProtection(Protection.LEAVES_WRAPPED)
                .asSession());
    byte[] seal = memberHsm.wrap(domain.id(), KWP, birth.id());
    KeySpec weak =
        KeySpec.of(id(), "weak", KeyType.AES_256).withProtection(Protection.LEAVES_WRAPPED);

    assertThatThrownBy(() -> memberHsm.unwrap(domain.id(), KWP, seal, weak))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining("UNWRAP_TEMPLATE");
  }

  @Test
  void seal_altered_authenticationFailedAndNothingStays() {
    KeyInfo birth =
        memberHsm.create(
            KeySpec.of(id(), "birth", KeyType.AES_256)
                .withProtection(Protection.LEAVES_WRAPPED)
                .asSession());
    byte[] seal = memberHsm.wrap(domain.id(), KWP, birth.id());
    seal[20] ^= 1;
    KeySpec spec = KeySpec.of(id(), "opened", KeyType.AES_256);

    assertThatThrownBy(() -> memberHsm.unwrap(domain.id(), KWP, seal, spec))
        .isInstanceOf(HsmException.AuthenticationFailed.class);
    assertThatThrownBy(() -> memberHsm.key("opened")).isInstanceOf(HsmException.KeyNotFound.class);
  }

  @Test
  void domainKey_askedForWithEncrypt_badInput() {
    KeySpec spec = KeySpec.of(id(), "domain-2", KeyType.AES_256).withProtection(Protection.DOMAIN);

    assertThatThrownBy(() -> memberHsm.create(spec)).isInstanceOf(HsmException.BadInput.class);
  }

  @Test
  void officer_whileUserIsLoggedInInThisProcess_accessDenied() {
    String url = member.officerUrl();

    assertThatThrownBy(() -> SecurityOfficer.open(url))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining("close the other first");
  }

  @Test
  void trustedKey_labelTaken_keyExists() {
    KeyInfo pair = joinPair();
    RSAPublicKey publicKey = (RSAPublicKey) Objects.requireNonNull(pair.publicKey());
    try (SecurityOfficer officer = officer()) {
      officer.createTrusted(id(), "twice", publicKey);

      assertThatThrownBy(() -> officer.createTrusted(id(), "twice", publicKey))
          .isInstanceOf(HsmException.KeyExists.class);
      assertThatThrownBy(() -> officer.destroyTrusted(id()))
          .isInstanceOf(HsmException.KeyNotFound.class);
    }
  }
}
