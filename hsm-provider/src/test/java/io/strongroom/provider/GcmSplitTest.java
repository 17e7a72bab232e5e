package io.strongroom.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.CipherOutputStream;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way of cutting a message gives what the JDK's own cipher gives for it in one piece. */
@ExtendWith(SoftHsmExtension.class)
class GcmSplitTest {

  private static ProviderFixture fixture;
  private static ProviderFixture.KnownKey key;

  @BeforeAll
  static void open(SoftHsmToken token) throws Exception {
    fixture = new ProviderFixture(token);
    key = fixture.aes256();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private final byte[] aad = ProviderFixture.bytes(29);
  private final GCMParameterSpec parameters = new GCMParameterSpec(128, ProviderFixture.bytes(12));

  private Cipher ours(int mode) throws Exception {
    return cipher(mode, fixture.provider);
  }

  private Cipher cipher(int mode, Provider provider) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(mode, provider == fixture.provider ? key.inHsm() : key.inSoftware(), parameters);
    cipher.updateAAD(aad);
    return cipher;
  }

  private byte[] reference(byte[] plaintext) throws Exception {
    return cipher(Cipher.ENCRYPT_MODE, java.security.Security.getProvider("SunJCE"))
        .doFinal(plaintext);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 31, 32, 33, 1024})
  void message_inOnePiece_isWhatTheJdkGives(int size) throws Exception {
    byte[] plaintext = ProviderFixture.bytes(size);
    byte[] ciphertext = reference(plaintext);
    assertThat(ours(Cipher.ENCRYPT_MODE).doFinal(plaintext)).isEqualTo(ciphertext);
    assertThat(ours(Cipher.DECRYPT_MODE).doFinal(ciphertext)).isEqualTo(plaintext);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 31, 32, 33, 1024})
  void message_inPiecesOfEverySize_isWhatTheJdkGives(int size) throws Exception {
    byte[] plaintext = ProviderFixture.bytes(size);
    byte[] ciphertext = reference(plaintext);
    for (int piece : new int[] {1, 7, 15, 16, 17, 64, 1000}) {
      assertThat(inPieces(ours(Cipher.ENCRYPT_MODE), plaintext, piece)).isEqualTo(ciphertext);
      assertThat(inPieces(ours(Cipher.DECRYPT_MODE), ciphertext, piece)).isEqualTo(plaintext);
    }
  }

  private static byte[] inPieces(Cipher cipher, byte[] input, int piece) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < input.length; at += piece) {
      out.write(cipher.update(input, at, Math.min(piece, input.length - at)));
    }
    out.write(cipher.doFinal());
    return out.toByteArray();
  }

  @Test
  @Difference("gcm-any-split")
  void message_cutAnywhereBetweenUpdateAndDoFinal_isWhatTheJdkGives() throws Exception {
    byte[] plaintext = ProviderFixture.bytes(40);
    byte[] ciphertext = reference(plaintext);
    for (int cut = 0; cut <= plaintext.length; cut++) {
      assertThat(cut(ours(Cipher.ENCRYPT_MODE), plaintext, cut))
          .as("%d", cut)
          .isEqualTo(ciphertext);
    }
    for (int cut = 0; cut <= ciphertext.length; cut++) {
      assertThat(cut(ours(Cipher.DECRYPT_MODE), ciphertext, cut))
          .as("%d", cut)
          .isEqualTo(plaintext);
    }
  }

  private static byte[] cut(Cipher cipher, byte[] input, int at) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (at > 0) { // the JDK itself answers an empty update with null
      out.write(cipher.update(input, 0, at));
    }
    out.write(cipher.doFinal(input, at, input.length - at));
    return out.toByteArray();
  }

  @Test
  void additionalData_cutAnywhere_isWhatTheJdkGives() throws Exception {
    byte[] plaintext = ProviderFixture.bytes(20);
    byte[] ciphertext = reference(plaintext);
    for (int cut = 0; cut <= aad.length; cut++) {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", fixture.provider);
      cipher.init(Cipher.ENCRYPT_MODE, key.inHsm(), parameters);
      cipher.updateAAD(aad, 0, cut);
      cipher.updateAAD(ByteBuffer.wrap(aad, cut, aad.length - cut));
      assertThat(cipher.doFinal(plaintext)).isEqualTo(ciphertext);
    }
  }

  @Test
  void buffers_directAndOverlapping_giveTheSame() throws Exception {
    byte[] plaintext = ProviderFixture.bytes(5000);
    byte[] ciphertext = reference(plaintext);
    ByteBuffer in = ByteBuffer.allocateDirect(5000).put(plaintext).flip();
    ByteBuffer out = ByteBuffer.allocateDirect(5100);
    Cipher cipher = ours(Cipher.ENCRYPT_MODE);
    cipher.update(in.limit(1234), out);
    cipher.doFinal(in.limit(5000), out);
    byte[] result = new byte[out.flip().remaining()];
    out.get(result);
    assertThat(result).isEqualTo(ciphertext);
    assertThat(in.hasRemaining()).isFalse();

    byte[] shared = Arrays.copyOf(plaintext, ciphertext.length);
    ours(Cipher.ENCRYPT_MODE).doFinal(shared, 0, plaintext.length, shared, 0);
    assertThat(shared).isEqualTo(ciphertext);
  }

  @Test
  void streams_ofTheJdk_carryTheWholeMessage() throws Exception {
    byte[] plaintext = ProviderFixture.bytes(20_000);
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    try (CipherOutputStream out = new CipherOutputStream(sink, ours(Cipher.ENCRYPT_MODE))) {
      out.write(plaintext);
    }
    assertThat(sink.toByteArray()).isEqualTo(reference(plaintext));
    try (CipherInputStream in =
        new CipherInputStream(
            new ByteArrayInputStream(sink.toByteArray()), ours(Cipher.DECRYPT_MODE))) {
      assertThat(in.readAllBytes()).isEqualTo(plaintext);
    }
  }

  @Test
  void output_tooShort_losesNothing() throws Exception {
    byte[] plaintext = ProviderFixture.bytes(50);
    byte[] ciphertext = reference(plaintext);
    Cipher cipher = ours(Cipher.ENCRYPT_MODE);
    cipher.update(plaintext, 0, 20);
    assertThatThrownBy(() -> cipher.doFinal(plaintext, 20, 30, new byte[65], 0))
        .isInstanceOf(ShortBufferException.class)
        .hasMessageContaining("65")
        .hasMessageContaining("66");
    byte[] out = new byte[70];
    assertThat(cipher.doFinal(plaintext, 20, 30, out, 4)).isEqualTo(66);
    assertThat(Arrays.copyOfRange(out, 4, 70)).isEqualTo(ciphertext);
  }

  @Test
  void outputSize_isExact() throws Exception {
    Cipher encryption = ours(Cipher.ENCRYPT_MODE);
    encryption.update(new byte[10]);
    assertThat(encryption.getOutputSize(7)).isEqualTo(33);
    Cipher decryption = ours(Cipher.DECRYPT_MODE);
    assertThat(decryption.getOutputSize(7)).isEqualTo(0);
    assertThat(decryption.getOutputSize(20)).isEqualTo(4);
  }
}
