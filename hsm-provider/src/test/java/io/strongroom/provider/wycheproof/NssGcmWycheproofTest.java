package io.strongroom.provider.wycheproof;

import io.strongroom.hsm.pkcs11.DeviceExtension;

/** The same on NSS softoken. */
@DeviceExtension.OnNss
class NssGcmWycheproofTest extends GcmWycheproofTest {}
