package io.strongroom.custody.ceremony;

import io.strongroom.custody.secret.Secret;
import io.strongroom.custody.secret.SecretMemory;
import java.util.List;

/**
 * Shamir's secret sharing over {@link Gf256}, each byte by itself: a random polynomial of degree
 * threshold − 1 whose value at 0 is the secret's byte; a share is its value at the share's number.
 * Any threshold of shares give the secret; of fewer, every secret is as likely as every other.
 */
final class Shamir {

  private Shamir() {}

  /**
   * Shares a secret; share i is for number i + 1.
   *
   * @param coefficients room for the polynomial: threshold − 1 secrets of the secret's size,
   *     already random
   */
  static void split(Secret secret, List<Secret> coefficients, List<Secret> shares) {
    for (int i = 0; i < shares.size(); i++) {
      evaluate(secret, coefficients, i + 1, shares.get(i));
    }
  }

  /** Fresh random coefficients for a threshold. */
  static List<Secret> coefficients(SecretMemory memory, int threshold, int bytes) {
    return java.util.stream.IntStream.range(1, threshold)
        .mapToObj(_ -> {
          Secret coefficient = memory.secret(bytes);
          SecretMemory.randomise(coefficient);
          return coefficient;
        })
        .toList();
  }

  /** Horner's rule, from the highest coefficient down. */
  private static void evaluate(Secret secret, List<Secret> coefficients, int x, Secret value) {
    for (int at = 0; at < secret.size(); at++) {
      int sum = 0;
      for (int i = coefficients.size() - 1; i >= 0; i--) {
        sum = Gf256.multiply(sum, x) ^ coefficients.get(i).at(at);
      }
      value.set(at, Gf256.multiply(sum, x) ^ secret.at(at));
    }
  }

  /**
   * Restores the secret from exactly as many shares as the threshold: Lagrange's interpolation at
   * 0.
   *
   * @param numbers the shares' numbers, all different, 1 to 255; not secret
   */
  static void restore(List<Integer> numbers, List<Secret> shares, Secret into) {
    into.wipe();
    for (int i = 0; i < shares.size(); i++) {
      int weight = weight(numbers, i);
      for (int at = 0; at < into.size(); at++) {
        into.set(at, into.at(at) ^ Gf256.multiply(weight, shares.get(i).at(at)));
      }
    }
  }

  /** The product of x / (x − own) over all other numbers x. */
  private static int weight(List<Integer> numbers, int own) {
    int weight = 1;
    for (int i = 0; i < numbers.size(); i++) {
      if (i != own) {
        int x = numbers.get(i);
        weight = Gf256.multiply(weight, Gf256.multiply(x, Gf256.inverse(x ^ numbers.get(own))));
      }
    }
    return weight;
  }
}
