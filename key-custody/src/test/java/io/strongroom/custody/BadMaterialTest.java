package io.strongroom.custody;

import static io.strongroom.custody.TestCustody.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.strongroom.custody.BadMaterials.Bad;
import io.strongroom.custody.BadMaterials.Bench;
import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that can be wrong with material for import: each is refused for its own reason, and neither
 * store nor token keeps anything of it. What was asked and answered is written down as a table.
 */
class BadMaterialTest extends TokenTest {

  private static final Path TABLE = Path.of("target", "bad-material.md");

  private final List<String> table = new ArrayList<>();
  private final Set<Reason> dryRuns = EnumSet.noneOf(Reason.class);
  private TokenObjects objects;

  /** Without copies of keys that are used often, which would come and go beside the test. */
  @Override
  @BeforeAll
  void openToken(SoftHsmToken token) {
    hsm = Hsm.open(token.url() + "&x-copies=off");
    objects = new TokenObjects(token);
    table.add("| material | algorithm | check value | token | answer | exit code |");
    table.add("| --- | --- | --- | --- | --- | --- |");
  }

  @AfterAll
  void writeTable() throws IOException {
    objects.close();
    Files.createDirectories(TABLE.getParent());
    Files.write(TABLE, table);
  }

  @TestFactory
  Stream<DynamicTest> importKeyMaterial_badMaterial_isRefusedForItsReasonAndLeavesNothing(
      @TempDir Path dir) throws Exception {
    Bench bench = Bench.prepare(test, dir);
    return BadMaterials.rows()
        .map(bad -> DynamicTest.dynamicTest(bad.toString(), () -> refuse(bench, bad)));
  }

  private void refuse(Bench bench, Bad bad) throws Exception {
    MaterialImport material = bad.making().from(bench);
    Set<Long> before = objects.all();
    refuse(bad, () -> keys.importKeyMaterial(bench.key(bad), material));
    if (dryRuns.add(bad.reason())) {
      refuse(bad, () -> keys.tryKeyMaterial(bench.key(bad), material));
    }
    // An old token's wrapping key goes with it.
    assertThat(before).as("objects in the token before").containsAll(objects.all());
    assertThat(intents()).as("intents in the store").isZero();
    assertThat(keys.describe(bench.key(bad)).state()).isEqualTo(KeyState.PENDING_IMPORT);
    table.add(bad.row(7));
  }

  private void refuse(Bad bad, ThrowingCallable call) {
    CustodyException refusal = catchThrowableOfType(CustodyException.BadInput.class, call);
    assertThat(refusal).as(bad.toString()).isNotNull();
    assertThat(refusal.reason()).as(refusal.getMessage()).isEqualTo(bad.reason());
    assertThat(test.lastRecord().result()).isEqualTo("bad-input " + bad.reason());
  }

  /** Half of all random keys begin with a zero bit, and a text of bits without it is no key. */
  @Test
  void importKeyMaterial_topBitZero_isAGoodKey() {
    byte[] material = Materials.bytes(32, 255);
    material[0] &= 0x7f;
    CmkDescription cmk = test.importInto(keys.createKey(KeyRequest.external()), material);
    assertThat(cmk.kcv()).isEqualTo(Materials.kcv(material));
    assertThat(cmk.state()).isEqualTo(KeyState.ENABLED);
  }

  @Test
  void tryKeyMaterial_goodMaterial_tellsItsCheckValueAndKeepsNothing() {
    byte[] material = Materials.bytes(32, 7);
    CmkDescription cmk = keys.createKey(KeyRequest.external());
    ImportParameters parameters = test.parameters(cmk);
    MaterialImport wrapped =
        MaterialImport.of(parameters.token(), OpenSsl.oaepSha1(parameters.publicKey(), material));
    Set<Long> before = objects.all();
    ImportTrial trial = keys.tryKeyMaterial(id(cmk), wrapped);
    assertThat(trial.kcv()).isEqualTo(Materials.kcv(material));
    assertThat(trial.keyId()).isEqualTo(cmk.keyId());
    assertThat(trial.tokenValidTo()).isEqualTo(parameters.validTo());
    assertThat(test.lastRecord().details()).containsEntry("dryRun", "true");
    assertThat(test.lastRecord().result()).isEqualTo("ok");
    assertThat(objects.all()).isEqualTo(before);
    assertThat(keys.describe(id(cmk)).state()).isEqualTo(KeyState.PENDING_IMPORT);
    assertThat(keys.importKeyMaterial(id(cmk), wrapped).kcv()).isEqualTo(trial.kcv());
  }

  private int intents() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + test.storeFile());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM hsm_intent")) {
      return rows.getInt(1);
    }
  }
}
