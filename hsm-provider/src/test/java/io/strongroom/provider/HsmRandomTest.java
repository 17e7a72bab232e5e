package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SoftHsmExtension.class)
class HsmRandomTest {

  private static ProviderFixture fixture;

  @BeforeAll
  static void open(SoftHsmToken token) {
    fixture = new ProviderFixture(token);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 200_000})
  void bytes_ofEverySize_areFilledToTheEnd(int size) throws Exception {
    SecureRandom random = SecureRandom.getInstance("HSM", fixture.provider);
    byte[] seen = new byte[size];
    // Ten draws leave a byte zero ten times with a chance of 2^-80 each.
    for (int draw = 0; draw < 10; draw++) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      for (int i = 0; i < size; i++) {
        seen[i] |= bytes[i];
      }
    }
    int zeros = 0;
    for (byte b : seen) {
      zeros += b == 0 ? 1 : 0;
    }
    assertThat(zeros).isZero();
  }

  @Test
  @Difference("random-seed")
  void seed_hasNoEffect() throws Exception {
    byte[][] drawn = new byte[2][32];
    for (byte[] bytes : drawn) {
      SecureRandom random = SecureRandom.getInstance("HSM", fixture.provider);
      random.setSeed(7);
      random.nextBytes(bytes);
    }
    assertThat(Arrays.equals(drawn[0], drawn[1])).isFalse();
  }

  @Test
  void seed_generated_hasTheSizeAskedFor() throws Exception {
    SecureRandom random = SecureRandom.getInstance("HSM", fixture.provider);
    assertThat(random.generateSeed(33)).hasSize(33);
    try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
      assertThatThrownBy(() -> out.writeObject(random))
          .isInstanceOf(NotSerializableException.class);
    }
  }
}
