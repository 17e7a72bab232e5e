package io.strongroom.integration.contract;

import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract on one SoftHSM2 token. */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SoftHsmTokenContractTest extends HsmContract {
  private final Hsm hsm;

  SoftHsmTokenContractTest(SoftHsmToken token) {
    hsm = Hsm.open(token.url());
  }

  @AfterAll
  void close() {
    hsm.close();
  }

  @Override
  protected Hsm hsm() {
    return hsm;
  }
}
