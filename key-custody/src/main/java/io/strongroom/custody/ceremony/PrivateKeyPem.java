package io.strongroom.custody.ceremony;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** A person's private key in a PEM file (RFC 7468 §10 and §11), under a passphrase or not. */
final class PrivateKeyPem {

  private static final List<String> KINDS = List.of("EC", "RSA", "Ed25519");
  private static final String PLAIN = "PRIVATE KEY";
  private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";

  private final String name;
  private final Supplier<byte[]> passphrase;

  /**
   * A key of this person.
   *
   * @param passphrase is asked for if the key is under one, as UTF-8; zeroed afterwards
   */
  PrivateKeyPem(String name, Supplier<byte[]> passphrase) {
    this.name = name;
    this.passphrase = passphrase;
  }

  /**
   * Reads it.
   *
   * @throws CustodyException.BadInput if it is no such key, or the passphrase is another one
   */
  PrivateKey read(byte[] file) {
    String pem = new String(file, StandardCharsets.US_ASCII);
    boolean encrypted = pem.contains(begin(ENCRYPTED));
    byte[] der = der(pem, encrypted ? ENCRYPTED : PLAIN);
    try {
      return ofAnyKind(encrypted ? decrypted(der) : new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw rejected(
          "the private key of %s is none of %s".formatted(name, String.join(", ", KINDS)));
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private byte[] der(String pem, String kind) {
    int from = pem.indexOf(begin(kind));
    int to = pem.indexOf("-----END " + kind + "-----");
    if (from < 0 || to < from) {
      throw rejected(
          "the private key of %s is not PKCS#8 PEM; make one with: openssl pkcs8 -topk8 -in KEY -out NEW.pem"
              .formatted(name));
    }
    try {
      return Base64.getMimeDecoder().decode(pem.substring(from + begin(kind).length(), to));
    } catch (IllegalArgumentException e) {
      throw rejected("the private key of %s is no base64 between its PEM lines".formatted(name));
    }
  }

  private PKCS8EncodedKeySpec decrypted(byte[] der) throws GeneralSecurityException {
    EncryptedPrivateKeyInfo info;
    Cipher cipher;
    SecretKeyFactory factory;
    try {
      info = new EncryptedPrivateKeyInfo(der);
      // PBES2 (RFC 8018 §6.2) says in its parameters which of them it is.
      AlgorithmParameters parameters = info.getAlgParameters();
      String algorithm =
          parameters != null && info.getAlgName().equals("PBES2")
              ? parameters.toString()
              : info.getAlgName();
      factory = SecretKeyFactory.getInstance(algorithm);
      cipher = Cipher.getInstance(algorithm);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw rejected(
          "the private key of %s is encrypted in a way that is not read here; make one that is with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out NEW.pem"
              .formatted(name));
    }
    char[] characters = characters();
    PBEKeySpec password = new PBEKeySpec(characters);
    try {
      SecretKey key = factory.generateSecret(password);
      cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
      return info.getKeySpec(cipher);
    } catch (InvalidKeySpecException | InvalidKeyException e) {
      throw rejected(
          "that is not the passphrase of the private key of %s; try again".formatted(name));
    } finally {
      password.clearPassword();
      Arrays.fill(characters, '\0');
    }
  }

  private char[] characters() {
    byte[] utf8 = passphrase.get();
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8));
    char[] characters = Arrays.copyOf(decoded.array(), decoded.length());
    Arrays.fill(decoded.array(), '\0');
    Arrays.fill(utf8, (byte) 0);
    return characters;
  }

  private static PrivateKey ofAnyKind(PKCS8EncodedKeySpec encoded) throws GeneralSecurityException {
    GeneralSecurityException last = new InvalidKeyException("no kind is known");
    for (String kind : KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(encoded);
      } catch (InvalidKeySpecException otherKind) {
        last = otherKind;
      }
    }
    throw last;
  }

  private static String begin(String kind) {
    return "-----BEGIN " + kind + "-----";
  }

  private static CustodyException rejected(String message) {
    return new CustodyException.BadInput(Reason.MALFORMED, message);
  }
}
