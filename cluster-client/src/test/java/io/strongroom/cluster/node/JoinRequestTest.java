package io.strongroom.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Digest;
import io.strongroom.hsm.HsmException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.RSAPublicKey;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinRequestTest {
  private static RSAPublicKey key(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return (RSAPublicKey) generator.generateKeyPair().getPublic();
  }

  @Test
  void fingerprint_isSha256OfTheSubjectPublicKeyInfoInGroupsOfFour() throws Exception {
    RSAPublicKey key = key(3072);
    JoinRequest request = new JoinRequest(key, List.of(Digest.SHA_1));
    String hex =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));

    assertThat(request.fingerprint()).matches("([0-9a-f]{4} ){15}[0-9a-f]{4}");
    assertThat(request.fingerprint().replace(" ", "")).isEqualTo(hex);
    assertThat(request.hasFingerprint(hex.toUpperCase(java.util.Locale.ROOT))).isTrue();
    assertThat(request.hasFingerprint(request.fingerprint())).isTrue();
    assertThat(request.hasFingerprint("")).isFalse();
    assertThat(request.hasFingerprint(hex.substring(0, 8))).isFalse();
  }

  @Test
  void request_withAShortKey_isRefused() throws Exception {
    RSAPublicKey key = key(2048);
    assertThatThrownBy(() -> new JoinRequest(key, List.of(Digest.SHA_1)))
        .isInstanceOf(HsmException.BadInput.class)
        .hasMessageContaining("2048");
  }

  @Test
  void text_thatIsNoRequest_isRefused() {
    for (String text : new String[] {"", "{", "{}", "[]", "{\"publicKey\":\"AAAA\"}", "null"}) {
      assertThatThrownBy(() -> JoinRequest.parse(text))
          .as(text)
          .isInstanceOf(HsmException.BadInput.class);
    }
  }
}
