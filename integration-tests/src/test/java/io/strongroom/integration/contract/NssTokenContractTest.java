package io.strongroom.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.ExportAttempt;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeyType;
import io.strongroom.softhsm.NssToken;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract on NSS softoken, the second real implementation of PKCS#11. It keeps all of it but
 * one part: it does not keep keys in that are not extractable, and that is what has to be seen.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NssTokenContractTest extends HsmContract {
  /** Takes a private key only if its encoding, which varies, is a multiple of 8 bytes long. */
  private static final String KW = "C_WrapKey(CKM_AES_KEY_WRAP, under a fresh key)";

  private Hsm hsm;

  @BeforeAll
  void open(@TempDir Path dir) {
    hsm = Hsm.open(NssToken.create(dir).url());
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  @Override
  protected Hsm hsm() {
    return hsm;
  }

  /** What NSS lets out is told exactly: the probe can find something. */
  @Override
  @ParameterizedTest
  @ValueSource(strings = {"AES_256", "SECRET_256", "RSA_2048", "EC_256"})
  void export_attempted_isRefusedEachWay(String type) {
    KeyInfo key = make(KeyType.parse(type));

    assertThat(hsm().attemptExport(key.id()))
        .filteredOn(attempt -> !attempt.refused())
        .extracting(ExportAttempt::what)
        .filteredOn(what -> key.type().isSecret() || !what.equals(KW))
        .containsExactlyElementsOf(letOut(key.type()));
  }

  private static List<String> letOut(KeyType type) {
    String kwp = "C_WrapKey(CKM_AES_KEY_WRAP_KWP, under a fresh key)";
    String copy = "C_CopyObject(CKA_EXTRACTABLE=true)";
    return type.isSecret()
        ? List.of(kwp, KW, "C_WrapKey(CKM_RSA_PKCS_OAEP, under a public key brought along)", copy)
        : List.of(kwp, copy);
  }
}
