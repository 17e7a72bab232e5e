package io.strongroom.custody.secret;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.custody.CustodyException;
import io.strongroom.custody.CustodyException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The four primitives that a ceremony needs, from OpenSSL's libcrypto (3 or 1.1), on memory outside
 * the heap. Only such functions of it are used as clear their own copies: AES, digests, and RSA
 * without padding; its OAEP leaves the padded block in freed memory. Safe for use by many threads.
 */
public final class LibCrypto {

  /** Names the library where it is not found by itself. */
  public static final String LIBRARY_VARIABLE = "STRONGROOM_LIBCRYPTO";

  private static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.so.1.1");
  private static final int WRAP_ALLOW = 1;

  private final SymbolLookup library;

  private LibCrypto(SymbolLookup library) {
    this.library = library;
  }

  /**
   * Loads libcrypto.
   *
   * @param file where it is; null to look for it in the system's folders
   * @throws CustodyException.Unavailable if there is none
   */
  public static LibCrypto load(@Nullable Path file) {
    Libc.requireLinux();
    if (file != null) {
      return new LibCrypto(found(() -> SymbolLookup.libraryLookup(file, Arena.global())));
    }
    RuntimeException absent = new IllegalArgumentException("no name");
    for (String name : NAMES) {
      try {
        return new LibCrypto(SymbolLookup.libraryLookup(name, Arena.global()));
      } catch (IllegalArgumentException e) {
        absent = e;
      }
    }
    throw missing(absent);
  }

  /** Encrypts one block of 16 bytes with AES-256 (ECB, no padding). */
  public void aesBlock(Secret key, MemorySegment block, MemorySegment encrypted) {
    cipher("EVP_aes_256_ecb", key, block, encrypted, false);
  }

  /** AES-256 key wrap with padding (RFC 5649); the result is 8 bytes longer than whole blocks. */
  public void aesKeyWrapPad(Secret key, Secret material, MemorySegment wrapped) {
    cipher("EVP_aes_256_wrap_pad", key, material.memory(), wrapped, true);
  }

  /**
   * A digest.
   *
   * @param algorithm {@code SHA1} or {@code SHA256}
   */
  public void digest(String algorithm, MemorySegment input, MemorySegment digest) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment type =
          nonNull(pointer("EVP_get_digestbyname", ADDRESS).pointer(arena.allocateFrom(algorithm)));
      NativeCall evpDigest =
          call(
              "EVP_Digest",
              FunctionDescriptor.of(
                  JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
      require(
          evpDigest.number(
              input, input.byteSize(), digest, MemorySegment.NULL, type, MemorySegment.NULL));
    }
  }

  /**
   * The RSA public operation on a block as long as the modulus (RSAEP, RFC 8017 §5.1.1).
   *
   * @param publicKey a {@code SubjectPublicKeyInfo}
   */
  public void rsa(byte[] publicKey, Secret block, MemorySegment encrypted) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment der = arena.allocate(publicKey.length);
      MemorySegment.copy(
          publicKey, 0, der, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, publicKey.length);
      MemorySegment at = arena.allocateFrom(ADDRESS, der);
      MemorySegment key =
          nonNull(
              pointer("d2i_PUBKEY", ADDRESS, ADDRESS, JAVA_LONG)
                  .pointer(MemorySegment.NULL, at, (long) publicKey.length));
      try {
        rsa(arena, key, block, encrypted);
      } finally {
        free("EVP_PKEY_free", key);
      }
    }
  }

  private void rsa(Arena arena, MemorySegment key, Secret block, MemorySegment encrypted) {
    MemorySegment context =
        nonNull(pointer("EVP_PKEY_CTX_new", ADDRESS, ADDRESS).pointer(key, MemorySegment.NULL));
    try {
      require(number("EVP_PKEY_encrypt_init", ADDRESS).number(context));
      require(
          number("EVP_PKEY_CTX_ctrl_str", ADDRESS, ADDRESS, ADDRESS)
              .number(context, arena.allocateFrom("rsa_padding_mode"), arena.allocateFrom("none")));
      MemorySegment size = arena.allocateFrom(JAVA_LONG, encrypted.byteSize());
      require(
          number("EVP_PKEY_encrypt", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG)
              .number(context, encrypted, size, block.memory(), (long) block.size()));
    } finally {
      free("EVP_PKEY_CTX_free", context);
    }
  }

  private void cipher(
      String name, Secret key, MemorySegment input, MemorySegment output, boolean wrap) {
    MemorySegment context = nonNull(pointer("EVP_CIPHER_CTX_new").pointer());
    try (Arena arena = Arena.ofConfined()) {
      if (wrap) {
        call("EVP_CIPHER_CTX_set_flags", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT))
            .nothing(context, WRAP_ALLOW);
      }
      require(
          number("EVP_EncryptInit_ex", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS)
              .number(
                  context,
                  nonNull(pointer(name).pointer()),
                  MemorySegment.NULL,
                  key.memory(),
                  MemorySegment.NULL));
      if (!wrap) {
        require(number("EVP_CIPHER_CTX_set_padding", ADDRESS, JAVA_INT).number(context, 0));
      }
      MemorySegment size = arena.allocate(JAVA_INT);
      require(
          number("EVP_EncryptUpdate", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT)
              .number(context, output, size, input, Math.toIntExact(input.byteSize())));
    } finally {
      free("EVP_CIPHER_CTX_free", context);
    }
  }

  private NativeCall number(String name, MemoryLayout... arguments) {
    return call(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private NativeCall pointer(String name, MemoryLayout... arguments) {
    return call(name, FunctionDescriptor.of(ADDRESS, arguments));
  }

  private void free(String name, MemorySegment object) {
    call(name, FunctionDescriptor.ofVoid(ADDRESS)).nothing(object);
  }

  private NativeCall call(String name, FunctionDescriptor type) {
    return NativeCall.of(library, name, type);
  }

  private static MemorySegment nonNull(MemorySegment pointer) {
    if (pointer.address() == 0) {
      throw failed();
    }
    return pointer;
  }

  private static void require(NativeCall.Answer answer) {
    if (answer.value() != 1) {
      throw failed();
    }
  }

  private static CustodyException failed() {
    return new CustodyException.Unavailable(
        Reason.UNPROTECTED,
        "libcrypto refuses what a ceremony needs; use OpenSSL 3 or 1.1 as the system ships it");
  }

  private static SymbolLookup found(java.util.function.Supplier<SymbolLookup> lookup) {
    try {
      return lookup.get();
    } catch (IllegalArgumentException e) {
      throw missing(e);
    }
  }

  private static CustodyException missing(RuntimeException cause) {
    return new CustodyException.Unavailable(
        Reason.UNPROTECTED,
        "OpenSSL's libcrypto was not found (looked for %s); install OpenSSL, or name the file in %s"
            .formatted(String.join(", ", NAMES), LIBRARY_VARIABLE),
        cause);
  }
}
