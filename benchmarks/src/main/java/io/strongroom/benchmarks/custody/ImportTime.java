package io.strongroom.benchmarks.custody;

import io.strongroom.custody.Custody;
import io.strongroom.custody.ImportParameters;
import io.strongroom.custody.KeyRequest;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.MaterialImport;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import io.strongroom.hsm.Hsm;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.time.Clock;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * How long importing a key takes, from the call to the answer: unwrapped, compared, tried out, on
 * its quorum, recorded. As many imports go before, unmeasured.
 *
 * @param imports how many
 * @param p50Nanos the median
 * @param p99Nanos the 99th percentile
 */
record ImportTime(int imports, long p50Nanos, long p99Nanos) {
  private static final int MATERIAL_BYTES = 32;

  static ImportTime measure(Hsm hsm, String store, int imports) throws GeneralSecurityException {
    try (Custody custody = Custody.open(hsm, store, Clock.systemUTC())) {
      KeyService keys = custody.as("benchmark");
      warmUp(keys, imports);
      long[] nanos = new long[imports];
      for (int i = 0; i < imports; i++) {
        nanos[i] = importInto(keys, externalKey(keys));
      }
      Arrays.sort(nanos);
      return new ImportTime(imports, nanos[imports / 2], nanos[(imports * 99) / 100]);
    }
  }

  // As nodes are that have run for a while. The material goes again: each key makes a token slower.
  private static void warmUp(KeyService keys, int imports) throws GeneralSecurityException {
    for (int i = 0; i < imports; i++) {
      String id = externalKey(keys);
      importInto(keys, id);
      keys.deleteMaterial(id);
    }
  }

  private static String externalKey(KeyService keys) {
    return keys.createKey(KeyRequest.external()).keyId().toString();
  }

  private static long importInto(KeyService keys, String id) throws GeneralSecurityException {
    ImportParameters parameters =
        keys.parametersForImport(id, WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_2048);
    byte[] material = new byte[MATERIAL_BYTES];
    new SecureRandom().nextBytes(material);
    MaterialImport wrapped = MaterialImport.of(parameters.token(), wrap(parameters, material));
    long begin = System.nanoTime();
    keys.importKeyMaterial(id, wrapped);
    return System.nanoTime() - begin;
  }

  private static byte[] wrap(ImportParameters parameters, byte[] material)
      throws GeneralSecurityException {
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding");
    oaep.init(
        Cipher.ENCRYPT_MODE,
        parameters.publicKey(),
        new OAEPParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT));
    return oaep.doFinal(material);
  }
}
