package io.strongroom.cli.demo;

import io.strongroom.cli.local.Folders;
import io.strongroom.cli.local.PublicKeyPem;
import io.strongroom.custody.ImportParameters;
import io.strongroom.custody.KeyService;
import io.strongroom.custody.MaterialImport;
import io.strongroom.custody.WrappingAlgorithm;
import io.strongroom.custody.WrappingKeySpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** The owner of external key material, on his own machine: he makes it and wraps it. */
final class Owner {
  private Owner() {}

  /**
   * Makes 32 random bytes, wraps them with OpenSSL for one import, and forgets them.
   *
   * @param folder for the files on the way, all of which are removed
   * @return what to import, with the material's key check value
   */
  static MaterialImport wrapFor(KeyService keys, String key, Path folder) {
    ImportParameters parameters =
        keys.parametersForImport(key, WrappingAlgorithm.RSAES_OAEP_SHA_1, WrappingKeySpec.RSA_3072);
    try {
      Path work = Files.createTempDirectory(folder, "owner");
      Path material = work.resolve("material.bin");
      Path wrapped = work.resolve("material.wrapped");
      Path publicKey = work.resolve("wrapping.pem");
      try {
        Files.writeString(publicKey, PublicKeyPem.of(parameters.publicKey()));
        OpenSsl.random(material);
        OpenSsl.wrapOaepSha1(publicKey, material, wrapped);
        return MaterialImport.of(parameters.token(), Files.readAllBytes(wrapped))
            .expecting(checkValue(material));
      } finally {
        Folders.deleteTree(work, false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the owner's files in " + folder, e);
    }
  }

  private static String checkValue(Path material) throws IOException {
    byte[] bytes = Files.readAllBytes(material);
    try {
      Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
      ecb.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(bytes, "AES"));
      return HexFormat.of().formatHex(ecb.doFinal(new byte[16]), 0, 3);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK cannot compute a key check value", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
