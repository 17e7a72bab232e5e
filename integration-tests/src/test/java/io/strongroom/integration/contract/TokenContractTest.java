package io.strongroom.integration.contract;

import io.strongroom.hsm.Hsm;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The contract on one token: a SoftHSM2 token, or the device that {@code -Dstrongroom.hsm=pkcs11:…}
 * names. All keys it makes are labelled {@code contract-…} and destroyed again.
 */
@ExtendWith(SoftHsmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenContractTest extends HsmContract {
  private final Hsm hsm;

  TokenContractTest(SoftHsmToken token) {
    hsm = Hsm.open(System.getProperty("strongroom.hsm", token.url()));
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
