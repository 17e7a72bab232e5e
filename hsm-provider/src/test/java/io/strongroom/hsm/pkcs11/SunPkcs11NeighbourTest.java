package io.strongroom.hsm.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.strongroom.hsm.CipherAlgorithm.AesGcm;
import io.strongroom.hsm.Hsm;
import io.strongroom.hsm.KeyInfo;
import io.strongroom.hsm.KeySpec;
import io.strongroom.hsm.KeyType;
import io.strongroom.softhsm.SoftHsmExtension;
import io.strongroom.softhsm.SoftHsmToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's own provider on the same library in the same process. */
@ExtendWith(SoftHsmExtension.class)
class SunPkcs11NeighbourTest {
  private SoftHsmToken token;
  private Path dir;

  @BeforeEach
  void take(SoftHsmToken fresh, @TempDir Path temp) {
    token = fresh;
    dir = temp;
  }

  private Provider sunPkcs11(long slot) throws Exception {
    Path config =
        Files.writeString(
            dir.resolve("sun.cfg"),
            "name = Neighbour\nlibrary = " + token.library() + "\nslot = " + slot + "\n");
    return Security.getProvider("SunPKCS11").configure(config.toString());
  }

  private long slot() {
    Pkcs11Uri uri = Pkcs11Uri.parse(token.url());
    try (Library library = Library.open(uri.modulePath(), uri.environment())) {
      return TokenSlot.find(library, uri).id();
    }
  }

  @Test
  void gcm_encryptedHere_decryptsThereAndBack() throws Exception {
    try (Hsm hsm = Hsm.open(token.url())) {
      KeyInfo key = hsm.create(KeySpec.of(Material.id(), "shared", KeyType.AES_256));
      var encrypted = hsm.encrypt(key.id(), AesGcm.withDeviceIv(new byte[0]), new byte[50]);
      Provider sun = sunPkcs11(slot());
      KeyStore store = KeyStore.getInstance("PKCS11", sun);
      store.load(null, Files.readString(token.userPin()).strip().toCharArray());
      SecretKey theirs = (SecretKey) store.getKey("shared", null);

      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", sun);
      cipher.init(Cipher.DECRYPT_MODE, theirs, new GCMParameterSpec(128, encrypted.iv()));
      assertThat(cipher.doFinal(encrypted.bytes())).isEqualTo(new byte[50]);

      byte[] iv = Material.random(12);
      cipher.init(Cipher.ENCRYPT_MODE, theirs, new GCMParameterSpec(128, iv));
      byte[] ciphertext = cipher.doFinal(new byte[60]);
      assertThat(hsm.decrypt(key.id(), AesGcm.withIv(iv, new byte[0]), ciphertext))
          .isEqualTo(new byte[60]);
    }
  }

  @Test
  void neighbour_logsOut_weGoOn() throws Exception {
    try (Hsm hsm = Hsm.open(token.url())) {
      KeyInfo key = hsm.create(KeySpec.of(Material.id(), "shared", KeyType.AES_256));
      byte[] check = hsm.checkValue(key.id());
      Provider sun = sunPkcs11(slot());
      KeyStore store = KeyStore.getInstance("PKCS11", sun);
      store.load(null, Files.readString(token.userPin()).strip().toCharArray());

      ((AuthProvider) sun).logout();

      assertThat(hsm.checkValue(key.id())).isEqualTo(check);
    }
  }
}
