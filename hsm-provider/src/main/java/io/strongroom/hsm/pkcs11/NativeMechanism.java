package io.strongroom.hsm.pkcs11;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.strongroom.hsm.Digest;
import java.lang.foreign.MemorySegment;

/** {@code CK_MECHANISM} structures and their parameters, in native memory. */
final class NativeMechanism {
  private NativeMechanism() {}

  /** A mechanism without parameters. */
  static MemorySegment plain(Scratch memory, Ckm mechanism) {
    return with(memory, mechanism, MemorySegment.NULL);
  }

  /** A mechanism whose parameter is an IV. */
  static MemorySegment iv(Scratch memory, Ckm mechanism, byte[] iv) {
    return with(memory, mechanism, memory.bytes(iv));
  }

  /** {@code CK_GCM_PARAMS} (PKCS#11 v2.40 errata §2.12.3, with {@code ulIvBits}). */
  static MemorySegment gcm(Scratch memory, byte[] iv, byte[] aad, int tagBits) {
    MemorySegment parameters = memory.allocate(48, 8);
    parameters.set(ADDRESS, 0, memory.bytes(iv));
    parameters.set(JAVA_LONG, 8, iv.length);
    parameters.set(JAVA_LONG, 16, iv.length * 8L);
    parameters.set(ADDRESS, 24, memory.bytes(aad));
    parameters.set(JAVA_LONG, 32, aad.length);
    parameters.set(JAVA_LONG, 40, tagBits);
    return with(memory, Ckm.CKM_AES_GCM, parameters);
  }

  /** {@code CK_AES_CTR_PARAMS} with a counter of 128 bits. */
  static MemorySegment ctr(Scratch memory, byte[] counter) {
    MemorySegment parameters = memory.allocate(24, 8);
    parameters.set(JAVA_LONG, 0, 128);
    MemorySegment.copy(counter, 0, parameters, JAVA_BYTE, 8, counter.length);
    return with(memory, Ckm.CKM_AES_CTR, parameters);
  }

  /** {@code CK_RSA_PKCS_OAEP_PARAMS}. */
  static MemorySegment oaep(Scratch memory, Digest digest, Digest mgf, byte[] label) {
    return with(memory, Ckm.CKM_RSA_PKCS_OAEP, oaepParameters(memory, digest, mgf, label));
  }

  /** {@code CK_RSA_AES_KEY_WRAP_PARAMS} with an ephemeral key of 256 bits. */
  static MemorySegment rsaAes(Scratch memory, Digest digest) {
    MemorySegment parameters = memory.allocate(16, 8);
    parameters.set(JAVA_LONG, 0, 256);
    parameters.set(ADDRESS, 8, oaepParameters(memory, digest, digest, new byte[0]));
    return with(memory, Ckm.CKM_RSA_AES_KEY_WRAP, parameters);
  }

  /** {@code CK_RSA_PKCS_PSS_PARAMS}. */
  static MemorySegment pss(Scratch memory, Digest digest, Digest mgf, int saltBytes) {
    MemorySegment parameters = memory.allocate(24, 8);
    parameters.set(JAVA_LONG, 0, hash(digest).code());
    parameters.set(JAVA_LONG, 8, mgf(mgf));
    parameters.set(JAVA_LONG, 16, saltBytes);
    return with(memory, Ckm.CKM_RSA_PKCS_PSS, parameters);
  }

  /** {@code CK_ECDH1_DERIVE_PARAMS} with no key derivation function. */
  static MemorySegment ecdh(Scratch memory, byte[] point) {
    MemorySegment parameters = memory.allocate(40, 8);
    parameters.set(JAVA_LONG, 0, Ck.CKD_NULL);
    parameters.set(JAVA_LONG, 8, 0);
    parameters.set(ADDRESS, 16, MemorySegment.NULL);
    parameters.set(JAVA_LONG, 24, point.length);
    parameters.set(ADDRESS, 32, memory.bytes(point));
    return with(memory, Ckm.CKM_ECDH1_DERIVE, parameters);
  }

  /** {@code CK_HKDF_PARAMS} to extract and expand (PKCS#11 v3.0 §2.62.2). */
  static MemorySegment hkdf(Scratch memory, Digest digest, byte[] salt, byte[] info) {
    MemorySegment parameters = memory.allocate(64, 8);
    parameters.set(JAVA_BYTE, 0, (byte) 1);
    parameters.set(JAVA_BYTE, 1, (byte) 1);
    parameters.set(JAVA_LONG, 8, hash(digest).code());
    boolean none = salt.length == 0;
    parameters.set(JAVA_LONG, 16, none ? Ck.CKF_HKDF_SALT_NULL : Ck.CKF_HKDF_SALT_DATA);
    parameters.set(ADDRESS, 24, none ? MemorySegment.NULL : memory.bytes(salt));
    parameters.set(JAVA_LONG, 32, salt.length);
    parameters.set(JAVA_LONG, 40, 0);
    parameters.set(ADDRESS, 48, info.length == 0 ? MemorySegment.NULL : memory.bytes(info));
    parameters.set(JAVA_LONG, 56, info.length);
    return with(memory, Ckm.CKM_HKDF_DERIVE, parameters);
  }

  private static MemorySegment oaepParameters(
      Scratch memory, Digest digest, Digest mgf, byte[] label) {
    MemorySegment parameters = memory.allocate(40, 8);
    parameters.set(JAVA_LONG, 0, hash(digest).code());
    parameters.set(JAVA_LONG, 8, mgf(mgf));
    parameters.set(JAVA_LONG, 16, Ck.CKZ_DATA_SPECIFIED);
    // SoftHSM2 refuses a pointer where there is no label.
    parameters.set(ADDRESS, 24, label.length == 0 ? MemorySegment.NULL : memory.bytes(label));
    parameters.set(JAVA_LONG, 32, label.length);
    return parameters;
  }

  private static MemorySegment with(Scratch memory, Ckm mechanism, MemorySegment parameters) {
    MemorySegment structure = memory.allocate(24, 8);
    structure.set(JAVA_LONG, 0, mechanism.code());
    structure.set(ADDRESS, 8, parameters);
    structure.set(JAVA_LONG, 16, parameters.byteSize());
    return structure;
  }

  /** The digest's own mechanism. */
  static Ckm hash(Digest digest) {
    return switch (digest) {
      case SHA_1 -> Ckm.CKM_SHA_1;
      case SHA_224 -> Ckm.CKM_SHA224;
      case SHA_256 -> Ckm.CKM_SHA256;
      case SHA_384 -> Ckm.CKM_SHA384;
      case SHA_512 -> Ckm.CKM_SHA512;
    };
  }

  /** The mechanism of HMAC with the digest. */
  static Ckm hmac(Digest digest) {
    return switch (digest) {
      case SHA_1 -> Ckm.CKM_SHA_1_HMAC;
      case SHA_224 -> Ckm.CKM_SHA224_HMAC;
      case SHA_256 -> Ckm.CKM_SHA256_HMAC;
      case SHA_384 -> Ckm.CKM_SHA384_HMAC;
      case SHA_512 -> Ckm.CKM_SHA512_HMAC;
    };
  }

  private static long mgf(Digest digest) {
    return switch (digest) {
      case SHA_1 -> Ck.CKG_MGF1_SHA1;
      case SHA_224 -> Ck.CKG_MGF1_SHA224;
      case SHA_256 -> Ck.CKG_MGF1_SHA256;
      case SHA_384 -> Ck.CKG_MGF1_SHA384;
      case SHA_512 -> Ck.CKG_MGF1_SHA512;
    };
  }
}
