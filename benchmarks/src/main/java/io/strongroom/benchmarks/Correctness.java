package io.strongroom.benchmarks;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyInfo;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/** Whether what the contestants compute is right: speed at something else would be no news. */
final class Correctness {
  private Correctness() {}

  /**
   * Checks each result by another implementation: signatures by the JDK, ciphertexts by decrypting
   * them, and MACs, whose key nobody else has, by the floor's.
   *
   * @throws IllegalStateException if one is wrong; the message says whose
   */
  static void require(Hsm hsm, Operation operation, Map<Contestant, byte[]> results)
      throws GeneralSecurityException {
    KeyInfo key = hsm.key(operation.label());
    byte[] floor = Objects.requireNonNull(results.get(Contestant.FLOOR));
    for (var entry : results.entrySet()) {
      byte[] result = entry.getValue();
      boolean right =
          switch (operation) {
            case AES_GCM_1K, AES_GCM_16K -> {
              AesGcm algorithm = AesGcm.withIv(Workload.iv(0), new byte[0]);
              yield Arrays.equals(hsm.decrypt(key.id(), algorithm, result), operation.message());
            }
            case HMAC_SHA256 -> result.length == 32 && Arrays.equals(result, floor);
            case ECDSA_P256 -> verifies("SHA256withECDSAinP1363Format", key, operation, result);
            case RSA_2048, RSA_3072 -> verifies("SHA256withRSA", key, operation, result);
          };
      if (!right) {
        throw new IllegalStateException(
            entry.getKey().title() + " gave a wrong result for " + operation.title());
      }
    }
  }

  private static boolean verifies(String algorithm, KeyInfo key, Operation operation, byte[] result)
      throws GeneralSecurityException {
    PublicKey publicKey = Objects.requireNonNull(key.publicKey());
    Signature signature = Signature.getInstance(algorithm);
    signature.initVerify(publicKey);
    signature.update(operation.message());
    return signature.verify(result);
  }
}
