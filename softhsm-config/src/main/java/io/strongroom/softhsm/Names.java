package io.strongroom.softhsm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names that PKCS#11 gives: functions in the order of {@code CK_FUNCTION_LIST} (v2.40 §5), and
 * return values (v2.40 §5.1, v3.0 §5.1).
 */
final class Names {
  /** As in {@code CK_FUNCTION_LIST}, and in faults.c. */
  static final List<String> FUNCTIONS =
      List.of(
          "C_Initialize",
          "C_Finalize",
          "C_GetInfo",
          "C_GetFunctionList",
          "C_GetSlotList",
          "C_GetSlotInfo",
          "C_GetTokenInfo",
          "C_GetMechanismList",
          "C_GetMechanismInfo",
          "C_InitToken",
          "C_InitPIN",
          "C_SetPIN",
          "C_OpenSession",
          "C_CloseSession",
          "C_CloseAllSessions",
          "C_GetSessionInfo",
          "C_GetOperationState",
          "C_SetOperationState",
          "C_Login",
          "C_Logout",
          "C_CreateObject",
          "C_CopyObject",
          "C_DestroyObject",
          "C_GetObjectSize",
          "C_GetAttributeValue",
          "C_SetAttributeValue",
          "C_FindObjectsInit",
          "C_FindObjects",
          "C_FindObjectsFinal",
          "C_EncryptInit",
          "C_Encrypt",
          "C_EncryptUpdate",
          "C_EncryptFinal",
          "C_DecryptInit",
          "C_Decrypt",
          "C_DecryptUpdate",
          "C_DecryptFinal",
          "C_DigestInit",
          "C_Digest",
          "C_DigestUpdate",
          "C_DigestKey",
          "C_DigestFinal",
          "C_SignInit",
          "C_Sign",
          "C_SignUpdate",
          "C_SignFinal",
          "C_SignRecoverInit",
          "C_SignRecover",
          "C_VerifyInit",
          "C_Verify",
          "C_VerifyUpdate",
          "C_VerifyFinal",
          "C_VerifyRecoverInit",
          "C_VerifyRecover",
          "C_DigestEncryptUpdate",
          "C_DecryptDigestUpdate",
          "C_SignEncryptUpdate",
          "C_DecryptVerifyUpdate",
          "C_GenerateKey",
          "C_GenerateKeyPair",
          "C_WrapKey",
          "C_UnwrapKey",
          "C_DeriveKey",
          "C_SeedRandom",
          "C_GenerateRandom",
          "C_GetFunctionStatus",
          "C_CancelFunction",
          "C_WaitForSlotEvent");

  private static final String RETURN_VALUES =
      """
      CKR_OK                                0x000
      CKR_CANCEL                            0x001
      CKR_HOST_MEMORY                       0x002
      CKR_SLOT_ID_INVALID                   0x003
      CKR_GENERAL_ERROR                     0x005
      CKR_FUNCTION_FAILED                   0x006
      CKR_ARGUMENTS_BAD                     0x007
      CKR_NO_EVENT                          0x008
      CKR_NEED_TO_CREATE_THREADS            0x009
      CKR_CANT_LOCK                         0x00A
      CKR_ATTRIBUTE_READ_ONLY               0x010
      CKR_ATTRIBUTE_SENSITIVE               0x011
      CKR_ATTRIBUTE_TYPE_INVALID            0x012
      CKR_ATTRIBUTE_VALUE_INVALID           0x013
      CKR_ACTION_PROHIBITED                 0x01B
      CKR_DATA_INVALID                      0x020
      CKR_DATA_LEN_RANGE                    0x021
      CKR_DEVICE_ERROR                      0x030
      CKR_DEVICE_MEMORY                     0x031
      CKR_DEVICE_REMOVED                    0x032
      CKR_ENCRYPTED_DATA_INVALID            0x040
      CKR_ENCRYPTED_DATA_LEN_RANGE          0x041
      CKR_AEAD_DECRYPT_FAILED               0x042
      CKR_FUNCTION_CANCELED                 0x050
      CKR_FUNCTION_NOT_PARALLEL             0x051
      CKR_FUNCTION_NOT_SUPPORTED            0x054
      CKR_KEY_HANDLE_INVALID                0x060
      CKR_KEY_SIZE_RANGE                    0x062
      CKR_KEY_TYPE_INCONSISTENT             0x063
      CKR_KEY_NOT_NEEDED                    0x064
      CKR_KEY_CHANGED                       0x065
      CKR_KEY_NEEDED                        0x066
      CKR_KEY_INDIGESTIBLE                  0x067
      CKR_KEY_FUNCTION_NOT_PERMITTED        0x068
      CKR_KEY_NOT_WRAPPABLE                 0x069
      CKR_KEY_UNEXTRACTABLE                 0x06A
      CKR_MECHANISM_INVALID                 0x070
      CKR_MECHANISM_PARAM_INVALID           0x071
      CKR_OBJECT_HANDLE_INVALID             0x082
      CKR_OPERATION_ACTIVE                  0x090
      CKR_OPERATION_NOT_INITIALIZED         0x091
      CKR_PIN_INCORRECT                     0x0A0
      CKR_PIN_INVALID                       0x0A1
      CKR_PIN_LEN_RANGE                     0x0A2
      CKR_PIN_EXPIRED                       0x0A3
      CKR_PIN_LOCKED                        0x0A4
      CKR_SESSION_CLOSED                    0x0B0
      CKR_SESSION_COUNT                     0x0B1
      CKR_SESSION_HANDLE_INVALID            0x0B3
      CKR_SESSION_PARALLEL_NOT_SUPPORTED    0x0B4
      CKR_SESSION_READ_ONLY                 0x0B5
      CKR_SESSION_EXISTS                    0x0B6
      CKR_SESSION_READ_ONLY_EXISTS          0x0B7
      CKR_SESSION_READ_WRITE_SO_EXISTS      0x0B8
      CKR_SIGNATURE_INVALID                 0x0C0
      CKR_SIGNATURE_LEN_RANGE               0x0C1
      CKR_TEMPLATE_INCOMPLETE               0x0D0
      CKR_TEMPLATE_INCONSISTENT             0x0D1
      CKR_TOKEN_NOT_PRESENT                 0x0E0
      CKR_TOKEN_NOT_RECOGNIZED              0x0E1
      CKR_TOKEN_WRITE_PROTECTED             0x0E2
      CKR_UNWRAPPING_KEY_HANDLE_INVALID     0x0F0
      CKR_UNWRAPPING_KEY_SIZE_RANGE         0x0F1
      CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT  0x0F2
      CKR_USER_ALREADY_LOGGED_IN            0x100
      CKR_USER_NOT_LOGGED_IN                0x101
      CKR_USER_PIN_NOT_INITIALIZED          0x102
      CKR_USER_TYPE_INVALID                 0x103
      CKR_USER_ANOTHER_ALREADY_LOGGED_IN    0x104
      CKR_USER_TOO_MANY_TYPES               0x105
      CKR_WRAPPED_KEY_INVALID               0x110
      CKR_WRAPPED_KEY_LEN_RANGE             0x112
      CKR_WRAPPING_KEY_HANDLE_INVALID       0x113
      CKR_WRAPPING_KEY_SIZE_RANGE           0x114
      CKR_WRAPPING_KEY_TYPE_INCONSISTENT    0x115
      CKR_RANDOM_SEED_NOT_SUPPORTED         0x120
      CKR_RANDOM_NO_RNG                     0x121
      CKR_DOMAIN_PARAMS_INVALID             0x130
      CKR_CURVE_NOT_SUPPORTED               0x140
      CKR_BUFFER_TOO_SMALL                  0x150
      CKR_SAVED_STATE_INVALID               0x160
      CKR_INFORMATION_SENSITIVE             0x170
      CKR_STATE_UNSAVEABLE                  0x180
      CKR_CRYPTOKI_NOT_INITIALIZED          0x190
      CKR_CRYPTOKI_ALREADY_INITIALIZED      0x191
      CKR_MUTEX_BAD                         0x1A0
      CKR_MUTEX_NOT_LOCKED                  0x1A1
      CKR_NEW_PIN_MODE                      0x1B0
      CKR_NEXT_OTP                          0x1B1
      CKR_EXCEEDED_MAX_ITERATIONS           0x1B5
      CKR_FIPS_SELF_TEST_FAILED             0x1B6
      CKR_LIBRARY_LOAD_FAILED               0x1B7
      CKR_PIN_TOO_WEAK                      0x1B8
      CKR_PUBLIC_KEY_INVALID                0x1B9
      CKR_FUNCTION_REJECTED                 0x200
      CKR_TOKEN_RESOURCE_EXCEEDED           0x201
      CKR_OPERATION_CANCEL_FAILED           0x202
      """;

  private static final Map<String, Long> BY_NAME = parse();

  private Names() {}

  /** The names of all return values, {@code CKR_*}. */
  static Set<String> returnValues() {
    return BY_NAME.keySet();
  }

  /**
   * A function's place.
   *
   * @throws IllegalArgumentException if PKCS#11 v2.40 has no such function
   */
  static int function(String name) {
    int index = FUNCTIONS.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "PKCS#11 v2.40 has no function \""
              + name
              + "\"; write it as the standard does, C_Sign, or * for every function");
    }
    return index;
  }

  /**
   * A return value's number.
   *
   * @throws IllegalArgumentException if PKCS#11 has no such return value
   */
  static long returnValue(String name) {
    Long value = BY_NAME.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "PKCS#11 has no return value \""
              + name
              + "\"; write it as the standard does, CKR_DEVICE_ERROR, or give the number");
    }
    return value;
  }

  private static Map<String, Long> parse() {
    Map<String, Long> values = new LinkedHashMap<>();
    RETURN_VALUES
        .lines()
        .map(line -> line.split(" +"))
        .forEach(pair -> values.put(pair[0], Long.decode(pair[1])));
    return values;
  }
}
