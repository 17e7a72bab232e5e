package io.strongroom.custody.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedRecordTest {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW.plusMillis(123), ZoneOffset.UTC);

  private final KeyPair ann = pair("EC");
  private final SignedRecord record =
      new CeremonyRecord("7d7f4a3e-0000-4000-8000-000000000001", "import")
          .time(NOW.minusSeconds(600), NOW)
          .scheme(new Scheme.Components(2))
          .put("location", "Zürich, \"vault\" 3")
          .custodians(
              List.of(
                  new CeremonyRecord.Turn(
                      "Ann", new Part(1, "A1B2C3", null), NOW.minusSeconds(500), NOW, 2)))
          .unsigned();

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void verify_signedByAnOfficer_isGoodAlsoAfterReadingItBack(String algorithm) {
    KeyPair pair = pair(algorithm);
    SignedRecord signed = record.signedBy(officer("Ann", pair), CLOCK);
    List<SignedRecord.Verdict> verdicts =
        SignedRecord.parse(signed.toJson()).verify(List.of(pair.getPublic()));
    assertThat(verdicts).hasSize(1);
    assertThat(verdicts.getFirst().signer()).isEqualTo("Ann");
    assertThat(verdicts.getFirst().signed()).isEqualTo(NOW);
    assertThat(verdicts.getFirst().fits()).isTrue();
    assertThat(verdicts.getFirst().trusted()).isTrue();
    assertThat(signed.hash()).isEqualTo(record.hash());
  }

  @Test
  void verify_aSecondSignatureAddedLater_keepsTheFirst() {
    KeyPair bob = pair("Ed25519");
    SignedRecord once = SignedRecord.parse(record.signedBy(officer("Ann", ann), CLOCK).toJson());
    SignedRecord twice = once.signedBy(officer("Bob", bob), CLOCK);
    assertThat(twice.verify(List.of(ann.getPublic(), bob.getPublic())))
        .extracting(SignedRecord.Verdict::signer)
        .containsExactly("Ann", "Bob");
  }

  @Test
  void verify_withoutTheSignersKey_isFittingButNotTrusted() {
    SignedRecord signed = record.signedBy(officer("Ann", ann), CLOCK);
    assertThat(signed.verify(List.of()).getFirst().trusted()).isFalse();
  }

  @Test
  void verify_byAKeyThatHasNotSigned_isRefused() {
    SignedRecord signed = record.signedBy(officer("Ann", ann), CLOCK);
    PublicKey stranger = pair("EC").getPublic();
    assertThatThrownBy(() -> signed.verify(List.of(stranger)))
        .isInstanceOf(CustodyException.AuthenticationFailed.class)
        .hasMessageContaining("has not signed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A1B2C3|A1B2C4",
        "\"attempts\" : 2|\"attempts\" : 1",
        "\"signer\" : \"Ann\"|\"signer\" : \"Bob\"",
        "2026-11-22T09:50:00Z|2026-11-22T09:51:00Z",
        "\"signed\" : \"2026|\"signed\" : \"2027",
        "\"components\" : 2|\"components\" : 2, \"more\" : 1"
      })
  void verify_anythingChanged_isRefused(String change) {
    String json =
        new String(record.signedBy(officer("Ann", ann), CLOCK).toJson(), StandardCharsets.UTF_8);
    String[] fromTo = change.split("\\|", -1);
    String changed = json.replace(fromTo[0], fromTo[1]);
    assertThat(changed).isNotEqualTo(json);
    SignedRecord read = SignedRecord.parse(changed.getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> read.verify(List.of(ann.getPublic())))
        .isInstanceOf(CustodyException.AuthenticationFailed.class)
        .hasMessageContaining("does not fit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"format\":\"strongroom ceremony record 1\"}",
        "{\"format\":\"strongroom ceremony record 1\",\"signatures\":[{}]}",
        "{\"format\":\"strongroom ceremony record 1\",\"signatures\":[1]}",
        "{\"format\":\"strongroom ceremony record 1\",\"format\":\"x\",\"signatures\":[]}",
        "{\"format\":\"strongroom ceremony record 1\",\"signatures\":[]} more"
      })
  void parse_whatIsNoRecord_isRefused(String json) {
    assertThatThrownBy(() -> SignedRecord.parse(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(CustodyException.BadInput.class);
  }

  @Test
  void message_ofARecord_isCanonicalJson() {
    byte[] message =
        RecordSignature.message(
            Map.of("b", 1, "a", List.of("ü", "\"/"), "signatures", List.of("x")), "Ann", NOW);
    assertThat(new String(message, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"record\":{\"a\":[\"ü\",\"\\\"/\"],\"b\":1},"
                + "\"signed\":\"2026-11-22T10:00:00Z\",\"signer\":\"Ann\"}");
  }

  @Test
  void officer_withKeysThatAreNoPair_isRefused() {
    assertThatThrownBy(
            () -> OfficerSigner.of("Ann", pem(ann), pair("EC").getPublic(), PrivateKeyPemTest.NONE))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("no pair");
    assertThatThrownBy(
            () -> OfficerSigner.of("Ann", new byte[5], ann.getPublic(), PrivateKeyPemTest.NONE))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("openssl pkcs8");
  }

  private static OfficerSigner officer(String name, KeyPair pair) {
    return OfficerSigner.of(name, pem(pair), pair.getPublic(), PrivateKeyPemTest.NONE);
  }

  static byte[] pem(KeyPair pair) {
    String body = Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded());
    return ("-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  static KeyPair pair(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
