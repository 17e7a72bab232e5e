package io.strongroom.hsm.pkcs11;

/** The same on NSS softoken. */
@DeviceExtension.OnNss
class NssKnownAnswersTest extends KnownAnswersTest {
  NssKnownAnswersTest(DeviceExtension.Url url) {
    super(url);
  }
}
