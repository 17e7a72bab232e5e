package io.strongroom.integration.cluster;

import io.strongroom.custody.ImportParameters;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.MaterialImport;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;

/** Key material of an owner elsewhere, wrapped by the JDK's own RSA. */
public final class ExternalMaterial {
  private ExternalMaterial() {}

  /** 32 random bytes, wrapped for one import into {@code key}. */
  public static MaterialImport wrappedFor(KeyService keys, String key) {
    ImportParameters parameters =
        keys.parametersForImport(key, WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_3072);
    byte[] material = new byte[32];
    new SecureRandom().nextBytes(material);
    try {
      Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
      oaep.init(Cipher.ENCRYPT_MODE, parameters.publicKey());
      return MaterialImport.of(parameters.token(), oaep.doFinal(material));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
