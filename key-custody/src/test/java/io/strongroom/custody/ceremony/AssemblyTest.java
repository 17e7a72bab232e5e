package io.strongroom.custody.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.secret.Secret;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssemblyTest {

  private static final String A =
      "8d6c1f0b5e3a7792c4d8e1f6a0b35c7d2e9f48617a5bc30d1e4f8a926b7c3d50";
  private static final String B =
      "3f2a9c7e1b4d6085fae3c2d1908b7a6f5e4c3d2b1a09f8e7d6c5b4a392817065";

  private final Secrets secrets = new Secrets();

  @AfterEach
  void close() {
    secrets.close();
  }

  @Test
  void combine_components_givesTheirExclusiveOr() throws Exception {
    Assembly assembly = components(2);
    assertThat(enter(assembly, A)).isEqualTo(new Part(1, kcv(A), null));
    assertThat(enter(assembly, B.toUpperCase(Locale.ROOT))).isEqualTo(new Part(2, kcv(B), null));
    Secret key = secrets.memory.secret(32);
    assembly.combine(key);
    byte[] wanted = HexFormat.of().parseHex(A);
    for (int i = 0; i < 32; i++) {
      wanted[i] ^= HexFormat.of().parseHex(B)[i];
    }
    assertThat(Secrets.bytes(key)).isEqualTo(wanted);
    assertThat(secrets.checkValues.of(key)).isEqualTo(kcv(Secrets.hex(key)));
  }

  @Test
  void accept_theSameComponentTwice_isRefusedAndTheNextOneCounts() {
    Assembly assembly = components(2);
    enter(assembly, A);
    assertThatThrownBy(() -> enter(assembly, A))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("entered before");
    assertThat(enter(assembly, B).number()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0123456789abcdeffedcba98765432100123456789abcdeffedcba9876543210",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0",
        "0007" + "0e151c232a31383f464d545b626970777e858c939aa1a8afb6bdc4cbd2d9"
      })
  void accept_aComponentThatIsAPattern_isRefused(String component) {
    assertThatThrownBy(() -> enter(components(2), component))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("draw a random one");
  }

  @Test
  void accept_randomComponents_areNeverTakenForPatterns() {
    Assembly assembly = components(8);
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 8; i++) {
      byte[] component = new byte[32];
      random.nextBytes(component);
      enter(assembly, HexFormat.of().formatHex(component));
    }
    assertThat(assembly.parts()).hasSize(8);
  }

  @Test
  void combine_componentsThatCancelOut_isRefusedAndTheKeyWiped() {
    byte[] third = HexFormat.of().parseHex(A);
    for (int i = 0; i < 32; i++) {
      third[i] ^= HexFormat.of().parseHex(B)[i];
    }
    Assembly assembly = components(3);
    List.of(A, B, HexFormat.of().formatHex(third)).forEach(c -> enter(assembly, c));
    Secret key = secrets.memory.secret(32);
    assertThatThrownBy(() -> assembly.combine(key))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("all zero");
    assertThat(key.isZero()).isTrue();
  }

  @Test
  void combine_beforeAllAreThere_isRefused() {
    Assembly assembly = components(2);
    enter(assembly, A);
    assertThatThrownBy(() -> assembly.combine(secrets.memory.secret(32)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void requireSameAgain_anotherComponent_isRefused() {
    Assembly assembly = components(2);
    assembly.offer(secrets.text(A));
    assembly.requireSameAgain(secrets.text(A.toUpperCase(Locale.ROOT)));
    assertThatThrownBy(() -> assembly.requireSameAgain(secrets.text(B)))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("differ");
  }

  @Test
  void combine_freshShares_givesTheKeyThatWasDrawn() {
    Scheme.Shares scheme = new Scheme.Shares(3, 5);
    FreshParts fresh = new FreshParts(scheme, secrets.checkValues, secrets.memory);
    Assembly assembly = new Assembly(scheme, secrets.checkValues, secrets.memory);
    for (int index : new int[] {4, 0, 2}) {
      assertThat(enter(assembly, text(fresh, index))).isEqualTo(fresh.parts().get(index));
    }
    Secret key = secrets.memory.secret(32);
    assembly.combine(key);
    assertThat(secrets.checkValues.of(key)).isEqualTo(fresh.keyCheckValue());
  }

  @Test
  void combine_freshComponents_givesTheKeyThatWasDrawn() {
    Scheme.Components scheme = new Scheme.Components(3);
    FreshParts fresh = new FreshParts(scheme, secrets.checkValues, secrets.memory);
    Assembly assembly = new Assembly(scheme, secrets.checkValues, secrets.memory);
    for (int index = 0; index < 3; index++) {
      enter(assembly, text(fresh, index));
    }
    Secret key = secrets.memory.secret(32);
    assembly.combine(key);
    assertThat(secrets.checkValues.of(key)).isEqualTo(fresh.keyCheckValue());
  }

  @Test
  void accept_aShareTwiceOrOfAnotherSplit_isRefused() {
    Scheme.Shares scheme = new Scheme.Shares(2, 3);
    FreshParts fresh = new FreshParts(scheme, secrets.checkValues, secrets.memory);
    FreshParts other = new FreshParts(scheme, secrets.checkValues, secrets.memory);
    FreshParts larger =
        new FreshParts(new Scheme.Shares(3, 5), secrets.checkValues, secrets.memory);
    Assembly assembly = new Assembly(scheme, secrets.checkValues, secrets.memory);
    enter(assembly, text(fresh, 1));
    assertThatThrownBy(() -> enter(assembly, text(fresh, 1)))
        .hasMessageContaining("entered before");
    assertThatThrownBy(() -> enter(assembly, text(other, 0)))
        .hasMessageContaining(other.parts().getFirst().set())
        .hasMessageContaining(fresh.parts().getFirst().set());
    assertThatThrownBy(() -> enter(assembly, text(larger, 0)))
        .hasMessageContaining("this share is one of 5 of which 3 are needed")
        .hasMessageContaining("--threshold 3 --shares 5");
    assertThat(enter(assembly, text(fresh, 2)).number()).isEqualTo(3);
  }

  @Test
  void requireTypedBack_anotherPart_isRefused() {
    FreshParts fresh =
        new FreshParts(new Scheme.Components(2), secrets.checkValues, secrets.memory);
    fresh.requireTypedBack(0, secrets.text(text(fresh, 0)));
    assertThatThrownBy(() -> fresh.requireTypedBack(0, secrets.text(text(fresh, 1))))
        .isInstanceOf(CustodyException.BadInput.class)
        .hasMessageContaining("correct what you wrote down");
  }

  private Assembly components(int count) {
    return new Assembly(new Scheme.Components(count), secrets.checkValues, secrets.memory);
  }

  private Part enter(Assembly assembly, String text) {
    assembly.offer(secrets.text(text));
    return assembly.accept();
  }

  private String text(FreshParts fresh, int index) {
    Secret text = secrets.memory.secret(fresh.textSize());
    fresh.write(index, text);
    return Secrets.text(text);
  }

  private static String kcv(String hex) throws Exception {
    Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
    aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(HexFormat.of().parseHex(hex), "AES"));
    return HexFormat.of().withUpperCase().formatHex(aes.doFinal(new byte[16]), 0, 3);
  }
}
