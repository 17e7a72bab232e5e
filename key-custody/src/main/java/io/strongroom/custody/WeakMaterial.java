package io.strongroom.custody;

import io.strongroom.custody.CustodyException.Reason;
import io.strongroom.hsm.KeyType;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Refuses secrets that are none: one byte repeated, and the bytes counting up from 0, as they stand
 * in test vectors. The material itself is never seen: its fingerprint is compared with those that
 * such secrets have. Safe for use by many threads.
 */
final class WeakMaterial {

  private final Map<KeyType, Set<String>> fingerprints = new ConcurrentHashMap<>();

  void refuse(KeyType type, String fingerprint) {
    if (type.isSecret()
        && fingerprints.computeIfAbsent(type, WeakMaterial::fingerprints).contains(fingerprint)) {
      throw new CustodyException.BadInput(
          Reason.MATERIAL_WEAK,
          "the material is one byte repeated, or 00 01 02 and so on: anybody would try that first; have your random source make %d bytes"
              .formatted(type.bytes()));
    }
  }

  private static Set<String> fingerprints(KeyType type) {
    List<byte[]> known = known(type.bytes()).toList();
    byte[] input = MaterialCheck.fingerprintInput();
    Set<String> all = HashSet.newHashSet(known.size());
    try {
      for (byte[] material : known) {
        byte[] output =
            type.family() == KeyType.Family.AES
                ? encrypted(material, input)
                : authenticated(type, material, input);
        all.add(HexFormat.of().formatHex(output));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES and HMAC", e);
    }
    return all;
  }

  private static Stream<byte[]> known(int bytes) {
    byte[] counting = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      counting[i] = (byte) i;
    }
    Stream<byte[]> repeated =
        IntStream.range(0, 256)
            .mapToObj(value -> {
              byte[] same = new byte[bytes];
              Arrays.fill(same, (byte) value);
              return same;
            });
    return Stream.concat(Stream.of(counting), repeated);
  }

  private static byte[] encrypted(byte[] material, byte[] input) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"));
    return cipher.doFinal(input);
  }

  private static byte[] authenticated(KeyType type, byte[] material, byte[] input)
      throws GeneralSecurityException {
    String digest = MaterialCheck.hmac(type).digest().name().replace("_", "");
    Mac mac = Mac.getInstance("Hmac" + digest);
    mac.init(new SecretKeySpec(material, mac.getAlgorithm()));
    return mac.doFinal(input);
  }
}
