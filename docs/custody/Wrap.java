import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps key material for import, with nothing but a JDK (17 or later): {@code java Wrap.java
 * ALGORITHM wrapping.pem material.bin material.wrapped}. Prints the key check value of material of
 * 32 bytes, as that of an AES-256 key. Run it where the material is allowed to be.
 */
final class Wrap {
  public static void main(String[] args) throws Exception {
    String algorithm = args[0];
    String digest = algorithm.endsWith("SHA_256") ? "SHA-256" : "SHA-1";
    PublicKey wrappingKey = publicKey(Path.of(args[1]));
    byte[] material = Files.readAllBytes(Path.of(args[2]));
    ByteArrayOutputStream wrapped = new ByteArrayOutputStream();
    if (algorithm.startsWith("RSAES_OAEP_")) {
      wrapped.write(oaep(digest, wrappingKey, material));
    } else if (algorithm.startsWith("RSA_AES_KEY_WRAP_")) {
      byte[] ephemeral = new byte[32];
      new SecureRandom().nextBytes(ephemeral);
      Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding");
      kwp.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(ephemeral, "AES"));
      wrapped.write(oaep(digest, wrappingKey, ephemeral));
      wrapped.write(kwp.doFinal(material));
      Arrays.fill(ephemeral, (byte) 0);
    } else {
      throw new IllegalArgumentException("unknown algorithm " + algorithm);
    }
    Files.write(Path.of(args[3]), wrapped.toByteArray());
    if (material.length == 32) {
      Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
      ecb.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(material, "AES"));
      System.out.println(HexFormat.of().formatHex(ecb.doFinal(new byte[16]), 0, 3));
    }
    Arrays.fill(material, (byte) 0);
  }

  private static byte[] oaep(String digest, PublicKey key, byte[] input) throws Exception {
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding");
    oaep.init(
        Cipher.ENCRYPT_MODE,
        key,
        new OAEPParameterSpec(
            digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT));
    return oaep.doFinal(input);
  }

  private static PublicKey publicKey(Path pem) throws Exception {
    String body = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "");
    return KeyFactory.getInstance("RSA")
        .generatePublic(new X509EncodedKeySpec(Base64.getMimeDecoder().decode(body)));
  }
}
