package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.hsm.Hsm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Import, deletion and expiry of material end at each of their calls to the HSM, as in a crash: no
 * clean-up of theirs runs. What is found then, and what it is repaired to, is written down as a
 * table. {@link ImportKilledTest} does the same with processes that are killed.
 */
class ImportCrashTest extends TokenTest {

  private static final Path TABLE = Path.of("target", "import-crash.md");
  private static final byte[] MATERIAL = Materials.bytes(32, 51);
  private static final Duration LEASE_AND_MORE = Duration.ofMinutes(11);

  private final List<String> table =
      new ArrayList<>(
          List.of(
              "| ended | state found | key objects | intent | repaired to | key objects |",
              "| --- | --- | --- | --- | --- | --- |"));

  /** What ends a call without any of its own clean-up. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  @AfterAll
  void writeTable() throws IOException {
    Files.createDirectories(TABLE.getParent());
    Files.write(TABLE, table);
  }

  @ParameterizedTest
  @CsvSource({
    "before:unwrap:1, 0",
    "after:unwrap:1, 1",
    "after:checkValue:1, 1",
    "after:encrypt:1, 1",
    "before:encrypt:2, 1",
    "after:decrypt:1, 1"
  })
  void import_endedBeforeItsTransaction_isUndoneAndTheTokenStaysGood(String where, int objects)
      throws Exception {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    MaterialImport material = material(cmk);
    crash(where, custody -> custody.importKeyMaterial(id(cmk), material));
    String found = found(cmk);
    assertThat(test.labelsOf(cmk)).hasSize(objects);
    assertThat(intents()).containsExactly("BIRTH");
    test.clock.advance(LEASE_AND_MORE);
    test.reopen();
    assertRepaired("import, " + where, found, cmk, KeyState.PENDING_IMPORT, 0);
    assertThat(test.keys().importKeyMaterial(id(cmk), material).kcv())
        .isEqualTo(Materials.kcv(MATERIAL));
  }

  @ParameterizedTest
  @CsvSource({"before:destroy:1, 1", "after:destroy:1, 0"})
  void import_endedAfterItsTransaction_isDoneAndTidied(String where, int wrappingKeys)
      throws Exception {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    MaterialImport material = material(cmk);
    try (Custody custody = Custody.open(hooked(where), test.storeUrl(), test.clock)) {
      custody.as("bob").importKeyMaterial(id(cmk), material);
    }
    String found = found(cmk);
    assertThat(test.labels("custody/wrapping/")).hasSize(wrappingKeys);
    assertThat(intents()).containsExactly("DOOMED");
    test.reopen();
    assertRepaired("import, " + where, found, cmk, KeyState.ENABLED, 1);
    test.keys().encrypt(id(cmk), new byte[3], Map.of());
  }

  @ParameterizedTest
  @CsvSource({"before:destroy:1, 1", "after:destroy:1, 0"})
  void deleteMaterial_ended_isDoneAndTidied(String where, int objects) throws Exception {
    CmkDescription cmk = test.importInto(keys.createKey(KeyRequest.external()), MATERIAL);
    crash(where, custody -> custody.deleteMaterial(id(cmk)));
    assertGone("deletion, " + where, cmk, objects);
  }

  @ParameterizedTest
  @CsvSource({"before:destroy:1, 1", "after:destroy:1, 0"})
  void expiry_ended_isDoneAndTidied(String where, int objects) throws Exception {
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    keys.importKeyMaterial(
        id(cmk), material(cmk).expiring(TestCustody.START.plus(Duration.ofHours(1))));
    byte[] ciphertext = keys.encrypt(id(cmk), new byte[] {1}, Map.of()).encode();
    Hsm hooked = hooked(where);
    try (Custody custody = Custody.open(hooked, test.storeUrl(), test.clock)) {
      test.clock.advance(Duration.ofHours(1));
      assertThatThrownBy(() -> custody.as("bob").decrypt(ciphertext, Map.of()))
          .isInstanceOf(Crash.class);
    }
    assertGone("expiry, " + where, cmk, objects);
  }

  private void assertGone(String what, CmkDescription cmk, int objects) throws Exception {
    String found = found(cmk);
    assertThat(test.labelsOf(cmk)).hasSize(objects);
    assertThat(intents()).containsExactly("DOOMED");
    assertThatThrownBy(() -> keys.encrypt(id(cmk), new byte[3], Map.of()))
        .isInstanceOf(CustodyException.Refused.class);
    test.reopen();
    assertRepaired(what, found, cmk, KeyState.PENDING_IMPORT, 0);
    assertThat(test.importInto(cmk, MATERIAL).state()).isEqualTo(KeyState.ENABLED);
  }

  private void assertRepaired(
      String what, String found, CmkDescription cmk, KeyState state, int objects)
      throws SQLException {
    assertThat(test.keys().describe(id(cmk)).state()).isEqualTo(state);
    assertThat(test.labelsOf(cmk)).hasSize(objects);
    assertThat(intents()).isEmpty();
    if (state == KeyState.ENABLED) {
      assertThat(test.labels("custody/wrapping/")).isEmpty();
    }
    table.add("| %s | %s | %s | %s |".formatted(what, found, state, objects(cmk)));
  }

  private void crash(String where, Consumer<KeyService> work) {
    try (Custody custody = Custody.open(hooked(where), test.storeUrl(), test.clock)) {
      assertThatThrownBy(() -> work.accept(custody.as("bob"))).isInstanceOf(Crash.class);
    }
  }

  private Hsm hooked(String where) {
    return HookedHsm.wrap(
        hsm,
        where,
        () -> {
          throw new Crash();
        });
  }

  private MaterialImport material(CmkDescription cmk) {
    ImportParameters parameters = test.parameters(cmk);
    byte[] wrapped =
        Materials.wrapped(WrappingAlgorithm.RSAES_OAEP_SHA_1, parameters.publicKey(), MATERIAL);
    return MaterialImport.of(parameters.token(), wrapped);
  }

  private String found(CmkDescription cmk) throws SQLException {
    return "%s | %s | %s"
        .formatted(keys.describe(id(cmk)).state(), objects(cmk), String.join(", ", intents()));
  }

  private String objects(CmkDescription cmk) {
    return "%d of the CMK, %d wrapping"
        .formatted(test.labelsOf(cmk).size(), test.labels("custody/wrapping/").size());
  }

  private List<String> intents() throws SQLException {
    List<String> kinds = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + test.storeFile());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT kind FROM hsm_intent")) {
      while (rows.next()) {
        kinds.add(rows.getString(1));
      }
    }
    return kinds;
  }
}
