package io.strongroom.cluster.identity;

import io.strongroom.hsm.HsmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** PEM files (RFC 7468): certificates, and EC private keys in PKCS#8. */
public final class Pem {
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /**
   * The first certificate in a file.
   *
   * @throws HsmException.BadInput if there is none
   */
  public static X509Certificate readCertificate(Path file) {
    return readCertificates(file).getFirst();
  }

  /**
   * The certificates in a file, in its order; at least one.
   *
   * @throws HsmException.BadInput if there is none
   */
  public static List<X509Certificate> readCertificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new CertificateException("it has no certificate");
      }
      return found.stream().map(X509Certificate.class::cast).toList();
    } catch (IOException | CertificateException e) {
      throw new HsmException.BadInput(
          "cannot read a certificate from %s: %s; give a PEM file"
              .formatted(
                  file,
                  e instanceof NoSuchFileException ? "there is no such file" : e.getMessage()),
          e);
    }
  }

  /**
   * The EC private key in a file.
   *
   * @throws HsmException.BadInput if there is none; the message tells nothing of the content
   */
  public static PrivateKey readPrivateKey(Path file) {
    byte[] text = new byte[0];
    byte[] der = new byte[0];
    try {
      text = Files.readAllBytes(file);
      der = Base64.getMimeDecoder().decode(body(text));
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new HsmException.BadInput(
          "cannot read an EC private key from " + file + "; give PKCS#8 in PEM", e);
    } finally {
      Arrays.fill(text, (byte) 0);
      Arrays.fill(der, (byte) 0);
    }
  }

  /**
   * Makes sure that a certificate and a private key belong together: while one was exchanged and
   * the other is still to come, neither is of use.
   *
   * @throws HsmException.BadInput if they do not, or cannot be read
   */
  public static void requirePair(Path certificate, Path key) {
    PublicKey publicKey = readCertificate(certificate).getPublicKey();
    if (!publicKey.getAlgorithm().equals("EC")) {
      return;
    }
    try {
      byte[] message = new byte[32];
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(readPrivateKey(key));
      signer.update(message);
      byte[] signature = signer.sign();
      signer.initVerify(publicKey);
      signer.update(message);
      if (signer.verify(signature)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw new HsmException.BadInput("cannot use the private key " + key, e);
    }
    throw new HsmException.BadInput(
        certificate + " and " + key + " do not belong together; put a matching pair in place");
  }

  /**
   * Writes a certificate to a new file that everyone may read.
   *
   * @throws HsmException.KeyExists if the file exists; it is left as it is
   */
  public static void writeCertificate(Path file, X509Certificate certificate) {
    try {
      write(file, "rw-r--r--", encode("CERTIFICATE", certificate.getEncoded()));
    } catch (CertificateException e) {
      throw new IllegalStateException("a certificate that was just made cannot be encoded", e);
    }
  }

  /**
   * Writes a private key to a new file that only its owner may read, from its first moment on.
   *
   * @throws HsmException.KeyExists if the file exists; it is left as it is
   */
  public static void writePrivateKey(Path file, PrivateKey key) {
    byte[] der = key.getEncoded();
    byte[] pem = encode("PRIVATE KEY", der);
    try {
      write(file, "rw-------", pem);
    } finally {
      Arrays.fill(der, (byte) 0);
      Arrays.fill(pem, (byte) 0);
    }
  }

  /**
   * Writes a public object to a file that everyone may read; an old one is replaced in one step.
   *
   * @param kind as in the first line: {@code X509 CRL}
   * @throws HsmException.BadInput if the file cannot be written
   */
  public static void replace(Path file, String kind, byte[] der) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      write(fresh, "rw-r--r--", encode(kind, der));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new HsmException.BadInput("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static void write(Path file, String permissions, byte[] content) {
    var attribute =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options, attribute)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new HsmException.KeyExists(
          file + " exists and is never overwritten; choose another folder or name", e);
    } catch (IOException e) {
      throw new HsmException.BadInput("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] encode(String kind, byte[] der) {
    byte[] body = LINES.encode(der);
    byte[] head = ("-----BEGIN " + kind + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] tail = ("\n-----END " + kind + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] all =
        ByteBuffer.allocate(head.length + body.length + tail.length)
            .put(head)
            .put(body)
            .put(tail)
            .array();
    Arrays.fill(body, (byte) 0);
    return all;
  }

  /** The bytes between the first line and the last one; the lines themselves are no Base64. */
  private static byte[] body(byte[] pem) {
    int begin = 0;
    while (begin < pem.length && pem[begin] != '\n') {
      begin++;
    }
    int end = begin;
    while (end < pem.length && pem[end] != '-') {
      end++;
    }
    return Arrays.copyOfRange(pem, begin, end);
  }
}
