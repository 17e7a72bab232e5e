package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.KWP;
import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.WrapAlgorithm;
import java.security.spec.MGF1ParameterSpec;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same on NSS softoken; what is overridden is all that it answers otherwise. */
@DeviceExtension.OnNss
class NssUnwrapTest extends UnwrapTest {
  NssUnwrapTest(DeviceExtension.Url url) {
    super(url);
  }

  /** It has all of them. */
  @Override
  @ParameterizedTest
  @EnumSource(Digest.class)
  void unwrap_withDigest_opensOrNamesIt(Digest digest) throws Exception {
    byte[] raw = Material.random(32);
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        Objects.requireNonNull(material.wrapping().publicKey()),
        new OAEPParameterSpec(
            digest.jcaName(),
            "MGF1",
            new MGF1ParameterSpec(digest.jcaName()),
            PSource.PSpecified.DEFAULT));
    KeyInfo opened =
        hsm.unwrap(
            material.wrapping().id(),
            new WrapAlgorithm.RsaOaep(digest),
            cipher.doFinal(raw),
            KeySpec.of(id(), label(), KeyType.AES_256));

    assertThat(hsm.checkValue(opened.id()))
        .isEqualTo(hsm.checkValue(material.open(raw, label(), KeyType.AES_256).id()));
  }

  @Override
  @Test
  void edwardsKey_wrapped_unsupportedSaysWhy() {
    KeySpec spec = KeySpec.of(id(), label(), KeyType.ED25519);

    assertThatThrownBy(() -> hsm.create(spec))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("CKM_EC_EDWARDS_KEY_PAIR_GEN")
        .hasMessageContaining("CKM_EC_KEY_PAIR_GEN");
  }

  /** It would wrap the key, so this provider does not ask it to give the result out. */
  @Override
  @Test
  void wrap_keyThatNeverLeaves_accessDenied() {
    KeyInfo wrapping = hsm.create(domainLike());
    KeyInfo kept = hsm.create(KeySpec.of(id(), label(), KeyType.AES_256));

    assertThatThrownBy(() -> hsm.wrap(wrapping.id(), KWP, kept.id()))
        .isInstanceOf(HsmException.AccessDenied.class)
        .hasMessageContaining("attemptExport");
  }

  /** It keeps no UNWRAP_TEMPLATE, so it can be no node's token; sealing itself works. */
  @Override
  @Test
  void pair_sealedAndOpenedUnderDomainKey_signsAsBefore() {
    KeySpec domain =
        KeySpec.of(id(), label(), KeyType.AES_256)
            .withUsages(KeyUsage.WRAP, KeyUsage.UNWRAP)
            .withProtection(Protection.DOMAIN);

    assertThatThrownBy(() -> hsm.create(domain))
        .isInstanceOf(HsmException.UnsupportedMechanism.class)
        .hasMessageContaining("CKA_UNWRAP_TEMPLATE");
    assertSealsAndOpens(hsm.create(domainLike()));
  }
}
