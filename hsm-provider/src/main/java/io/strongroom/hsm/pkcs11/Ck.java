package io.strongroom.hsm.pkcs11;

/** The numbers of PKCS#11 v2.40 and v3.0 that are neither mechanisms nor return values. */
final class Ck {
  static final long UNAVAILABLE_INFORMATION = ~0L;

  static final long CKU_SO = 0;
  static final long CKU_USER = 1;
  static final long CKS_RO_USER_FUNCTIONS = 1;
  static final long CKS_RW_USER_FUNCTIONS = 3;

  static final long CKF_SERIAL_SESSION = 1 << 2;
  static final long CKF_RW_SESSION = 1 << 1;
  static final long CKF_OS_LOCKING_OK = 1 << 1;

  static final long CKO_CERTIFICATE = 1;
  static final long CKO_PUBLIC_KEY = 2;
  static final long CKO_PRIVATE_KEY = 3;
  static final long CKO_SECRET_KEY = 4;

  static final long CKC_X_509 = 0;

  static final long CKK_RSA = 0x00;
  static final long CKK_EC = 0x03;
  static final long CKK_GENERIC_SECRET = 0x10;
  static final long CKK_AES = 0x1F;
  static final long CKK_SHA_1_HMAC = 0x28;
  static final long CKK_SHA256_HMAC = 0x2B;
  static final long CKK_SHA384_HMAC = 0x2C;
  static final long CKK_SHA512_HMAC = 0x2D;
  static final long CKK_SHA224_HMAC = 0x2E;
  static final long CKK_EC_EDWARDS = 0x40;
  static final long CKK_EC_MONTGOMERY = 0x41;

  static final long CKD_NULL = 1;
  static final long CKF_HKDF_SALT_NULL = 1;
  static final long CKF_HKDF_SALT_DATA = 2;

  static final long CKG_MGF1_SHA1 = 1;
  static final long CKG_MGF1_SHA256 = 2;
  static final long CKG_MGF1_SHA384 = 3;
  static final long CKG_MGF1_SHA512 = 4;
  static final long CKG_MGF1_SHA224 = 5;
  static final long CKZ_DATA_SPECIFIED = 1;

  static final long CKA_CLASS = 0x000;
  static final long CKA_TOKEN = 0x001;
  static final long CKA_PRIVATE = 0x002;
  static final long CKA_LABEL = 0x003;
  static final long CKA_UNIQUE_ID = 0x004;
  static final long CKA_VALUE = 0x011;
  static final long CKA_CERTIFICATE_TYPE = 0x080;
  static final long CKA_ISSUER = 0x081;
  static final long CKA_SERIAL_NUMBER = 0x082;
  static final long CKA_TRUSTED = 0x086;
  static final long CKA_CHECK_VALUE = 0x090;
  static final long CKA_KEY_TYPE = 0x100;
  static final long CKA_SUBJECT = 0x101;
  static final long CKA_ID = 0x102;
  static final long CKA_SENSITIVE = 0x103;
  static final long CKA_ENCRYPT = 0x104;
  static final long CKA_DECRYPT = 0x105;
  static final long CKA_WRAP = 0x106;
  static final long CKA_UNWRAP = 0x107;
  static final long CKA_SIGN = 0x108;
  static final long CKA_VERIFY = 0x10A;
  static final long CKA_DERIVE = 0x10C;
  static final long CKA_MODULUS = 0x120;
  static final long CKA_MODULUS_BITS = 0x121;
  static final long CKA_PUBLIC_EXPONENT = 0x122;
  static final long CKA_PRIVATE_EXPONENT = 0x123;
  static final long CKA_PRIME_1 = 0x124;
  static final long CKA_VALUE_LEN = 0x161;
  static final long CKA_EXTRACTABLE = 0x162;
  static final long CKA_MODIFIABLE = 0x170;
  static final long CKA_COPYABLE = 0x171;
  static final long CKA_EC_PARAMS = 0x180;
  static final long CKA_EC_POINT = 0x181;
  static final long CKA_ALWAYS_AUTHENTICATE = 0x202;
  static final long CKA_WRAP_WITH_TRUSTED = 0x210;
  static final long CKA_UNWRAP_TEMPLATE = 0x40000212L;
  static final long CKA_ALLOWED_MECHANISMS = 0x40000600L;

  /** NSS's own, from the vendors' range: the public point of an EC private key. */
  static final long CKA_NSS_DB = 0xD5A0DB00L;

  private Ck() {}
}
