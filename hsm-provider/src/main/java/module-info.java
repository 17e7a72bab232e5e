/** The {@code Hsm} interface, its PKCS#11 driver, and the JCA provider {@code Strongroom}. */
@org.jspecify.annotations.NullMarked
module io.strongroom.provider {
  requires static transitive org.jspecify;
  requires java.logging;
  requires static jdk.crypto.cryptoki;

  exports io.strongroom.hsm;
  exports io.strongroom.provider;

  uses io.strongroom.hsm.HsmDriver;

  provides java.security.Provider with
      io.strongroom.provider.HsmProvider;
  provides io.strongroom.hsm.HsmDriver with
      io.strongroom.hsm.pkcs11.Pkcs11Driver;
}
