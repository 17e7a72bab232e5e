package io.strongroom.custody.ceremony;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.custody.secret.Secret;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bouncycastle.crypto.threshold.ShamirSecretSplitter;
import org.bouncycastle.crypto.threshold.ShamirSplitSecret;
import org.bouncycastle.crypto.threshold.ShamirSplitSecretShare;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShamirTest {

  private Secrets secrets = new Secrets();

  @AfterEach
  void close() {
    secrets.close();
  }

  /** draft-mcgrew-tss-03 §9: "test" with threshold 2 of 2. */
  @Test
  void restore_thePublishedShares_givesThePublishedSecret() {
    Secret restored = secrets.memory.secret(5);
    Shamir.restore(
        List.of(1, 2), List.of(secrets.hex("b9fa07e185"), secrets.hex("f5409b4511")), restored);
    assertThat(Secrets.hex(restored)).isEqualTo("7465737400");
  }

  @Test
  void split_thePublishedPolynomial_givesThePublishedShares() {
    Secret slope = secrets.hex("b9fa07e185");
    slope.xor(secrets.hex("7465737400"));
    List<Secret> shares = List.of(secrets.memory.secret(5), secrets.memory.secret(5));
    Shamir.split(secrets.hex("7465737400"), List.of(slope), shares);
    assertThat(shares).extracting(Secrets::hex).containsExactly("b9fa07e185", "f5409b4511");
  }

  @ParameterizedTest
  @CsvSource({"2,2", "2,3", "3,5", "5,5", "2,8", "8,8"})
  void restore_everyChoiceOfThreshold_givesTheSecret(int threshold, int count) {
    byte[] key = random(32);
    List<Secret> shares = split(key, threshold, count);
    List<List<Integer>> choices = choices(threshold, count);
    Secret restored = secrets.memory.secret(32);
    for (List<Integer> numbers : choices) {
      Shamir.restore(numbers, numbers.stream().map(n -> shares.get(n - 1)).toList(), restored);
      assertThat(Secrets.bytes(restored)).as("shares %s", numbers).isEqualTo(key);
    }
  }

  @Test
  void restore_sharesOfBouncyCastle_givesWhatItGives() throws Exception {
    ShamirSplitSecret theirs =
        ShamirSecretSplitter.getInstance(ShamirSecretSplitter.Algorithm.AES, 32, new SecureRandom())
            .split(3, 5);
    List<Secret> shares = new ArrayList<>();
    for (int i : new int[] {4, 0, 2}) {
      shares.add(secrets.of(theirs.getSecretShares()[i].getEncoded()));
    }
    Secret restored = secrets.memory.secret(32);
    Shamir.restore(List.of(5, 1, 3), shares, restored);
    ShamirSplitSecretShare[] three = Arrays.copyOf(theirs.getSecretShares(), 3);
    byte[] secret =
        ShamirSplitSecret.getInstance(ShamirSecretSplitter.Algorithm.AES, three).getSecret();
    assertThat(Secrets.bytes(restored)).isEqualTo(secret);
  }

  @Test
  void split_restoredByBouncyCastle_isTheSecret() throws Exception {
    byte[] key = random(32);
    List<Secret> shares = split(key, 3, 5);
    ShamirSplitSecretShare[] three =
        IntStream.of(2, 5, 4)
            .mapToObj(n -> new ShamirSplitSecretShare(Secrets.bytes(shares.get(n - 1)), n))
            .toArray(ShamirSplitSecretShare[]::new);
    assertThat(ShamirSplitSecret.getInstance(ShamirSecretSplitter.Algorithm.AES, three).getSecret())
        .isEqualTo(key);
  }

  /** For two shares of three, each secret is explained by exactly one polynomial. */
  @Test
  void split_oneShareTooFew_fitsEverySecretEquallyWell() {
    Secret first = secrets.hex("3d");
    Secret second = secrets.hex("a7");
    Secret third = secrets.memory.secret(1);
    Secret restored = secrets.memory.secret(1);
    boolean[] possible = new boolean[256];
    for (int value = 0; value < 256; value++) {
      third.set(0, value);
      Shamir.restore(List.of(1, 2, 3), List.of(first, second, third), restored);
      assertThat(possible[restored.at(0)]).as("secret %02x twice", restored.at(0)).isFalse();
      possible[restored.at(0)] = true;
    }
  }

  /** Chi-squared with 255 degrees of freedom: above 400 once in 10⁷ runs for uniform bytes. */
  @Test
  void split_ofAConstantSecret_hasUniformShares() {
    int[] counts = new int[256];
    for (int round = 0; round < 500; round++) {
      for (byte value : Secrets.bytes(split(new byte[32], 3, 3).get(2))) {
        counts[value & 0xff]++;
      }
      renew();
    }
    double expected = 500 * 32 / 256.0;
    double chiSquared =
        Arrays.stream(counts).mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
    assertThat(chiSquared).isLessThan(400);
  }

  private void renew() {
    secrets.close();
    secrets = new Secrets();
  }

  private List<Secret> split(byte[] key, int threshold, int count) {
    List<Secret> shares =
        IntStream.range(0, count).mapToObj(_ -> secrets.memory.secret(32)).toList();
    List<Secret> coefficients = Shamir.coefficients(secrets.memory, threshold, 32);
    Shamir.split(secrets.of(key), coefficients, shares);
    return shares;
  }

  private static List<List<Integer>> choices(int threshold, int count) {
    List<List<Integer>> all = new ArrayList<>();
    for (int mask = 0; mask < 1 << count; mask++) {
      int bits = mask;
      if (Integer.bitCount(mask) == threshold) {
        all.add(
            IntStream.rangeClosed(1, count)
                .filter(n -> ((bits >> (n - 1)) & 1) == 1)
                .boxed()
                .toList());
      }
    }
    return all;
  }

  private static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return random;
  }
}
