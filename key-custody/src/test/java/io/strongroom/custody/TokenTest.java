package io.strongroom.custody;

import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tests of custody over a real token: one token a class, one store a test. */
@ExtendWith({SoftHsmExtension.class, StoreExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TokenTest {

  Hsm hsm;
  TestCustody test;
  KeyService keys;

  @BeforeAll
  void openToken(SoftHsmToken token) {
    hsm = Hsm.open(token.url());
  }

  @AfterAll
  void closeToken() {
    hsm.close();
  }

  @BeforeEach
  void openCustody(@TempDir Path dir, TestStore store) {
    test = new TestCustody(hsm, store, dir);
    keys = test.keys();
  }

  @AfterEach
  void closeCustody() {
    test.close();
  }
}
