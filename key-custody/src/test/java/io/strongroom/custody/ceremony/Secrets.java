package io.strongroom.custody.ceremony;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.strongroom.custody.secret.LibCrypto;
import io.strongroom.custody.secret.Secret;
import io.strongroom.custody.secret.SecretMemory;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Secrets with known bytes, as only tests may have them. */
final class Secrets implements AutoCloseable {

  final SecretMemory memory = SecretMemory.allocate();
  final CheckValues checkValues = new CheckValues(LibCrypto.load(null), memory);

  Secret of(byte[] bytes) {
    Secret secret = memory.secret(bytes.length);
    MemorySegment.copy(bytes, 0, secret.memory(), JAVA_BYTE, 0, bytes.length);
    return secret;
  }

  Secret hex(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  Secret text(String text) {
    return of(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static byte[] bytes(Secret secret) {
    return secret.memory().toArray(JAVA_BYTE);
  }

  static String hex(Secret secret) {
    return HexFormat.of().formatHex(bytes(secret));
  }

  static String text(Secret secret) {
    return new String(bytes(secret), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    memory.close();
  }
}
