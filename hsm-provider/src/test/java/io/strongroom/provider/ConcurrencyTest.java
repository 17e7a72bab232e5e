package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Eight threads on one provider, each with its own engines and all with the same keys. */
@ExtendWith(SoftHsmExtension.class)
class ConcurrencyTest {

  private static final int THREADS = 8;
  private static final int ROUNDS = 60;

  @Test
  void engines_ofManyThreads_doNotDisturbEachOther(SoftHsmToken token) throws Exception {
    try (ProviderFixture fixture = new ProviderFixture(token);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      ProviderFixture.KnownKey aes = fixture.aes256();
      SecretKey hmac = KeyGenerator.getInstance("HmacSHA256", fixture.provider).generateKey();
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", fixture.provider);
      generator.initialize(256);
      KeyPair ec = generator.generateKeyPair();
      Mac reference = Mac.getInstance("HmacSHA256", fixture.provider);
      reference.init(hmac);
      byte[] expected = reference.doFinal(new byte[100]);

      CyclicBarrier start = new CyclicBarrier(THREADS);
      Callable<Integer> work =
          () -> {
            start.await();
            int done = 0;
            for (int round = 0; round < ROUNDS; round++) {
              roundTrip(fixture, aes);
              signAndVerify(fixture, ec);
              Mac mac = Mac.getInstance("HmacSHA256", fixture.provider);
              mac.init(hmac);
              assertThat(mac.doFinal(new byte[100])).isEqualTo(expected);
              done++;
            }
            return done;
          };
      List<Future<Integer>> results = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        results.add(threads.submit(work));
      }
      for (Future<Integer> result : results) {
        assertThat(result.get(120, TimeUnit.SECONDS)).isEqualTo(ROUNDS);
      }
    }
  }

  private static void roundTrip(ProviderFixture fixture, ProviderFixture.KnownKey key)
      throws Exception {
    byte[] plaintext = ProviderFixture.bytes(200);
    Cipher ours = Cipher.getInstance("AES/GCM/NoPadding", fixture.provider);
    ours.init(Cipher.ENCRYPT_MODE, key.inHsm());
    ours.update(plaintext, 0, 50);
    byte[] ciphertext = ours.doFinal(plaintext, 50, 150);
    Cipher jdk = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    jdk.init(Cipher.DECRYPT_MODE, key.inSoftware(), new GCMParameterSpec(128, ours.getIV()));
    assertThat(jdk.doFinal(ciphertext)).isEqualTo(plaintext);
  }

  private static void signAndVerify(ProviderFixture fixture, KeyPair pair) throws Exception {
    byte[] message = ProviderFixture.bytes(64);
    Signature signature = Signature.getInstance("SHA256withECDSA", fixture.provider);
    signature.initSign(pair.getPrivate());
    signature.update(message);
    byte[] signed = signature.sign();
    signature.initVerify(pair.getPublic());
    signature.update(message);
    assertThat(signature.verify(signed)).isTrue();
  }
}
