package io.strongroom.benchmarks;

import io.strongroom.hsm.Hsm;

/** Who is measured. The order is the table's. */
public enum Contestant {
  FLOOR("raw C"),
  STRONGROOM_HSM("Strongroom `Hsm`"),
  STRONGROOM_JCA("Strongroom JCA"),
  SUN_PKCS11("SunPKCS11"),
  IPKCS11WRAPPER("ipkcs11wrapper");

  private final String title;

  Contestant(String title) {
    this.title = title;
  }

  /** The name in the table. */
  String title() {
    return title;
  }

  /** Opens it on the token; not for the floor, which is a program of its own. */
  Workload open(BenchmarkToken token) throws Exception {
    return switch (this) {
      case FLOOR -> throw new IllegalArgumentException("the floor is no Java workload");
      case STRONGROOM_HSM -> new HsmWorkload(Hsm.open(token.url()));
      case STRONGROOM_JCA -> JcaWorkload.strongroom(token);
      case SUN_PKCS11 -> JcaWorkload.sunPkcs11(token);
      case IPKCS11WRAPPER -> new WrapperWorkload(token, true);
    };
  }
}
