package io.strongroom.softhsm;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;

/**
 * Uses a token through the JDK's own provider, as an independent witness that it is one: {@code
 * TokenUser <token dir> count|add|add-and-wait}.
 */
final class TokenUser {
  private TokenUser() {}

  public static void main(String[] args) throws Exception {
    SoftHsmToken token = SoftHsmToken.open(Path.of(args[0]));
    Path configuration = Files.createTempFile(token.dir(), "sunpkcs11", ".cfg");
    Files.writeString(
        configuration, "name = test\nlibrary = " + token.library() + "\nslotListIndex = 0\n");
    Provider provider = Security.getProvider("SunPKCS11").configure(configuration.toString());
    KeyStore keys = KeyStore.getInstance("PKCS11", provider);
    char[] pin = Files.readString(token.userPin(), StandardCharsets.US_ASCII).toCharArray();
    keys.load(null, pin);
    Arrays.fill(pin, '\0');
    if (args[1].startsWith("add")) {
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(256);
      SecretKey key = generator.generateKey();
      keys.setKeyEntry("key-" + ProcessHandle.current().pid(), key, null, null);
    }
    System.out.println("keys=" + keys.size());
    if (args[1].equals("add-and-wait")) {
      Thread.currentThread().join();
    }
  }
}
