package io.strongroom.hsm.pkcs11;

import static io.strongroom.hsm.pkcs11.Material.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.HsmException;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.hsm.SignatureAlgorithm;
import io.strongroom.provider.HsmProvider;
import io.strongroom.softhsm.Fault;
import io.strongroom.softhsm.FaultyLibrary;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProviderException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Makes the library answer every return value, and holds RETURN-CODES.md to what callers get. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReturnCodesTest {
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| (`CKR_\\w+`|a vendor's own) \\| 0x(\\w+) \\| (\\w+) \\| (\\w+) \\| (\\w+) \\| (\\d) \\|$");
  private static final Set<String> REPEATABLE =
      Set.of("DeviceUnavailable", "Throttled", "KeyNotFound");
  private static final byte[] MESSAGE = new byte[32];

  private final FaultyLibrary faults;
  private final Hsm hsm;
  private final KeyInfo aes;
  private final KeyInfo ec;
  private final HsmProvider provider;

  ReturnCodesTest(SoftHsmToken token, FaultyLibrary faults) {
    this.faults = faults;
    this.hsm = Hsm.open(faults.url() + "&x-copies=off");
    this.aes = hsm.create(KeySpec.of(id(), "aes", KeyType.AES_256));
    this.ec = hsm.create(KeySpec.of(id(), "ec", KeyType.EC_P256));
    this.provider = HsmProvider.over(hsm);
  }

  @AfterEach
  void clear() {
    faults.clear();
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  /** A line of the page. */
  record Row(
      String name, long number, String operation, String decrypt, String login, int repeats) {
    static Row of(MatchResult line) {
      return new Row(
          line.group(1).replace("`", ""),
          Long.parseLong(line.group(2), 16),
          line.group(3),
          line.group(4),
          line.group(5),
          Integer.parseInt(line.group(6)));
    }

    boolean isVendors() {
      return !name.startsWith("CKR_");
    }

    String shownName() {
      return isVendors() ? "0x" + Long.toHexString(number) : name;
    }

    boolean isStaleHandle() {
      return operation.equals("KeyNotFound");
    }

    Fault on(String function) {
      // By name, the number comes from another table than the binding's.
      Fault fault = Fault.on(function).always();
      return isVendors() ? fault.returns(number) : fault.returns(name);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Row> rows() throws IOException {
    return ROW.matcher(Files.readString(Path.of("RETURN-CODES.md")))
        .results()
        .map(Row::of)
        .toList();
  }

  @Test
  void page_namesEveryReturnValueOnce() throws IOException {
    List<String> named = rows().stream().filter(row -> !row.isVendors()).map(Row::name).toList();
    Set<String> known = Stream.of(ReturnCode.values()).map(Enum::name).collect(Collectors.toSet());
    known.removeAll(Set.of("CKR_OK", "UNKNOWN"));
    assertThat(named).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(known);
    assertThat(rows())
        .filteredOn(row -> !row.isVendors())
        .allSatisfy(row -> assertThat(ReturnCode.of(row.number).name()).isEqualTo(row.name));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void encrypt_answeredSo_isTheStatedException(Row row) {
    hsm.encrypt(aes.id(), gcm(), MESSAGE);
    faults.set(row.on("C_EncryptInit"));
    long calls = faults.calls("C_EncryptInit");

    HsmException e = failure(() -> hsm.encrypt(aes.id(), gcm(), MESSAGE));

    requireAnswer(e, row, row.operation, "C_EncryptInit");
    assertThat(faults.calls("C_EncryptInit") - calls - 1).as("repeats").isEqualTo(row.repeats);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void sign_answeredSo_isTheStatedException(Row row) {
    String function = row.isStaleHandle() ? "C_SignInit" : "C_Sign";
    hsm.sign(ec.id(), new SignatureAlgorithm.Ecdsa(), MESSAGE);
    faults.set(row.on(function));
    long calls = faults.calls(function);

    HsmException e = failure(() -> hsm.sign(ec.id(), new SignatureAlgorithm.Ecdsa(), MESSAGE));

    requireAnswer(e, row, row.operation, function);
    assertThat(faults.calls(function) - calls - 1).as("repeats").isEqualTo(row.repeats);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void decrypt_answeredSo_isTheStatedException(Row row) throws Exception {
    String function = row.isStaleHandle() ? "C_DecryptInit" : "C_Decrypt";
    SecretKey key = (SecretKey) Objects.requireNonNull(provider.key(aes.id()));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, new byte[12]));
    faults.set(row.on(function));

    HsmException e =
        failure(
            () -> hsm.decrypt(aes.id(), AesGcm.withIv(new byte[12], new byte[0]), new byte[48]));
    requireAnswer(e, row, row.decrypt, function);

    Exception jca = catchThrowableOfType(Exception.class, () -> cipher.doFinal(new byte[48]));
    assertThat(jca)
        .isExactlyInstanceOf(
            switch (row.decrypt) {
              case "AuthenticationFailed" -> AEADBadTagException.class;
              case "BadInput" -> IllegalBlockSizeException.class;
              default -> ProviderException.class;
            });
    assertThat(jca)
        .hasMessageContaining(row.decrypt.equals(row.operation) ? row.shownName() : "C_Decrypt");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void find_answeredSo_isTheStatedException(Row row) {
    faults.set(row.on("C_FindObjectsInit"));

    requireAnswer(failure(() -> hsm.key(id())), row, row.login, "C_FindObjectsInit");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void login_answeredSo_isTheStatedException(Row row) {
    faults.set(Fault.on("C_Login").logsOut(), row.on("C_Login"));
    long calls = faults.calls("C_Login");

    requireAnswer(failure(() -> Hsm.open(faults.url()).close()), row, row.login, "C_Login");

    assertThat(faults.calls("C_Login") - calls).as("one try").isEqualTo(1);
  }

  @Test
  void verify_signatureInvalidOrOfAnotherLength_isFalse() {
    byte[] signature = hsm.sign(ec.id(), new SignatureAlgorithm.Ecdsa(), MESSAGE);
    for (String code : List.of("CKR_SIGNATURE_INVALID", "CKR_SIGNATURE_LEN_RANGE")) {
      faults.set(Fault.on("C_Verify").returns(code));
      assertThat(hsm.verify(ec.id(), new SignatureAlgorithm.Ecdsa(), MESSAGE, signature)).isFalse();
    }
    assertThat(hsm.verify(ec.id(), new SignatureAlgorithm.Ecdsa(), MESSAGE, signature)).isTrue();
  }

  private static AesGcm gcm() {
    return AesGcm.withDeviceIv(new byte[0]);
  }

  private static HsmException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    HsmException e = catchThrowableOfType(HsmException.class, call);
    assertThat(e).as("it fails").isNotNull();
    return e;
  }

  private static void requireAnswer(HsmException e, Row row, String type, String function) {
    assertThat(e.getClass().getSimpleName()).as(e.text()).isEqualTo(type);
    assertThat(e.repeatElsewhere()).isEqualTo(REPEATABLE.contains(type));
    if (!type.equals("AuthenticationFailed")) {
      assertThat(e.answer())
          .isEqualTo(new HsmException.Answer(function, row.number, row.shownName()));
    }
    assertThat(e).hasMessageContaining(function);
  }
}
