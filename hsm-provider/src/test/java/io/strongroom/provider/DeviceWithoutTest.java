package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.CipherAlgorithm.RsaOaep;
import io.strongroom.hsm.DeriveAlgorithm;
import io.strongroom.hsm.Digest;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyId;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.KeyUsage;
import io.strongroom.hsm.MacAlgorithm;
import io.strongroom.hsm.Protection;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.hsm.WrapAlgorithm;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a device without a feature answers: each row of the table in {@code docs/devices.md}, on a
 * SoftHSM2 token whose configuration takes the mechanisms away.
 */
class DeviceWithoutTest {
  private static final Path PAGE = Path.of("..", "docs", "devices.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| without ([^|]+) \\| ([^|]*) \\| ([^|]*) \\| `([^|]*)` \\|$");
  private static final byte[] NONE = new byte[0];
  private static final SecureRandom RANDOM = new SecureRandom();

  /** What is tried on a device without the feature; each makes the keys that it needs. */
  private static final Map<String, Consumer<Hsm>> CALLS =
      Map.ofEntries(
          Map.entry("AES", hsm -> make(hsm, KeyType.AES_256)),
          Map.entry(
              "AES-GCM",
              hsm ->
                  hsm.encrypt(make(hsm, KeyType.AES_256), AesGcm.withDeviceIv(NONE), new byte[16])),
          Map.entry(
              "AES-CMAC",
              hsm ->
                  hsm.mac(
                      make(hsm, KeyType.AES_256, KeyUsage.SIGN), new MacAlgorithm.AesCmac(), NONE)),
          Map.entry(
              "HMAC-SHA-256",
              hsm ->
                  hsm.mac(
                      make(hsm, KeyType.secret(256)), new MacAlgorithm.Hmac(Digest.SHA_256), NONE)),
          Map.entry("EC", hsm -> make(hsm, KeyType.EC_P256)),
          Map.entry("Ed25519", hsm -> make(hsm, KeyType.ED25519)),
          Map.entry("RSA", hsm -> make(hsm, KeyType.RSA_2048)),
          Map.entry(
              "RSA-PSS",
              hsm ->
                  hsm.sign(
                      make(hsm, KeyType.RSA_2048),
                      new SignatureAlgorithm.RsaPss(Digest.SHA_256, Digest.SHA_256, 32),
                      new byte[32])),
          Map.entry(
              "RSA-OAEP",
              hsm ->
                  hsm.encrypt(
                      make(hsm, KeyType.RSA_2048, KeyUsage.ENCRYPT, KeyUsage.DECRYPT),
                      new RsaOaep(Digest.SHA_1, Digest.SHA_1, NONE),
                      new byte[16])),
          Map.entry(
              "AES key wrap with padding",
              hsm ->
                  hsm.wrap(
                      make(hsm, KeyType.AES_256, KeyUsage.WRAP),
                      new WrapAlgorithm.AesKwp(),
                      leaving(hsm))),
          Map.entry(
              "ECDH",
              hsm -> {
                KeyId key = make(hsm, KeyType.EC_P256, KeyUsage.DERIVE);
                hsm.derive(
                    key,
                    new DeriveAlgorithm.Ecdh(Objects.requireNonNull(hsm.key(key).publicKey())),
                    KeySpec.of(KeyId.random(RANDOM), "derived", KeyType.AES_256));
              }),
          Map.entry(
              "HKDF",
              hsm ->
                  hsm.derive(
                      make(hsm, KeyType.secret(256), KeyUsage.DERIVE),
                      new DeriveAlgorithm.Hkdf(Digest.SHA_256, NONE, NONE),
                      KeySpec.of(KeyId.random(RANDOM), "derived", KeyType.AES_256))));

  /**
   * A row of the table.
   *
   * @param feature what the device is without
   * @param mechanisms what is taken away; none where SoftHSM2 has it not
   * @param services the provider's services that are gone, as {@code Type Algorithm}
   * @param answer what {@code Hsm} says
   */
  record Row(String feature, List<String> mechanisms, List<String> services, String answer) {
    static Row of(MatchResult match) {
      return new Row(
          match.group(1), ticked(match.group(2)), ticked(match.group(3)), match.group(4));
    }

    private static List<String> ticked(String cell) {
      return Pattern.compile("`([^`]+)`").matcher(cell).results().map(m -> m.group(1)).toList();
    }

    @Override
    public String toString() {
      return feature;
    }
  }

  static Stream<Row> rows() throws IOException {
    return ROW.matcher(Files.readString(PAGE)).results().map(Row::of).toList().stream();
  }

  private static KeyId make(Hsm hsm, KeyType type, KeyUsage... usages) {
    KeySpec spec = KeySpec.of(KeyId.random(RANDOM), "of-" + KeyId.random(RANDOM), type);
    return hsm.create((usages.length == 0 ? spec : spec.withUsages(usages)).asSession()).id();
  }

  private static KeyId leaving(Hsm hsm) {
    return hsm.create(
            KeySpec.of(KeyId.random(RANDOM), "leaves", KeyType.AES_256)
                .withProtection(Protection.LEAVES_WRAPPED)
                .asSession())
        .id();
  }

  @Test
  void table_hasARowForEachCall() throws IOException {
    assertThat(rows().map(Row::feature)).containsExactlyInAnyOrderElementsOf(CALLS.keySet());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void device_withoutTheFeature_offersNoServiceAndNamesTheMechanism(Row row, @TempDir Path dir)
      throws IOException {
    SoftHsmToken token = SoftHsmToken.create(dir.resolve("token"), "device").withOwnLibrary();
    if (!row.mechanisms.isEmpty()) {
      Files.writeString(
          token.conf(),
          // SoftHSM2 2.6.1 does not read the first name of a list that takes away.
          "slots.mechanisms = -NONE," + String.join(",", row.mechanisms) + "\n",
          StandardOpenOption.APPEND);
    }
    try (Hsm hsm = Hsm.open(token.url())) {
      HsmProvider provider = HsmProvider.over(hsm);

      assertThat(row.services)
          .allSatisfy(service -> {
            String[] name = service.split(" ", 2);
            assertThat(provider.getService(name[0], name[1])).as(service).isNull();
          });
      assertThat(row.mechanisms).noneMatch(m -> hsm.info().mechanism(m).isPresent());
      assertThatThrownBy(() -> Objects.requireNonNull(CALLS.get(row.feature)).accept(hsm))
          .isInstanceOf(HsmException.UnsupportedMechanism.class)
          .hasMessage(row.answer);
    }
  }
}
